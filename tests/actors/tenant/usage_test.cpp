// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TenantState unsaved(Desk& desk) {
  TenantState state;
  desk.tenant.take_unsaved(desk.now, state);
  return state;
}

TenantState unjournalled(Desk& desk) {
  TenantState state;
  desk.tenant.take_unjournalled(desk.now, state);
  return state;
}

UsageBucket bucket(WallTime at, std::uint64_t used, std::uint32_t allowed, std::uint32_t denied,
                   MeterId meter = api_requests) {
  return UsageBucket{meter, minute_of(at), Amount{used}, allowed, denied, 0};
}

TEST(UsageSpec, CountsWhatWasUsedAllowedAndDeniedInTheMinuteThatIsOpen) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(4);
  desk.charge(5);
  desk.charge(2);
  EXPECT_EQ(unsaved(desk).open_usage, std::vector{bucket(noon, 9, 2, 1)});
}

TEST(UsageSpec, AMinuteIsClosedOnceByTheFirstCheckOfALaterOne) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(4);
  desk.pass(59s);
  desk.charge(1);
  EXPECT_TRUE(desk.happenings.closed_usage.empty());
  desk.pass(1s);
  desk.charge(2);
  desk.charge(2);
  EXPECT_EQ(desk.happenings.closed_usage,
            std::vector({UsageRow{desk.tenant.id(), bucket(noon, 5, 2, 0)}}));
  EXPECT_EQ(unsaved(desk).open_usage, std::vector{bucket(noon + 1min, 4, 2, 0)});
}

TEST(UsageSpec, AnExpiredReservationCountsAsMuchAsAnyLimitCountsOfIt) {
  const auto expired = [](std::vector<Limit> limits) {
    Desk desk{std::move(limits)};
    desk.reserve(1, 8, 30s);
    desk.once(1, Mode::extend, 5, 30s);
    desk.pass(1min);
    desk.let_end();
    return unsaved(desk).open_usage;
  };
  EXPECT_TRUE(expired({releasing_on_expiry(window(10, Period::day))}).empty());
  EXPECT_EQ(expired({releasing_on_expiry(window(10, Period::day)), window(10, Period::month)}),
            std::vector{bucket(noon + 1min, 5, 1, 0)});
}

TEST(UsageSpec, AClockThatStepsBackKeepsTheMinuteOpen) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(4);
  desk.step_wall_clock(-5min);
  desk.charge(1);
  EXPECT_TRUE(desk.happenings.closed_usage.empty());
  EXPECT_EQ(unsaved(desk).open_usage, std::vector{bucket(noon, 5, 2, 0)});
}

TEST(UsageSpec, PeeksAndChargesOfNothingAreNotCounted) {
  Desk desk{{window(10, Period::day)}};
  desk.peek(3);
  desk.charge(0);
  EXPECT_EQ(desk.effect, Effect::none);
  EXPECT_TRUE(unsaved(desk).open_usage.empty());
}

TEST(UsageSpec, ADenialIsWorthStoringButNotAJournalRecord) {
  Desk desk{{window(0, Period::day)}};
  desk.charge(1);
  EXPECT_EQ(desk.effect, Effect::counted);
  EXPECT_TRUE(unjournalled(desk).counters.empty());
  EXPECT_EQ(unsaved(desk).open_usage, std::vector{bucket(noon, 0, 0, 1)});
}

TEST(UsageSpec, ADenialThatClosesAMinuteIsWorthAJournalRecord) {
  Desk desk{{window(3, Period::day)}};
  desk.charge(3);
  unjournalled(desk);
  desk.pass(1min);
  desk.charge(1);
  EXPECT_EQ(desk.effect, Effect::charged);
  EXPECT_EQ(unjournalled(desk).open_usage, std::vector{bucket(noon + 1min, 0, 0, 1)});
}

TEST(UsageSpec, ADeniedCheckCountsAsDeniedOnEachOfItsMeters) {
  Desk desk{{window(1, Period::day), window(9, Period::day, llm_tokens)}};
  desk.check({{api_requests, Amount{2}}, {llm_tokens, Amount{5}}});
  EXPECT_EQ(unsaved(desk).open_usage,
            (std::vector{bucket(noon, 0, 0, 1), bucket(noon, 0, 0, 1, llm_tokens)}));
}

TEST(UsageSpec, OnlyWhatChangedIsTakenAndOnlyOnce) {
  Desk desk{{window(9, Period::day), rate(1, 1s, 9), window(9, Period::day, llm_tokens)}};
  desk.charge(1);
  EXPECT_EQ(unjournalled(desk).counters.size(), 2U);
  EXPECT_TRUE(unjournalled(desk).counters.empty());
  EXPECT_EQ(unsaved(desk).counters.size(), 2U) << "the store has its own mark";
  desk.charge(1, llm_tokens);
  EXPECT_EQ(unsaved(desk).counters, std::vector{desk.counters().at(2)});
  desk.tenant.mark_unsaved();
  EXPECT_EQ(unsaved(desk).counters, desk.counters());
}

TEST(UsageSpec, AStoredBucketGoesOnCounting) {
  const auto plan = plan_of({window(10, Period::day)});
  Tenant tenant{definition().id,
                plan,
                {},
                std::vector{bucket(noon, 3, 1, 2)},
                {},
                Now{Instant{1h}, noon + 30s}};
  Decision decision;
  Happenings happenings;
  const Charge charge{api_requests, Amount{4}};
  tenant.decide(Check{tenant.id(), {&charge, 1}}, Now{Instant{1h}, noon + 31s}, decision,
                happenings);
  TenantState state;
  tenant.snapshot(Now{Instant{1h}, noon + 31s}, state);
  EXPECT_EQ(state.open_usage, std::vector{bucket(noon, 7, 2, 2)});
}

TEST(UsageSpec, UsageOfAMeterThatLosesItsLimitsIsClosed) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(4);
  desk.tenant.adopt(plan_of({window(10, Period::day, llm_tokens)}), desk.now, desk.happenings);
  EXPECT_EQ(desk.happenings.closed_usage,
            std::vector({UsageRow{desk.tenant.id(), bucket(noon, 4, 1, 0)}}));
}

TEST(ClosedWindowSpec, AWindowThatIsOverIsToldWithItsFinalCount) {
  Desk desk{{window(10, Period::hour)}};
  desk.charge(4);
  desk.pass(1h);
  desk.charge(1);
  EXPECT_EQ(desk.happenings.closed_windows,
            std::vector({WindowRow{desk.tenant.id(),
                                   ClosedWindow{LimitId{1}, api_requests, noon + 1h, Amount{4}}}}));
}

TEST(ClosedWindowSpec, AWindowInWhichNothingWasUsedIsNotTold) {
  Desk desk{{window(10, Period::hour)}};
  desk.pass(5h);
  desk.charge(1);
  EXPECT_TRUE(desk.happenings.closed_windows.empty());
}

TEST(ClosedWindowSpec, NewRulesTellWindowsThatAreOver) {
  Desk desk{{window(10, Period::hour)}};
  desk.charge(4);
  desk.pass(2h);
  desk.tenant.adopt(plan_of({window(10, Period::day)}), desk.now, desk.happenings);
  EXPECT_EQ(desk.happenings.closed_windows.size(), 1U);
}

}  // namespace
}  // namespace sluice
