// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

void adopt(Desk& desk, const TenantDefinition& definition) {
  desk.tenant.adopt(plan_of(definition), desk.now, desk.happenings);
}
void adopt(Desk& desk, std::vector<Limit> limits) {
  adopt(desk, definition(std::move(limits)));
}

TEST(NewRulesSpec, AWindowKeepsWhatWasUsedUnderAnotherSize) {
  Desk desk{{window(10, Period::month)}};
  desk.charge(8);
  adopt(desk, {window(20, Period::month)});
  EXPECT_EQ(desk.used(), Amount{8});
  EXPECT_TRUE(desk.admits(12));
  adopt(desk, {window(5, Period::month)});
  EXPECT_EQ(desk.used(), Amount{20});
  EXPECT_EQ(desk.reading().remaining, Amount{0});
  EXPECT_FALSE(desk.admits(1));
  adopt(desk, {unlimited(Period::month)});
  EXPECT_EQ(desk.used(), Amount{20});
  EXPECT_TRUE(desk.admits(1));
}

TEST(NewRulesSpec, LimitsAreMatchedByIdNotByPlace) {
  Desk desk{{window(10, Period::day), window(20, Period::day), window(30, Period::day)}};
  desk.charge(7);
  TenantDefinition changed = definition({window(10, Period::day), window(30, Period::day, users)});
  changed.limits[0].id = LimitId{3};
  changed.limits[1].id = LimitId{4};
  adopt(desk, changed);
  EXPECT_EQ(desk.used(0), Amount{7});
  EXPECT_EQ(desk.used(1), Amount{0}) << "a new limit starts unused";
}

TEST(NewRulesSpec, AnIdThatNowMeansAnotherKindOrPeriodStartsUnused) {
  for (const Limit& other : {rate(1, 1s, 10), window(10, Period::month)}) {
    Desk desk{{window(10, Period::day)}};
    desk.charge(7);
    adopt(desk, {other});
    EXPECT_EQ(desk.used(), Amount{0});
  }
}

TEST(NewRulesSpec, AWindowThatHasEndedIsNotCarriedOver) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(7);
  desk.pass(12h);
  adopt(desk, {window(20, Period::day)});
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(NewRulesSpec, ARateKeepsTheUnitsThatAreMissingFromItsBurst) {
  Desk desk{{rate(1, 1s, 10)}};
  desk.charge(6);
  adopt(desk, {rate(1, 1min, 20)});
  EXPECT_EQ(desk.used(), Amount{6});
  EXPECT_EQ(desk.reading().remaining, Amount{14});
  EXPECT_EQ(desk.reading().resets_at, desk.now.wall + 6min);
}

TEST(NewRulesSpec, AUnitThatHasHalfComeBackIsMissingAsAWholeIfThePaceChanges) {
  Desk desk{{rate(1, 1s, 10)}};
  desk.charge(6);
  desk.pass(500ms);
  adopt(desk, {rate(2, 1s, 10)});
  EXPECT_EQ(desk.used(), Amount{6});
  EXPECT_EQ(desk.reading().resets_at, desk.now.wall + 3s);
}

TEST(NewRulesSpec, AtTheSamePaceNothingIsRounded) {
  Desk desk{{rate(1, 1s, 10)}};
  desk.charge(6);
  desk.pass(500ms);
  for (int i = 0; i < 100; ++i) {
    adopt(desk, {rate(1, 1s, 10)});
  }
  EXPECT_EQ(desk.reading().resets_at, desk.now.wall + 5500ms);
}

TEST(NewRulesSpec, ASmallerBurstIsEmptyAtWorst) {
  Desk desk{{rate(1, 1s, 100)}};
  desk.charge(90);
  adopt(desk, {rate(1, 1s, 10)});
  EXPECT_EQ(desk.reading().used, Amount{10});
  EXPECT_EQ(desk.charge(1).retry_after, 1s);
  adopt(desk, {rate(7, 1min, 3)});
  EXPECT_EQ(desk.reading().used, Amount{3});
}

TEST(NewRulesSpec, TheLargestRatesAreConvertedWithoutWrapping) {
  const auto most = Amount::max_raw;
  Desk desk{{rate(most, rate_period_max, most)}};
  desk.charge(most - 5);
  adopt(desk, {rate(most, 1ms, most)});
  EXPECT_EQ(desk.reading().remaining, Amount{5});
  adopt(desk, {rate(1, rate_period_max, 1)});
  EXPECT_EQ(desk.reading().remaining, Amount{0});
}

TEST(NewCalendarSpec, TheOpenWindowKeepsItsCountAndEndsByTheNewZone) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(7);
  adopt(desk, definition({window(10, Period::day)}, "Asia/Tokyo"));
  EXPECT_EQ(desk.used(), Amount{7});
  EXPECT_EQ(desk.reading().resets_at, utc("2024-05-15T15:00:00Z"));
  desk.pass(3h);
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(NewCalendarSpec, TheOpenWindowKeepsItsCountAndEndsByTheNewAnchor) {
  Desk desk{{window(10, Period::month), window(10, Period::never), rate(1, 1s, 10)}};
  desk.charge(7);
  adopt(desk, definition({window(10, Period::month), window(10, Period::never), rate(1, 1s, 10)},
                         "UTC", AnchorDay{20}));
  EXPECT_EQ(desk.used(0), Amount{7});
  EXPECT_EQ(desk.reading(0).resets_at, utc("2024-05-20T00:00:00Z"));
  EXPECT_EQ(desk.used(1), Amount{7});
  EXPECT_EQ(desk.reading(1).resets_at, wall_time_never);
  EXPECT_EQ(desk.used(2), Amount{7});
}

TEST(NewCalendarSpec, AWindowThatHasEndedByTheOldCalendarStartsUnused) {
  Desk desk{{window(10, Period::day)}};
  desk.charge(7);
  desk.pass(12h);
  adopt(desk, definition({window(10, Period::day)}, "Asia/Tokyo"));
  EXPECT_EQ(desk.used(), Amount{0});
  EXPECT_EQ(desk.reading().resets_at, utc("2024-05-16T15:00:00Z"));
}

TEST(NewCalendarSpec, AfterAStepBackTheWindowThatIsOpenStaysOpen) {
  Desk desk{{window(10, Period::day)}};
  desk.step_wall_clock(12h);  // 16 May
  desk.charge(7);
  desk.step_wall_clock(-36h);  // 14 May
  adopt(desk, definition({window(10, Period::day)}, "Asia/Tokyo"));
  EXPECT_EQ(desk.reading().resets_at, utc("2024-05-16T15:00:00Z"))
      << "the day in Tokyo at the start of the day in UTC that was open";
  desk.step_wall_clock(24h);
  EXPECT_EQ(desk.used(), Amount{7});
}

}  // namespace
}  // namespace sluice
