// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/passivation.hpp"

#include <gtest/gtest.h>

#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

class PassivationSpec : public ::testing::Test {
protected:
  HostedTenant& touched(std::uint64_t number, std::chrono::seconds when) {
    HostedTenant* hosted = table.find(tenant(number));
    HostedTenant& there =
        hosted != nullptr ? *hosted : table.insert(tenant(number), plan(10), {}, at(when));
    there.touched = coarse(at(when).steady);
    return there;
  }
  bool resident(std::uint64_t number) const { return table.find(tenant(number)) != nullptr; }

  TenantTable table{4, HashSeed{7}};
  Passivation passivation{table, 60s};
};

TEST_F(PassivationSpec, LetsATenantGoThatWasNotTouchedForLongEnough) {
  touched(1, 100s);
  touched(2, 101s);
  passivation.sweep(at(159s).steady);
  EXPECT_TRUE(resident(1));
  passivation.sweep(at(160s).steady);
  EXPECT_FALSE(resident(1));
  EXPECT_TRUE(resident(2));
  EXPECT_EQ(passivation.passivated(), 1U);
}

TEST_F(PassivationSpec, KeepsATenantThatTheStoreHasNotSeenYet) {
  touched(1, 0s).dirty = true;
  touched(2, 0s).flushing = true;
  passivation.sweep(at(10'000s).steady);
  EXPECT_TRUE(resident(1));
  EXPECT_TRUE(resident(2));
}

TEST_F(PassivationSpec, LetsNobodyGoOnAClockThatHasJustBegun) {
  touched(1, 0s);
  passivation.sweep(at(59s).steady);
  EXPECT_TRUE(resident(1));
}

TEST_F(PassivationSpec, MakesNoRoomWhereThereIsSome) {
  touched(1, 0s);
  EXPECT_TRUE(passivation.make_room());
  EXPECT_TRUE(resident(1));
}

TEST_F(PassivationSpec, MakesRoomByLettingTheLongestUntouchedGo) {
  touched(1, 10s);
  touched(2, 4s);
  touched(3, 5s);
  touched(4, 20s);
  EXPECT_TRUE(passivation.make_room());
  EXPECT_FALSE(resident(2));
  EXPECT_EQ(table.size(), 3U);
}

TEST_F(PassivationSpec, PrefersAYoungCleanTenantToAnOldDirtyOne) {
  touched(1, 1s).dirty = true;
  touched(2, 2s).flushing = true;
  touched(3, 90s);
  touched(4, 99s);
  EXPECT_TRUE(passivation.make_room());
  EXPECT_FALSE(resident(3));
}

TEST_F(PassivationSpec, MakesNoRoomWhenNobodyIsClean) {
  for (std::uint64_t number = 1; number <= 4; ++number) {
    touched(number, 0s).dirty = true;
  }
  EXPECT_FALSE(passivation.make_room());
  EXPECT_EQ(table.size(), 4U);
}

}  // namespace
}  // namespace sluice::testing
