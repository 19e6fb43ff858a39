// SPDX-License-Identifier: Apache-2.0
// Members on the gauges of the meter that counts them.
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sluice {
namespace {

Limit seats(std::uint64_t size) {
  return window(size, Period::never, users);
}

TEST(SeatsSpec, AreUsedForEverybodyWhoLooks) {
  Desk desk{{seats(5)}};
  desk.tenant.seat({users, 3});
  EXPECT_EQ(desk.used(), Amount{3});
  EXPECT_EQ(desk.held(), Amount{});
  EXPECT_EQ(desk.peek(2, users).reading.used, Amount{3});
  EXPECT_EQ(desk.peek(2, users).reading.remaining, Amount{2});
  EXPECT_FALSE(desk.admits(3, users));
  EXPECT_TRUE(desk.admits(2, users));
  EXPECT_EQ(desk.used(), Amount{5});
}

TEST(SeatsSpec, AreThereForOneMoreOnlyIfEveryLimitThatRefusesHasRoom) {
  Desk desk{{seats(5), seats(3), alerting(seats(1)), shadow(seats(1))}};
  desk.tenant.seat({users, 2});
  EXPECT_TRUE(desk.tenant.has_seat(users, desk.now));
  desk.tenant.seat({users, 3});
  EXPECT_FALSE(desk.tenant.has_seat(users, desk.now));
}

TEST(SeatsSpec, AreNotGivenBackByWhoReleasesWhatWasCharged) {
  Desk desk{{seats(5)}};
  desk.tenant.seat({users, 3});
  ASSERT_TRUE(desk.admits(1, users));
  EXPECT_EQ(desk.release(4, users).granted, Amount{1});
  EXPECT_EQ(desk.used(), Amount{3});
}

TEST(SeatsSpec, ReachThresholdsWithWhatIsUsedAndOnceEach) {
  Desk desk{{with_thresholds(seats(10), {50, 80})}};
  const auto seat = [&](std::uint32_t members) {
    desk.tenant.seat({users, members});
    Happenings happenings;
    const Effect effect = desk.tenant.note_members(desk.now, happenings);
    std::vector<Percent> reached;
    for (const ThresholdCrossed& crossed : happenings.crossed) {
      reached.push_back(crossed.threshold);
    }
    EXPECT_TRUE(effect == Effect::charged || reached.empty());
    return reached;
  };
  EXPECT_EQ(seat(4), std::vector<Percent>{});
  ASSERT_TRUE(desk.admits(1, users));
  ASSERT_EQ(desk.happenings.crossed.size(), 1U) << "with the members";
  EXPECT_EQ(desk.happenings.crossed[0].threshold, Percent{50});
  EXPECT_EQ(desk.happenings.crossed[0].used, Amount{5});
  EXPECT_EQ(seat(7), (std::vector{Percent{80}}));
  EXPECT_EQ(seat(7), std::vector<Percent>{});
  EXPECT_EQ(seat(2), std::vector<Percent>{});
  EXPECT_EQ(seat(9), (std::vector{Percent{50}, Percent{80}})) << "armed again";
}

TEST(SeatsSpec, AboveAnAlertAreCountedAsOver) {
  Desk desk{{alerting(seats(2))}};
  desk.tenant.seat({users, 3});
  Happenings happenings;
  EXPECT_EQ(desk.tenant.note_members(desk.now, happenings), Effect::charged);
  EXPECT_EQ(desk.counters().front().over, Amount{1});
  ASSERT_TRUE(desk.admits(2, users));
  EXPECT_EQ(desk.counters().front().over, Amount{3});
  EXPECT_EQ(desk.release(2, users).granted, Amount{2});
  EXPECT_EQ(desk.counters().front().over, Amount{1});
  desk.tenant.seat({users, 1});
  desk.tenant.note_members(desk.now, happenings);
  EXPECT_EQ(desk.counters().front().over, Amount{});
}

TEST(SeatsSpec, StandBesideReservations) {
  Desk desk{{seats(5)}};
  desk.tenant.seat({users, 2});
  ASSERT_EQ(desk.once(1, Mode::reserve, {{users, Amount{2}}}).outcome, Outcome::allowed);
  EXPECT_EQ(desk.reading().used, Amount{2});
  EXPECT_EQ(desk.reading().held, Amount{2});
  EXPECT_TRUE(desk.tenant.has_seat(users, desk.now));
  desk.tenant.seat({users, 3});
  EXPECT_FALSE(desk.tenant.has_seat(users, desk.now));
  ASSERT_EQ(desk.once(1, Mode::cancel, Desk::nothing).outcome, Outcome::allowed);
  EXPECT_EQ(desk.reading().remaining, Amount{2});
}

TEST(SeatsSpec, CountOnGaugesOnlyAndOnWhatLooksAtNoLabels) {
  Desk desk{{window(5, Period::month, users), when("team", {"a"}, seats(1)), seats(9),
             window(9, Period::never)}};
  desk.tenant.seat({users, 3});
  std::vector<Amount> used;
  for (std::size_t slot = 0; slot < 4; ++slot) {
    used.push_back(desk.used(slot));
  }
  EXPECT_EQ(used, (std::vector{Amount{}, Amount{}, Amount{}, Amount{3}}));
}

TEST(SeatsSpec, StayUnderOtherLimits) {
  Desk desk{{seats(5)}};
  desk.tenant.seat({users, 3});
  desk.adopt({seats(2)});
  EXPECT_EQ(desk.used(), Amount{3});
  EXPECT_EQ(desk.reading().remaining, Amount{});
  EXPECT_FALSE(desk.tenant.has_seat(users, desk.now));
  desk.tenant.seat({users, 1});
  EXPECT_TRUE(desk.tenant.has_seat(users, desk.now));
}

TEST(SeatsSpec, AreNoUsageThatAnybodyWrites) {
  Desk desk{{seats(5)}};
  desk.tenant.seat({users, 3});
  EXPECT_EQ(desk.counters().front().used, Amount{});
  EXPECT_TRUE(desk.state().entries.empty());
}

TEST(SeatsSpec, CostNothingWhereNobodyCountsThem) {
  Desk desk{{window(5, Period::month)}};
  desk.tenant.seat({users, 3});
  EXPECT_EQ(desk.tenant.members(), 0U);
  EXPECT_TRUE(desk.tenant.has_seat(users, desk.now));
}

}  // namespace
}  // namespace sluice
