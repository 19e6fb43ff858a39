// SPDX-License-Identifier: Apache-2.0
// Goal    Asking why changes nothing, and the answer agrees with what was decided.
// Method  Two tenants go through the same steps, and one of them asks.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "tests/actors/tenant/scenario.hpp"

#include <algorithm>

namespace sluice {
namespace {

bool is_in_the_way(const ConsideredLimit& limit) {
  return !limit.shadow && limit.verdict != Verdict::fits;
}

RC_GTEST_PROP(ExplainProperty, WhoAsksWhyIsDecidedAndChargedLikeWhoDoesNot, ()) {
  const auto limits = *any_limits_at_all();
  Desk plain{limits};
  Desk asking{limits};
  asking.asks_why = true;
  for (const Step& step : *any_steps_in_any_mode()) {
    for (Desk* const desk : {&plain, &asking}) {
      step.let_time_pass(desk->now);
      desk->happenings.clear();
    }
    const Decision decision = plain.check(step.list(), step.mode);
    if (decision.outcome == Outcome::invalid) {
      continue;  // Nothing to explain.
    }
    RC_ASSERT(asking.check(step.list(), step.mode) == decision);
    RC_ASSERT(asking.effect == plain.effect);
    RC_ASSERT(asking.happenings.closed_usage.size() == plain.happenings.closed_usage.size());
    RC_ASSERT(asking.happenings.crossed.size() == plain.happenings.crossed.size());
    RC_ASSERT(asking.counters() == plain.counters());
    for (std::size_t slot = 0; slot < limits.size(); ++slot) {
      RC_ASSERT(asking.reading(slot) == plain.reading(slot));
    }
  }
}

RC_GTEST_PROP(ExplainProperty, AnExplanationAgreesWithTheOutcome, ()) {
  Desk desk{*any_limits_at_all()};
  desk.asks_why = true;
  for (const Step& step : *any_steps_in_any_mode()) {
    step.let_time_pass(desk.now);
    desk.happenings.clear();
    const Decision decision = desk.check(step.list(), step.mode);
    const auto& limits = desk.happenings.considered;
    if (decision.outcome == Outcome::invalid) {
      continue;
    }
    RC_ASSERT(desk.happenings.explained);
    const bool refused =
        decision.outcome == Outcome::denied || decision.outcome == Outcome::throttled;
    const bool obeys = step.mode == Mode::normal || step.mode == Mode::peek;
    RC_ASSERT(!obeys || refused == std::ranges::any_of(limits, is_in_the_way));
    if (obeys && refused) {
      const bool full = std::ranges::any_of(limits, [](const ConsideredLimit& limit) {
        return is_in_the_way(limit) && limit.verdict == Verdict::full;
      });
      RC_ASSERT(full == (decision.outcome == Outcome::denied));
      // The whole check has to wait for the slowest, and for ever if one of them helps nobody.
      std::optional<Duration> longest = Duration{};
      for (const ConsideredLimit& limit : limits) {
        if (is_in_the_way(limit)) {
          longest =
              longest && limit.wait ? std::optional{std::max(*longest, *limit.wait)} : std::nullopt;
        }
      }
      RC_ASSERT(longest == decision.retry_after);
    }
  }
}

}  // namespace
}  // namespace sluice
