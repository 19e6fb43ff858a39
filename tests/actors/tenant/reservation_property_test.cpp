// SPDX-License-Identifier: Apache-2.0
// Goal    Reservations hold, settle and end as the specification says, among checks of other kinds,
//         under any limits, in any order, at any time.
// Method  RapidCheck draws limits and acts; the tenant is compared with `HoldsModel` after each
//         act, or must keep a law that follows from the specification.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "tests/actors/tenant/holds_model.hpp"
#include "tests/actors/tenant/scenario.hpp"

#include <algorithm>
#include <memory>

namespace sluice {
namespace {

enum class Change { none, sizes, fewer, more, restart };

/// Time passes, then the rules change or a check is made.
struct Act {
  Step step;
  std::uint64_t id = 0;  ///< Zero: a check that is not remembered.
  Duration ttl{};
  Change change = Change::none;
  std::uint64_t size = 0;  ///< That the rules change to.
};

std::ostream& operator<<(std::ostream& out, const Act& act) {
  return out << "id " << act.id << " ttl " << act.ttl.count() << " change "
             << static_cast<int>(act.change) << " to " << act.size << ": " << act.step;
}

constexpr std::uint64_t ids = 6;  // Few, so that most acts meet an entry that is there.

bool settles_or_extends(Mode mode) {
  return mode == Mode::extend || mode == Mode::commit || mode == Mode::cancel;
}

rc::Gen<std::vector<std::pair<int, std::uint64_t>>> any_charges() {
  return rc::gen::resize(
      4, rc::gen::container<std::vector<std::pair<int, std::uint64_t>>>(
             rc::gen::pair(rc::gen::inRange(1, 4), rc::gen::inRange<std::uint64_t>(0, 8))));
}

rc::Gen<std::int64_t> any_pause() {
  return rc::gen::weightedOneOf<std::int64_t>(
      {{3, rc::gen::just<std::int64_t>(0)},
       {4, rc::gen::inRange<std::int64_t>(0, 3'000'000'000)},
       {2, rc::gen::inRange<std::int64_t>(0, 60'000'000'000)},
       {1, rc::gen::element<std::int64_t>(1'000'000, 1'000'000'000, 60'000'000'000,
                                          25 * 3600'000'000'000)}});
}

rc::Gen<Act> any_act() {
  return rc::gen::map(
      rc::gen::tuple(
          any_pause(), rc::gen::weightedElement<std::int64_t>({{9, 0}, {1, 1}, {1, -1}, {1, -90}}),
          any_charges(),
          rc::gen::weightedElement<Mode>({{3, Mode::normal},
                                          {1, Mode::record},
                                          {1, Mode::peek},
                                          {6, Mode::reserve},
                                          {2, Mode::extend},
                                          {3, Mode::commit},
                                          {2, Mode::cancel}}),
          rc::gen::inRange<std::uint64_t>(1, ids + 1), rc::gen::inRange(0, 3),
          rc::gen::element<Duration>(1ms, 1s, 10s, 1min, 1h),
          rc::gen::weightedElement<Change>(
              {{20, Change::none}, {1, Change::sizes}, {1, Change::fewer}, {1, Change::more}}),
          rc::gen::inRange<std::uint64_t>(1, 30)),
      [](const auto& drawn) {
        const auto& [pause, wall, charges, mode, id, named, ttl, change, size] = drawn;
        Act act{{pause, wall, charges, mode}, id, ttl, change, size};
        const bool is_once = mode == Mode::reserve || settles_or_extends(mode);
        act.id = is_once || (named == 0 && mode != Mode::peek) ? id : 0;
        if (mode == Mode::cancel) {
          act.step.charges.clear();
        }
        return act;
      });
}

rc::Gen<std::vector<Act>> any_acts() {
  return rc::gen::scale(2, rc::gen::container<std::vector<Act>>(any_act()));
}

/// Which the time that is not on the clocks when it is stored cannot round.
rc::Gen<Limit> any_exact_limit() {
  return rc::gen::map(any_limit(), [](Limit limit) {
    if (auto* rate = std::get_if<RateRule>(&limit.rule)) {
      rate->amount = Amount{1};
    }
    return limit;
  });
}

/// A tenant and its model, to which the same happens.
class Pair {
public:
  explicit Pair(const std::vector<Limit>& limits)
      : limits_(limits),
        plan_(plan_of(limits)),
        desk_(std::make_unique<Desk>(plan_)),
        now_(desk_->now),
        model_(plan_->limits(), now_) {}

  Desk& desk() { return *desk_; }

  void let_time_pass(const Step& step) {
    step.let_time_pass(desk_->now);
    step.let_time_pass(now_);
  }

  void check(const Act& act) {
    const std::vector<Charge> charges = act.step.list();
    const Check check{desk_->tenant.id(), charges, act.step.mode, EntryId{1, act.id}, act.ttl};
    check_both(act.id == 0 ? Check{check.tenant, charges, check.mode} : check);
  }

  void check_both(const Check& check) {
    Decision decision;
    desk_->tenant.decide(check, desk_->now, decision, desk_->happenings);
    desk_->happenings.clear();
    const HoldsModel::Answer expected = model_.decide(check, now_);
    RC_ASSERT(decision.outcome == expected.outcome);
    RC_ASSERT(decision.repeated == expected.repeated);
    RC_ASSERT(decision.overrun == expected.overrun);
    if (decision.retry_after && !decision.repeated) {
      RC_ASSERT(*decision.retry_after > Duration{});
    }
    const bool tells_of_now = !decision.repeated || settles_or_extends(check.mode);
    if (decision.has_reading && tells_of_now) {
      RC_ASSERT(decision.reading == reading_of(decision.reading.limit));
    }
  }

  void change(const Act& act) {
    if (act.change == Change::sizes) {
      for (Limit& limit : limits_) {
        resize(limit, Amount{act.size});
      }
    } else if (act.change == Change::fewer && !limits_.empty()) {
      limits_.pop_back();
    } else if (act.change == Change::more) {
      limits_.push_back(
          window(act.size, Period::hour, MeterId{static_cast<std::uint16_t>(1 + act.size % 3)}));
    }
    plan_ = plan_of(limits_);
    desk_->tenant.adopt(plan_, desk_->now, desk_->happenings);
    model_.adopt(plan_->limits(), now_);
  }

  /// What is stored goes to another tenant, on a server that counts its time from elsewhere.
  void restart() { desk_ = std::make_unique<Desk>(desk_->now.wall, plan_, desk_->state()); }

  void compare() {
    for (std::size_t slot = 0; slot < model_.limits(); ++slot) {
      const LimitReading reading = desk_->reading(slot);
      RC_ASSERT(reading.used == model_.used(slot, now_));
      RC_ASSERT(reading.held == model_.held(slot));
      RC_ASSERT(reading.remaining == model_.remaining(slot, now_));
    }
  }

private:
  static void resize(Limit& limit, Amount size) {
    if (auto* rate = std::get_if<RateRule>(&limit.rule)) {
      rate->burst = size;
    } else if (auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
      sliding->size = size;
    } else {
      std::get<WindowRule>(limit.rule).size = size;
    }
  }

  LimitReading reading_of(LimitId id) {
    for (const LimitUsage& usage : desk_->tenant.usage(desk_->now)) {
      if (usage.limit.id == id) {
        return usage.reading;
      }
    }
    SLUICE_INVARIANT(false);
  }

  std::vector<Limit> limits_;
  std::shared_ptr<const Plan> plan_;
  std::unique_ptr<Desk> desk_;
  Now now_;  ///< Of the model, whose steady clock goes on through restarts.
  HoldsModel model_;
};

void act_on(Pair& pair, const Act& act) {
  pair.let_time_pass(act.step);
  if (act.change == Change::none) {
    pair.check(act);
  } else {
    pair.change(act);
  }
  pair.compare();
}

RC_GTEST_PROP(ReservationProperty, AnswersAndCountsLikeAListOfHolds, ()) {
  Pair pair{*rc::gen::resize(6, rc::gen::container<std::vector<Limit>>(any_limit()))};
  for (const Act& act : *any_acts()) {
    act_on(pair, act);
  }
}

RC_GTEST_PROP(ReservationProperty, GoesOnFromWhatIsStoredAsIfNothingHadHappened, ()) {
  Pair pair{*rc::gen::resize(6, rc::gen::container<std::vector<Limit>>(any_exact_limit()))};
  for (Act act : *any_acts()) {
    act.step.wall_step_seconds = 0;
    act_on(pair, act);
    if (act.change == Change::none && act.size % 3 == 0) {
      pair.restart();
      pair.compare();
    }
  }
}

RC_GTEST_PROP(ReservationProperty, HoldsNothingOnceEveryTimeIsOver, ()) {
  const auto limits = *any_limits();
  Pair pair{limits};
  for (const Act& act : *any_acts()) {
    act_on(pair, act);
  }
  pair.let_time_pass(Step{Duration{1h}.count(), 0, {}, Mode::peek});
  pair.check_both(Check{pair.desk().tenant.id(), {}, Mode::peek});
  for (const LimitUsage& usage : pair.desk().tenant.usage(pair.desk().now)) {
    RC_ASSERT(usage.reading.held == Amount{});
  }
  RC_ASSERT(!pair.desk().tenant.next_expiry());
}

/// Reserves something of each meter, and says that no more was used than that.
Act modest(Act act) {
  act.step.wall_step_seconds = 0;
  act.step.mode = act.step.mode == Mode::record ? Mode::normal : act.step.mode;
  if (act.step.mode == Mode::reserve) {
    for (auto& [meter, amount] : act.step.charges) {
      ++amount;
    }
  } else if (settles_or_extends(act.step.mode) && !act.step.charges.empty()) {
    act.step.charges.resize(1);
    act.step.charges.front().second %= 2;
  }
  return act;
}

RC_GTEST_PROP(ReservationProperty, WhatIsUsedAndHeldNeverPassesABlockingLimit, ()) {
  Desk desk{*any_limits()};
  for (const Act& drawn : *any_acts()) {
    const Act act = modest(drawn);
    act.step.let_time_pass(desk.now);
    act.id == 0 ? desk.check(act.step.list(), act.step.mode)
                : desk.once(act.id, act.step.mode, act.step.list(), act.ttl);
    desk.happenings.clear();
    for (const LimitUsage& usage : desk.tenant.usage(desk.now)) {
      if (usage.limit.enforcement == Enforcement::block && usage.reading.size) {
        RC_ASSERT(usage.reading.used + usage.reading.held <= *usage.reading.size);
      }
    }
  }
}

RC_GTEST_PROP(ReservationProperty, ARefusedReservationHoldsNothingAnywhere, ()) {
  Desk desk{*any_limits()};
  for (const Act& act : *any_acts()) {
    act.step.let_time_pass(desk.now);
    desk.check({{MeterId{1}, Amount{}}, {MeterId{2}, Amount{}}});  // Ends what is over.
    const auto before = desk.tenant.usage(desk.now);
    const Decision decision = act.id == 0
                                  ? desk.check(act.step.list(), act.step.mode)
                                  : desk.once(act.id, act.step.mode, act.step.list(), act.ttl);
    desk.happenings.clear();
    if (decision.outcome != Outcome::allowed || decision.repeated) {
      const auto after = desk.tenant.usage(desk.now);
      for (std::size_t slot = 0; slot < after.size(); ++slot) {
        RC_ASSERT(after[slot].reading == before[slot].reading);
      }
    }
  }
}

}  // namespace
}  // namespace sluice
