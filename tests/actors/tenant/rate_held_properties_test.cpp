// SPDX-License-Identifier: Apache-2.0
// Goal    What reservations and leases give back to a rate never lets it admit more than it may.
// Method  RapidCheck draws moves on one rate. Whatever was used counts at the moment at which it
//         was taken out; in no interval is that more than the burst and what the time earned.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "tests/actors/tenant/scenario.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace sluice {
namespace {

enum class Deed : std::uint8_t { charge, reserve, commit, cancel, lease, renew, restart };

struct Move {
  Deed deed = Deed::charge;
  std::int64_t passed_ns = 0;
  std::uint64_t amount = 1;
  int ttl_seconds = 1;
  std::size_t which = 0;  ///< Of all ids so far, from the last.
};

std::ostream& operator<<(std::ostream& out, const Move& move) {
  return out << "+" << move.passed_ns << " ns, deed " << static_cast<int>(move.deed) << " amount "
             << move.amount << " ttl " << move.ttl_seconds << " id -" << move.which << "\n";
}

rc::Gen<Move> any_move() {
  return rc::gen::build<Move>(
      rc::gen::set(&Move::deed, rc::gen::weightedElement<Deed>({{3, Deed::charge},
                                                                {3, Deed::reserve},
                                                                {2, Deed::commit},
                                                                {1, Deed::cancel},
                                                                {3, Deed::lease},
                                                                {3, Deed::renew},
                                                                {1, Deed::restart}})),
      rc::gen::set(&Move::passed_ns, rc::gen::weightedOneOf<std::int64_t>(
                                         {{2, rc::gen::just<std::int64_t>(0)},
                                          {4, rc::gen::inRange<std::int64_t>(0, 3'000'000'000)},
                                          {1, rc::gen::inRange<std::int64_t>(0, 40'000'000'000)}})),
      rc::gen::set(&Move::amount, rc::gen::inRange<std::uint64_t>(1, 12)),
      rc::gen::set(&Move::ttl_seconds, rc::gen::inRange(1, 30)),
      rc::gen::set(&Move::which, rc::gen::inRange<std::size_t>(0, 4)));
}

/// A tenant with one rate, and what was taken out of it, when, and by whom.
class Bucket {
public:
  explicit Bucket(const Limit& limit) : limit_(limit), desk_(std::make_unique<Desk>(of(limit))) {}

  void make(const Move& move) {
    desk_->pass(Duration{move.passed_ns});
    time_ += move.passed_ns;
    desk_->let_end();
    end_reservations();
    const Duration ttl = std::chrono::seconds{move.ttl_seconds};
    const std::uint64_t id = last_id_ - std::min<std::uint64_t>(move.which, last_id_ - 1);
    switch (move.deed) {
      case Deed::charge:
        return took(0, {desk_->admits(move.amount, limit_.meter), move.amount});
      case Deed::reserve:
        return reserve(++last_id_, move.amount, ttl);
      case Deed::commit: {
        const std::uint64_t used = std::min(move.amount, out(id));
        return ask(id, Mode::commit, used, ttl) ? end(id, used) : void();
      }
      case Deed::cancel: {
        const bool is_done = desk_->cancel(id).outcome == Outcome::allowed;
        return is_done ? end(id, reported_[id]) : void();
      }
      case Deed::lease:
        return lease(++last_id_, move.amount, 0, ttl);
      case Deed::renew:
        return lease(id, move.amount, std::min(reported_[id] + move.amount / 2, out(id)), ttl);
      case Deed::restart:
        desk_ = std::make_unique<Desk>(desk_->now.wall, plan_of(of(limit_)), desk_->state());
        return;
    }
  }

  void is_within_the_rate() const {
    const RateRule rule = std::get<RateRule>(limit_.rule);
    for (std::size_t first = 0; first < taken_.size(); ++first) {
      std::uint64_t sum = 0;
      for (std::size_t last = first; last < taken_.size(); ++last) {
        sum += taken_[last].amount;
        const Parts elapsed = static_cast<std::uint64_t>(taken_[last].at - taken_[first].at);
        const Parts earned = elapsed * rule.amount.raw();
        const auto per = static_cast<std::uint64_t>(rule.per.count());
        RC_ASSERT(Parts{sum} * per <= Parts{rule.burst.raw()} * per + earned);
      }
    }
  }

private:
  struct Taken {
    std::int64_t at;
    std::uint64_t id;
    std::uint64_t amount;
  };
  static std::vector<Limit> of(const Limit& limit) { return {limit}; }

  bool ask(std::uint64_t id, Mode mode, std::uint64_t amount, Duration ttl) {
    const Decision decision = desk_->once(id, mode, {{limit_.meter, Amount{amount}}}, ttl);
    granted_ = decision.granted.raw();
    return decision.outcome == Outcome::allowed && !decision.repeated;
  }
  void took(std::uint64_t id, std::pair<bool, std::uint64_t> allowed) {
    if (allowed.first) {
      taken_.push_back({time_, id, allowed.second});
    }
  }
  /// All that was taken out under the id and not given back.
  std::uint64_t out(std::uint64_t id) const {
    std::uint64_t sum = 0;
    for (const Taken& taken : taken_) {
      sum += taken.id == id ? taken.amount : 0;
    }
    return sum;
  }
  /// Of what was taken out, the first units were used.
  void settle(std::uint64_t id, std::uint64_t used) {
    for (Taken& taken : taken_) {
      if (taken.id == id) {
        taken.amount = std::min(taken.amount, used);
        used -= taken.amount;
      }
    }
  }
  void end(std::uint64_t id, std::uint64_t used) {
    reserved_until_.erase(id);
    settle(id, used);
  }
  void reserve(std::uint64_t id, std::uint64_t amount, Duration ttl) {
    took(id, {ask(id, Mode::reserve, amount, ttl), amount});
    reserved_until_[id] = time_ + ttl.count();
  }
  // Of one that nobody ended nothing was used, as nothing was reported.
  void end_reservations() {
    std::erase_if(reserved_until_, [this](const auto& reserved) {
      if (reserved.second <= time_) {
        settle(reserved.first, 0);
      }
      return reserved.second <= time_;
    });
  }
  void lease(std::uint64_t id, std::uint64_t want, std::uint64_t used, Duration ttl) {
    desk_->want = Amount{want};
    const std::uint64_t before = out(id);
    if (ask(id, Mode::lease, used, ttl)) {
      took(id, {true, used + granted_ - before});
      reported_[id] = used;
    }
  }

  Limit limit_;
  std::unique_ptr<Desk> desk_;
  std::int64_t time_ = 0;
  std::vector<Taken> taken_;
  std::map<std::uint64_t, std::uint64_t> reported_;
  std::map<std::uint64_t, std::int64_t> reserved_until_;
  std::uint64_t last_id_ = 1;
  std::uint64_t granted_ = 0;
};

RC_GTEST_PROP(RateHeldProperty, AdmitsItsBurstAndWhatTheTimeEarnsAtMost, ()) {
  Bucket bucket{*any_rate()};
  for (const Move& move : *rc::gen::scale(2, rc::gen::container<std::vector<Move>>(any_move()))) {
    bucket.make(move);
  }
  bucket.is_within_the_rate();
}

}  // namespace
}  // namespace sluice
