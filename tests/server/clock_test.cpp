// SPDX-License-Identifier: Apache-2.0
#include "server/clock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

namespace sluice {
namespace {

using namespace std::chrono_literals;

struct SimulatedTime : testing::Test {
  std::unique_ptr<SimulatedClock> clock = SimulatedClock::starting_at(WallTime{24h}).value();
};

TEST_F(SimulatedTime, StandsStillUntilItIsMoved) {
  EXPECT_EQ(clock->now().wall, WallTime{24h});
  EXPECT_EQ(clock->now().steady, clock->now().steady);
}

TEST_F(SimulatedTime, AdvancesBothClocks) {
  const Now before = clock->now();
  EXPECT_EQ(clock->advance(90s).value(), before.wall + 90s);
  EXPECT_EQ(clock->now().wall, before.wall + 90s);
  EXPECT_EQ(clock->now().steady, before.steady + 90s);
}

TEST_F(SimulatedTime, StepsTheWallClockAloneEitherWay) {
  const Now before = clock->now();
  for (const WallTime to : {WallTime{1h}, WallTime{1000h}}) {
    EXPECT_EQ(clock->set_wall(to).value(), to);
    EXPECT_EQ(clock->now().wall, to);
    EXPECT_EQ(clock->now().steady, before.steady);
  }
}

TEST_F(SimulatedTime, RefusesToLeaveWhatCalendarsCanTell) {
  const Now before = clock->now();
  EXPECT_EQ(clock->advance(SimulatedClock::latest - before.wall + 1ns).fault().code,
            FaultCode::invalid_argument);
  EXPECT_EQ(clock->advance(Duration::max()).fault().code, FaultCode::invalid_argument);
  EXPECT_EQ(clock->set_wall(SimulatedClock::latest + 1ns).fault().code,
            FaultCode::invalid_argument);
  EXPECT_EQ(clock->set_wall(SimulatedClock::earliest - 1ns).fault().code,
            FaultCode::invalid_argument);
  EXPECT_EQ(clock->now().wall, before.wall);
  EXPECT_EQ(clock->now().steady, before.steady);
}

TEST_F(SimulatedTime, NeverOverflowsMonotonicTimeByGoingBackAndForth) {
  while (clock->advance(SimulatedClock::latest - clock->now().wall).ok() &&
         clock->set_wall(SimulatedClock::earliest).ok()) {
    ASSERT_LE(clock->now().steady.time_since_epoch(), SimulatedClock::latest.time_since_epoch());
  }
}

TEST(SimulatedTimeAtStart, IsRefusedOutsideOfItsReach) {
  EXPECT_FALSE(SimulatedClock::starting_at(WallTime{-1ns}).ok());
  EXPECT_FALSE(SimulatedClock::starting_at(wall_time_never).ok());
}

TEST(RealTime, GoesOn) {
  const SystemClock clock;
  const Now first = clock.now();
  const Now second = clock.now();
  EXPECT_LE(first.steady, second.steady);
  EXPECT_GT(first.wall, WallTime{std::chrono::hours{24 * 365 * 50}});
}

}  // namespace
}  // namespace sluice
