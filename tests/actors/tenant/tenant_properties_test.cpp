// SPDX-License-Identifier: Apache-2.0
// Goal    What the tenant decides is right for any limits, any checks, in any order, at any time.
// Method  RapidCheck draws limits and steps; the tenant is compared with `Model` after each step,
//         or must keep a law that follows from the specification.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "tests/actors/tenant/model.hpp"
#include "tests/actors/tenant/scenario.hpp"

#include <algorithm>

namespace sluice {
namespace {

Decision take(Desk& desk, const Step& step) {
  step.let_time_pass(desk.now);
  return desk.check(step.list(), step.mode);
}

std::size_t slot_of(const Desk& desk, LimitId id) {
  const auto limits = desk.tenant.plan().limits();
  std::size_t slot = 0;
  while (limits[slot].id != id) {
    ++slot;
  }
  return slot;
}

RC_GTEST_PROP(TenantProperty, DecidesAndCountsLikeTheModel, ()) {
  const auto limits = *any_limits_at_all();
  Desk desk{limits};
  Model model{{desk.tenant.plan().limits().begin(), desk.tenant.plan().limits().end()}, desk.now};
  for (const Step& step : *any_steps_in_any_mode()) {
    const Decision decision = take(desk, step);
    const Model::Answer expected = model.decide(step.list(), step.mode, desk.now);
    RC_ASSERT(decision.outcome == expected.outcome);
    RC_ASSERT(decision.granted == expected.granted);
    RC_ASSERT(decision.overage == expected.overage);
    RC_ASSERT(decision.would_deny.count == expected.would_deny);
    for (std::size_t slot = 0; slot < limits.size(); ++slot) {
      RC_ASSERT(desk.reading(slot).used == model.used(slot, desk.now));
      RC_ASSERT(desk.reading(slot).remaining == model.remaining(slot, desk.now));
    }
    if (decision.has_reading) {
      const std::size_t slot = slot_of(desk, decision.reading.limit);
      RC_ASSERT(decision.reading.used == model.used(slot, desk.now));
      RC_ASSERT(decision.reading.remaining == model.remaining(slot, desk.now));
    }
  }
}

RC_GTEST_PROP(TenantProperty, NeverAdmitsMoreThanABlockingWindowHolds, ()) {
  const Limit limit = *any_window();
  const auto size = std::get<WindowRule>(limit.rule).size;
  Desk desk{{limit}};
  // Each stretch in which the window was not started again.
  Amount admitted;
  WallTime end = desk.counters()[0].until;
  for (const Step& step : *any_steps()) {
    const bool allowed = take(desk, step).outcome == Outcome::allowed;
    const WallTime end_now = desk.counters()[0].until;
    RC_ASSERT(end_now >= end);
    admitted = end_now == end ? admitted : Amount{};
    end = end_now;
    for (const Charge& charge : step.list()) {
      const bool counts = allowed && step.mode != Mode::peek && charge.meter == limit.meter;
      admitted = counts ? admitted + charge.amount : admitted;
    }
    RC_ASSERT(admitted <= size.value_or(Amount::max()));
  }
}

RC_GTEST_PROP(TenantProperty, ARateAdmitsInAnyIntervalItsBurstAndWhatTheTimeEarnsAtMost, ()) {
  const Limit limit = *any_rate();
  const RateRule rule = std::get<RateRule>(limit.rule);
  Desk desk{{limit}};
  struct Admitted {
    Instant at;
    std::uint64_t amount;
  };
  std::vector<Admitted> admitted;
  for (const Step& step : *any_steps()) {
    step.let_time_pass(desk.now);
    const std::uint64_t amount = *rc::gen::inRange<std::uint64_t>(1, 6);
    if (desk.admits(amount, limit.meter)) {
      admitted.push_back({desk.now.steady, amount});
    }
  }
  for (std::size_t first = 0; first < admitted.size(); ++first) {
    std::uint64_t sum = 0;
    for (std::size_t last = first; last < admitted.size(); ++last) {
      sum += admitted[last].amount;
      const Parts elapsed =
          static_cast<std::uint64_t>((admitted[last].at - admitted[first].at).count());
      const Parts earned =
          elapsed * rule.amount.raw() / static_cast<std::uint64_t>(rule.per.count());
      RC_ASSERT(Parts{sum} <= rule.burst.raw() + earned);
    }
  }
}

RC_GTEST_PROP(TenantProperty, ARefusalOrAPeekBurnsNothing, ()) {
  Desk desk{*any_limits_at_all()};
  for (const Step& step : *any_steps_in_any_mode()) {
    step.let_time_pass(desk.now);
    desk.check({{MeterId{1}, Amount{}}, {MeterId{2}, Amount{}}});  // Starts what has ended again.
    const auto before = desk.counters();
    desk.happenings.clear();
    const Decision decision = desk.check(step.list(), step.mode);
    if (decision.outcome != Outcome::allowed || step.mode == Mode::peek) {
      RC_ASSERT(desk.counters() == before);
      RC_ASSERT(desk.effect != Effect::charged || !desk.happenings.closed_usage.empty());
    }
    RC_ASSERT(desk.effect == Effect::charged || desk.counters() == before);
  }
}

RC_GTEST_PROP(TenantProperty, ARetryPassesExactlyWhenItWasToldToComeBack, ()) {
  Desk desk{*any_limits_at_all()};
  for (const Step& step : *any_steps_in_any_mode()) {
    take(desk, step);
  }
  // Asks for more and more, so that it is refused in the end if it can be.
  for (std::uint64_t amount = 1; amount < 40; ++amount) {
    const std::vector<Charge> both{{MeterId{1}, Amount{amount}}, {MeterId{2}, Amount{amount}}};
    const Decision denied = desk.check(both, Mode::peek);
    if (denied.outcome == Outcome::allowed || !denied.retry_after) {
      continue;
    }
    RC_ASSERT(*denied.retry_after > Duration{});
    desk.pass(*denied.retry_after - 1ns);
    RC_ASSERT(desk.check(both, Mode::peek).outcome != Outcome::allowed);
    desk.pass(1ns);
    RC_ASSERT(desk.check(both, Mode::peek).outcome == Outcome::allowed);
  }
}

RC_GTEST_PROP(TenantProperty, ARetryIsOnlyDeniedForGoodIfTimeDoesNotHelp, ()) {
  Desk desk{*any_limits_at_all()};
  for (const Step& step : *any_steps_in_any_mode()) {
    const Decision decision = take(desk, step);
    if (decision.outcome == Outcome::denied && !decision.retry_after) {
      desk.pass(365 * 24h);
      RC_ASSERT(desk.check(step.list(), Mode::peek).outcome == Outcome::denied);
      return;
    }
  }
}

RC_GTEST_PROP(TenantProperty, AfterARestartItIsNeverMoreGenerousAndWindowsAreTheSame, ()) {
  const auto limits = *any_limits_at_all();
  Desk desk{limits};
  for (const Step& step : *any_steps_in_any_mode()) {
    take(desk, step);
  }
  Desk again{plan_of(limits), desk.now.wall, desk.counters()};
  for (Step step : *any_steps_in_any_mode()) {
    const Decision decision = take(desk, step);
    const Decision restored = take(again, step);
    if (decision.outcome != restored.outcome) {
      RC_ASSERT(restored.outcome == Outcome::denied);
      RC_ASSERT(restored.retry_after && *restored.retry_after <= 1ns);
      return;
    }
    for (std::size_t slot = 0; slot < limits.size(); ++slot) {
      const bool is_rate = std::holds_alternative<RateRule>(desk.tenant.plan().limits()[slot].rule);
      RC_ASSERT(again.used(slot) == desk.used(slot) ||
                (is_rate && again.used(slot) > desk.used(slot)));
    }
  }
}

RC_GTEST_PROP(TenantProperty, NewSizesAndPacesKeepWhatWasUsed, ()) {
  Limit before = *any_limit();
  Desk desk{{before}};
  for (const Step& step : *any_steps()) {
    take(desk, step);
  }
  Limit after = before;
  const std::uint64_t size = *rc::gen::inRange<std::uint64_t>(1, 60);
  const Amount used = desk.used();
  if (auto* rule = std::get_if<RateRule>(&after.rule)) {
    *rule = RateRule{*rc::gen::map(rc::gen::inRange<std::uint64_t>(1, 20),
                                   [](std::uint64_t raw) { return Amount{raw}; }),
                     rule->per * *rc::gen::inRange(1, 9), Amount{size}};
    desk.tenant.adopt(plan_of({after}), desk.now, desk.happenings);
    RC_ASSERT(desk.used() == std::min(used, Amount{size}));
    return;
  }
  if (auto* rule = std::get_if<SlidingRule>(&after.rule)) {
    *rule = SlidingRule{Amount{size}, rule->span * *rc::gen::inRange(1, 4)};
    desk.tenant.adopt(plan_of({after}), desk.now, desk.happenings);
    RC_ASSERT(desk.used() == used);
    return;
  }
  std::get<WindowRule>(after.rule).size = Amount{size};
  const WallTime end = desk.reading().resets_at;
  desk.tenant.adopt(plan_of({after}), desk.now, desk.happenings);
  RC_ASSERT(desk.used() == used);
  RC_ASSERT(desk.reading().resets_at == end);
}

RC_GTEST_PROP(TenantProperty, EachThresholdFiresOnceAWindowAndOnlyWhenReached, ()) {
  const std::uint64_t size = *rc::gen::inRange<std::uint64_t>(0, 40);
  Desk desk{{alerting(window(size, Period::minute))}};
  std::vector<std::pair<WallTime, Percent>> seen;
  for (const Step& step : *any_steps()) {
    desk.happenings.crossed.clear();
    take(desk, step);
    const Counter counter = desk.counters()[0];
    for (const ThresholdCrossed& event : desk.happenings.crossed) {
      RC_ASSERT(Parts{event.used.raw()} * 100 >= Parts{size} * event.threshold.raw());
      const std::pair key{counter.until, event.threshold};
      RC_ASSERT(std::find(seen.begin(), seen.end(), key) == seen.end());
      seen.push_back(key);
    }
    for (const Percent share : usual_thresholds) {
      const bool reached = Parts{counter.used.raw()} * 100 >= Parts{size} * share.raw();
      const std::pair key{counter.until, share};
      const bool has_fired = std::find(seen.begin(), seen.end(), key) != seen.end();
      RC_ASSERT(has_fired == (reached && counter.used > Amount{}));
    }
  }
}

}  // namespace
}  // namespace sluice
