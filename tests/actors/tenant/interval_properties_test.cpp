// SPDX-License-Identifier: Apache-2.0
// Goal    A rate that is refilled by interval answers as a bucket of tokens into which somebody
//         puts the amount at each step.
// Method  RapidCheck draws a rule and moves: time passes, the wall clock steps, checks are made in
//         every mode, the process starts again. A bucket that holds its tokens one by one is asked
//         beside the tenant; they must agree in every number.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "tests/actors/tenant/scenario.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

namespace sluice {
namespace {

/// Tokens, and up to when steps were looked at. What only looks at the bucket leaves it alone.
class TokenBucket {
public:
  TokenBucket(const RateRule& rule, WallTime start) : rule_(rule), step_(step_of(start)) {
    fill(rule.burst.raw());
  }

  void step_to(WallTime wall) {
    while (step_ + rule_.per <= wall) {
      step_ += rule_.per;
      fill(rule_.amount.raw());
    }
  }
  void take(std::uint64_t amount) {
    tokens_.resize(tokens_.size() - std::min<std::uint64_t>(amount, tokens_.size()));
  }
  [[nodiscard]] std::uint64_t has() const { return tokens_.size(); }
  /// The step that brings so many tokens.
  [[nodiscard]] WallTime has_at(std::uint64_t amount) const {
    TokenBucket later = *this;
    while (later.has() < amount) {
      later.step_to(later.step_ + rule_.per);
    }
    return later.step_;
  }

private:
  struct Token {};

  [[nodiscard]] WallTime step_of(WallTime wall) const {
    return wall - wall.time_since_epoch() % rule_.per;
  }
  void fill(std::uint64_t amount) {
    for (std::uint64_t i = 0; i < amount && tokens_.size() < rule_.burst.raw(); ++i) {
      tokens_.push_back(Token{});
    }
  }

  RateRule rule_;
  WallTime step_;
  std::vector<Token> tokens_;
};

struct BucketMove {
  std::int64_t passed_ns = 0;
  std::int64_t wall_step_seconds = 0;
  std::uint64_t amount = 1;
  Mode mode = Mode::normal;
  bool restarts = false;
};

std::ostream& operator<<(std::ostream& out, const BucketMove& move) {
  return out << "+" << move.passed_ns << " ns, wall " << move.wall_step_seconds << " s, mode "
             << static_cast<int>(move.mode) << " amount " << move.amount
             << (move.restarts ? " restarted" : "") << "\n";
}

rc::Gen<BucketMove> any_bucket_move() {
  return rc::gen::build<BucketMove>(
      rc::gen::set(&BucketMove::passed_ns,
                   rc::gen::weightedOneOf<std::int64_t>(
                       {{2, rc::gen::just<std::int64_t>(0)},
                        {4, rc::gen::inRange<std::int64_t>(0, 3'000'000'000)},
                        {1, rc::gen::inRange<std::int64_t>(0, 90'000'000'000)}})),
      rc::gen::set(
          &BucketMove::wall_step_seconds,
          rc::gen::weightedOneOf<std::int64_t>({{8, rc::gen::just<std::int64_t>(0)},
                                                {1, rc::gen::inRange<std::int64_t>(-120, 120)}})),
      rc::gen::set(&BucketMove::amount, rc::gen::inRange<std::uint64_t>(1, 40)),
      rc::gen::set(
          &BucketMove::mode,
          rc::gen::weightedElement<Mode>(
              {{6, Mode::normal}, {1, Mode::peek}, {2, Mode::best_effort}, {1, Mode::record}})),
      rc::gen::set(&BucketMove::restarts, rc::gen::weightedElement<bool>({{8, false}, {1, true}})));
}

/// A tenant with one such rate, and the bucket beside it.
class Beside {
public:
  Beside(const Limit& limit, WallTime start)
      : limit_(limit),
        rule_(std::get<RateRule>(limit.rule)),
        desk_(std::make_unique<Desk>(std::vector{limit}, start)) {}

  void make(const BucketMove& move) {
    desk_->pass(Duration{move.passed_ns});
    desk_->step_wall_clock(std::chrono::seconds{move.wall_step_seconds});
    if (move.restarts) {
      desk_ = std::make_unique<Desk>(desk_->now.wall, plan_of({limit_}), desk_->state());
    }
    TokenBucket present = bucket_.value_or(TokenBucket{rule_, desk_->now.wall});
    present.step_to(desk_->now.wall);
    const Decision decision = desk_->check({{limit_.meter, Amount{move.amount}}}, move.mode);
    const std::uint64_t taken = expect_answer(move, present, decision);
    if (taken > 0) {
      present.take(taken);
      bucket_ = present;
    }
    expect_numbers(present);
  }

private:
  /// How much was to be taken.
  std::uint64_t expect_answer(const BucketMove& move, const TokenBucket& present,
                              const Decision& decision) {
    const std::uint64_t has = present.has();
    if (move.mode == Mode::record) {
      RC_ASSERT(decision.outcome == Outcome::allowed);
      return move.amount;
    }
    if (move.mode == Mode::best_effort && has > 0) {
      RC_ASSERT(decision.outcome == Outcome::allowed);
      RC_ASSERT(decision.granted == Amount{std::min(has, move.amount)});
      return std::min(has, move.amount);
    }
    RC_ASSERT((decision.outcome == Outcome::allowed) == (move.amount <= has));
    if (move.amount > has && move.mode != Mode::best_effort) {
      const bool is_ever = move.amount <= rule_.burst.raw();
      RC_ASSERT(decision.retry_after.has_value() == is_ever);
      if (is_ever) {
        RC_ASSERT(*decision.retry_after == present.has_at(move.amount) - desk_->now.wall);
      }
    }
    return decision.outcome == Outcome::allowed && move.mode == Mode::normal ? move.amount : 0;
  }
  void expect_numbers(const TokenBucket& present) const {
    const LimitReading reading = desk_->reading();
    const std::uint64_t burst = rule_.burst.raw();
    RC_ASSERT(reading.remaining == Amount{present.has()});
    RC_ASSERT(reading.used == Amount{burst - present.has()});
    RC_ASSERT(reading.resets_at ==
              (present.has() == burst ? desk_->now.wall : present.has_at(burst)));
  }

  Limit limit_;
  RateRule rule_;
  std::unique_ptr<Desk> desk_;
  std::optional<TokenBucket> bucket_;  ///< As it was left last; full before.
};

rc::Gen<Limit> any_stepped() {
  return rc::gen::map(rc::gen::tuple(rc::gen::inRange<std::uint64_t>(1, 20),
                                     rc::gen::element<std::int64_t>(1'000'000'000, 1'000'000'007,
                                                                    7'000'000'000, 60'000'000'000),
                                     rc::gen::inRange<std::uint64_t>(1, 40)),
                      [](const auto& drawn) {
                        const auto& [amount, per, burst] = drawn;
                        return by_interval(rate(amount, Duration{per}, burst));
                      });
}

RC_GTEST_PROP(IntervalProperty, AnswersAsABucketIntoWhichTokensArePutAtEachStep, ()) {
  const Limit limit = *any_stepped();
  RC_LOG() << limit;
  Beside beside{limit, noon + Duration{*rc::gen::inRange<std::int64_t>(0, 60'000'000'000)}};
  for (const BucketMove& move :
       *rc::gen::scale(2, rc::gen::container<std::vector<BucketMove>>(any_bucket_move()))) {
    beside.make(move);
  }
}

}  // namespace
}  // namespace sluice
