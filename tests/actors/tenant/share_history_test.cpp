// SPDX-License-Identifier: Apache-2.0
// What is kept of uses of what another tenant shares: hours, entries, and what comes back of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/tenant/sharing_desk.hpp"

namespace sluice {
namespace {

using enum ConditionKind;
using enum ConditionOperator;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TenantState state_of(const Tenant& tenant, const Now& now) {
  TenantState state;
  tenant.snapshot(now, state);
  return state;
}

}  // namespace

TEST(SharedUseHistorySpec, OfAGrantThatIsGoneBecomesHistoryWithItsPeriod) {
  SharingDesk desk;
  desk.use(1);
  desk.hold({});
  EXPECT_EQ(desk.share_effect, Effect::none);
  desk.tenant.end_overdue(desk.now, desk.happenings);
  EXPECT_THAT(desk.happenings.closed_shared, IsEmpty()) << "limits of the period look at it";
  desk.now.wall = utc("2024-06-01T00:00:00Z");
  EXPECT_EQ(desk.tenant.end_overdue(desk.now, desk.happenings), Effect::charged);
  ASSERT_EQ(desk.happenings.closed_shared.size(), 1U);
  EXPECT_EQ(desk.happenings.closed_shared[0].owner, sharing_owner);
  EXPECT_EQ(desk.happenings.closed_shared[0].consumer, desk.tenant.id());
  TenantState state;
  desk.tenant.take_unsaved(desk.now, state);
  EXPECT_THAT(state.forgotten, ElementsAre(entry_id_of(sharing_grant().id)));
}

TEST(SharedUseHistorySpec, OfAGrantThatIsGoneAndThatNoLimitLooksAtBecomesHistoryAtOnce) {
  SharingDesk desk;
  desk.offer(shared_policy({condition(usage_limit, lt, {"1"})}));
  EXPECT_EQ(desk.use(1).sharing, ShareVerdict::usage_limit);
  desk.hold({});
  EXPECT_EQ(desk.share_effect, Effect::charged);
  ASSERT_EQ(desk.happenings.closed_shared.size(), 1U);
  EXPECT_EQ(desk.happenings.closed_shared[0].hour.denied, 1U);
}

TEST(SharedUseHistorySpec, LimitsANewGrantAfterAStart) {
  SharingDesk desk;
  desk.offer(metered(shared_policy({condition(usage_limit, lte, {"10"})})));
  desk.use(8);
  desk.hold({});
  SharingDesk again(desk.now.wall, plan_of({unlimited(Period::month)}),
                    state_of(desk.tenant, desk.now));
  again.ready = desk.ready;
  again.hold({sharing_grant(2)});
  EXPECT_EQ(again.use(3).sharing, ShareVerdict::usage_limit);
  EXPECT_EQ(again.use(2).outcome, Outcome::allowed);
}

TEST(SharedUseHistorySpec, ClosesAnHourWithTheFirstUseOfALaterOne) {
  SharingDesk desk({unlimited(Period::month)}, utc("2024-05-15T12:59:59Z"));
  desk.use(1);
  desk.use(1);
  desk.now.wall += 1s;
  EXPECT_THAT(desk.happenings.closed_shared, IsEmpty());
  desk.use(1);
  ASSERT_EQ(desk.happenings.closed_shared.size(), 1U);
  const SharedHour& closed = desk.happenings.closed_shared[0].hour;
  EXPECT_EQ(closed.uses, 2U);
  EXPECT_EQ(start_of(closed.hour), utc("2024-05-15T12:00:00Z"));
  EXPECT_EQ(desk.counted().uses, 1U);
}

TEST(SharedUseHistorySpec, OfAnHourGoesOnWhenTheClockStepsBack) {
  SharingDesk desk({unlimited(Period::month)}, utc("2024-05-15T13:00:00Z"));
  desk.use(1);
  desk.now.wall -= 1s;
  desk.use(1);
  EXPECT_EQ(desk.counted().uses, 2U);
  EXPECT_THAT(desk.happenings.closed_shared, IsEmpty());
}

TEST(SharedUseHistorySpec, IsLimitedAnewWithEachBillingPeriod) {
  const auto at_the_turn = [](BillingPeriod period, const std::string& last) {
    SharingDesk desk({unlimited(Period::month)}, utc(last));
    SharingPolicy policy = shared_policy({condition(usage_limit, lte, {"1"})});
    policy.pricing.period = period;
    desk.offer(policy);
    EXPECT_EQ(desk.use(1).outcome, Outcome::allowed) << last;
    EXPECT_EQ(desk.use(1).sharing, ShareVerdict::usage_limit) << last;
    desk.now.wall += 1s;
    EXPECT_EQ(desk.use(1).outcome, Outcome::allowed) << last;
    EXPECT_EQ(desk.happenings.closed_shared.size(), 1U) << last;
    EXPECT_EQ(desk.use(1).sharing, ShareVerdict::usage_limit) << last;
  };
  at_the_turn(BillingPeriod::day, "2024-05-15T23:59:59Z");
  at_the_turn(BillingPeriod::week, "2024-05-19T23:59:59Z");  // A Sunday.
  at_the_turn(BillingPeriod::month, "2024-02-29T23:59:59Z");
}

TEST(SharedUseHistorySpec, KeepsAnHourOpenWhileHistoryIsFullButNotOverAPeriod) {
  SharingDesk desk({unlimited(Period::month)}, utc("2024-05-31T22:30:00Z"));
  desk.happenings.keep_minutes_open = true;
  desk.use(1);
  desk.now.wall += 1h;
  desk.use(1);
  EXPECT_EQ(desk.counted().uses, 2U);
  desk.now.wall += 1h;
  desk.use(1);
  EXPECT_EQ(desk.happenings.closed_shared.size(), 1U);
  EXPECT_EQ(desk.counted().uses, 1U);
}

TEST(SharedUseHistorySpec, ComesBackAsItWasStored) {
  SharingDesk desk;
  desk.offer(metered(shared_policy({condition(usage_limit, lte, {"10"})})));
  desk.use(4);
  desk.reserve_use(1, 5, 1h);
  SharingDesk again(desk.now.wall, plan_of({unlimited(Period::month)}),
                    state_of(desk.tenant, desk.now));
  again.ready = desk.ready;
  again.hold({sharing_grant()});
  EXPECT_EQ(again.counted(), desk.counted());
  EXPECT_EQ(again.use(2).sharing, ShareVerdict::usage_limit) << "4 are used and 5 held";
  EXPECT_EQ(again.use(1).outcome, Outcome::allowed);
  EXPECT_EQ(again.commit(1, 5).outcome, Outcome::allowed);
  EXPECT_EQ(again.counted().units, Amount{10});
}

TEST(SharedUseHistorySpec, OfAGrantThatIsGoneWhenTheTenantComesBackBecomesHistory) {
  SharingDesk desk;
  desk.use(1);
  SharingDesk again(desk.now.wall, plan_of({unlimited(Period::month)}),
                    state_of(desk.tenant, desk.now));
  again.hold({});
  again.now.wall = utc("2024-06-01T00:00:00Z");
  again.tenant.end_overdue(again.now, again.happenings);
  ASSERT_EQ(again.happenings.closed_shared.size(), 1U);
  EXPECT_EQ(again.happenings.closed_shared[0].hour, desk.counted());
}

TEST(SharedUseHistorySpec, IsToldAgainAsItWasAfterAStart) {
  for (const std::uint64_t asked : {std::uint64_t{3}, std::uint64_t{40}}) {  // In rows; in pages.
    SharingDesk desk;
    desk.offer(metered(shared_policy({condition(usage_limit, lte, {"20"})})));
    std::vector<Decision> told;
    for (std::uint64_t id = 1; id <= asked; ++id) {
      told.push_back(desk.use_under({1, id}, 1));
    }
    TenantState state;
    desk.tenant.take_unsaved(desk.now, state);
    SharingDesk again(desk.now.wall, plan_of({unlimited(Period::month)}), state);
    again.ready = desk.ready;
    again.hold({sharing_grant()});
    for (std::uint64_t id = 1; id <= std::min(asked, std::uint64_t{20}); ++id) {
      Decision& before = told.at(id - 1);
      EXPECT_EQ(before.sharing, ShareVerdict::admitted);
      before.repeated = true;
      EXPECT_EQ(again.use_under({1, id}, 1), before) << id;
    }
  }
}

// A checkpoint says so of a count that the store may still have, perhaps as it was long before.
TEST(SharedUseHistorySpec, ThatTheJournalCallsGoneDoesNotComeBack) {
  SharingDesk desk;
  desk.use(1);
  TenantState state = state_of(desk.tenant, desk.now);
  const EntryId id = entry_id_of(sharing_grant().id);
  state.entries.push_back(Entry{.id = id, .begun = desk.now.wall, .due = desk.now.wall});
  SharingDesk again(desk.now.wall, plan_of({unlimited(Period::month)}), state);
  again.hold({});
  EXPECT_THAT(again.happenings.closed_shared, IsEmpty());
  TenantState unsaved;
  again.tenant.take_unsaved(again.now, unsaved);
  EXPECT_THAT(unsaved.entries, IsEmpty());
  EXPECT_THAT(unsaved.forgotten, ElementsAre(id));
}

TEST(SharedUseHistorySpec, OfATurnIsJournalledOnceForEachGrant) {
  SharingDesk desk;
  desk.use(1);
  desk.use(1);
  EXPECT_EQ(desk.happenings.uses_to_journal, 1U);
  std::vector<Entry> entries;
  Entry told;
  desk.tenant.take_unjournalled_uses(told, [&](const Entry& entry) { entries.push_back(entry); });
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].use->open.uses, 2U);
  entries.clear();
  desk.tenant.take_unjournalled_uses(told, [&](const Entry& entry) { entries.push_back(entry); });
  EXPECT_THAT(entries, IsEmpty());
}

TEST(SharedUseHistorySpec, ThatIsRefusedIsExplainedWithoutLimits) {
  SharingDesk desk;
  desk.hold({});
  desk.use(1);
  EXPECT_TRUE(desk.happenings.explained);
  EXPECT_THAT(desk.happenings.considered, IsEmpty());
}

}  // namespace sluice
