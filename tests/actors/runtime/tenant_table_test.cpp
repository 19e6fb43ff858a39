// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/tenant_table.hpp"

#include <gtest/gtest.h>

#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

class ResidentTenants : public ::testing::Test {
protected:
  HostedTenant& insert(std::uint64_t number) {
    return table.insert(tenant(number), rules, {}, at(0s));
  }
  std::size_t swept(std::size_t places) {
    std::size_t tenants = 0;
    table.sweep(places, [&](HostedTenant&) { ++tenants; });
    return tenants;
  }

  std::shared_ptr<const Plan> rules = plan(10);
  TenantTable table{1000, HashSeed{7}};
};

TEST_F(ResidentTenants, AreFoundByTheirIdAndNoOther) {
  HostedTenant& hosted = insert(1);
  EXPECT_EQ(table.find(tenant(1)), &hosted);
  EXPECT_EQ(table.find(tenant(2)), nullptr);
}

TEST_F(ResidentTenants, StayWhereTheyAreHoweverManyCome) {
  const HostedTenant* first = &insert(1);
  for (std::uint64_t number = 2; number <= 1000; ++number) {
    insert(number);
  }
  EXPECT_EQ(table.find(tenant(1)), first);
  EXPECT_TRUE(table.full());
}

TEST_F(ResidentTenants, LeaveTheirPlaceToTheNextWhenTheyGo) {
  const PlaceIndex place = insert(1).place;
  table.erase(*table.find(tenant(1)));
  EXPECT_EQ(table.find(tenant(1)), nullptr);
  EXPECT_EQ(insert(2).place, place);
  EXPECT_EQ(table.size(), 1U);
}

TEST_F(ResidentTenants, ThatAreRemovedWhileDirtyKeepTheirPlaceUntilTheyAreReleased) {
  HostedTenant& hosted = insert(1);
  hosted.dirty = true;
  table.erase(hosted);
  EXPECT_EQ(table.find(tenant(1)), nullptr);
  EXPECT_TRUE(hosted.removed);
  EXPECT_NE(insert(2).place, hosted.place);
  EXPECT_EQ(swept(1000), 1U) << "a sweep passes it over";
  hosted.dirty = false;
  const PlaceIndex place = hosted.place;
  table.release(hosted);
  EXPECT_EQ(insert(3).place, place);
}

TEST_F(ResidentTenants, MayComeBackWhileTheirOldPlaceIsStillHeld) {
  HostedTenant& old = insert(1);
  old.dirty = true;
  table.erase(old);
  HostedTenant& fresh = insert(1);
  EXPECT_EQ(table.find(tenant(1)), &fresh);
  EXPECT_NE(&fresh, &old);
}

TEST_F(ResidentTenants, AreEachSeenOnceInARoundOfSweeps) {
  for (std::uint64_t number = 1; number <= 300; ++number) {
    insert(number);
  }
  std::size_t seen = 0;
  for (int sweep = 0; sweep < 6; ++sweep) {
    seen += swept(64);
  }
  EXPECT_EQ(seen, 300U) << "three chunks of 128 places";
}

TEST_F(ResidentTenants, MayBeErasedByTheSweepThatSeesThem) {
  for (std::uint64_t number = 1; number <= 100; ++number) {
    insert(number);
  }
  table.sweep(1000, [&](HostedTenant& hosted) { table.erase(hosted); });
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(ResidentTenants, WithIdsInAPatternAreFoundAsFast) {
  // Ids that differ only in bits that a weak hash would drop.
  for (std::uint64_t number = 1; number <= 1000; ++number) {
    const TenantId id{number << 52U, 0};
    table.insert(id, rules, {}, at(0s));
    ASSERT_NE(table.find(id), nullptr);
  }
  EXPECT_EQ(table.size(), 1000U);
}

}  // namespace
}  // namespace sluice::testing
