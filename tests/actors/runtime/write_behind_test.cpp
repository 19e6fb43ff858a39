// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/write_behind.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

class WriteBehindSpec : public ::testing::Test {
protected:
  /// The tenant spends one more.
  HostedTenant& spend(std::uint64_t number) {
    HostedTenant* found = table.find(tenant(number));
    HostedTenant& hosted =
        found != nullptr ? *found : table.insert(tenant(number), rules, {}, at(0s));
    const Charge charge{requests, Amount{1}};
    Decision decision;
    std::vector<ThresholdCrossed> events;
    hosted.tenant.decide(Check{tenant(number), std::span{&charge, 1}}, at(0s), decision, events);
    write_behind.changed(hosted);
    return hosted;
  }
  std::vector<CounterRow> flush(std::size_t slice = 1000) {
    write_behind.begin();
    while (!write_behind.gather(slice, at(0s))) {
    }
    return write_behind.take_rows();
  }

  std::shared_ptr<const Plan> rules = plan(1000);
  TenantTable table{1000, HashSeed{7}};
  WriteBehind write_behind{table, 3};
};

TEST_F(WriteBehindSpec, CarriesAbsoluteValuesOfEachTenantOnce) {
  spend(1);
  spend(1);
  spend(2);
  const auto rows = flush();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].tenant, tenant(1));
  EXPECT_EQ(rows[0].counter.used, Amount{2});
  EXPECT_EQ(rows[1].counter.used, Amount{1});
}

TEST_F(WriteBehindSpec, IsCleanOnlyWhenTheStoreHasSaidSo) {
  HostedTenant& hosted = spend(1);
  flush();
  EXPECT_FALSE(hosted.clean());
  EXPECT_EQ(write_behind.unsaved(), 1U);
  write_behind.saved();
  EXPECT_TRUE(hosted.clean());
  EXPECT_EQ(write_behind.unsaved(), 0U);
}

TEST_F(WriteBehindSpec, KeepsWhatChangedDuringAFlushForTheNext) {
  HostedTenant& hosted = spend(1);
  flush();
  spend(1);
  write_behind.saved();
  EXPECT_FALSE(hosted.clean());
  EXPECT_EQ(write_behind.unsaved(), 1U);
  EXPECT_EQ(flush().at(0).counter.used, Amount{2});
}

TEST_F(WriteBehindSpec, SendsTheNewestValuesAgainAfterAFailure) {
  spend(1);
  flush();
  spend(1);
  write_behind.failed();
  EXPECT_EQ(write_behind.unsaved(), 1U);
  const auto rows = flush();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].counter.used, Amount{2});
}

TEST_F(WriteBehindSpec, TakesNoMoreTenantsThanAFlushMayCarryAndTheOldestFirst) {
  for (std::uint64_t number = 1; number <= 5; ++number) {
    spend(number);
  }

  EXPECT_EQ(flush().size(), 3U);
  write_behind.saved();

  const auto rest = flush();
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_EQ(rest[0].tenant, tenant(4));
}

TEST_F(WriteBehindSpec, GathersInSlicesAndNeverATenantTwice) {
  spend(1);
  spend(2);
  write_behind.begin();
  EXPECT_FALSE(write_behind.gather(1, at(0s)));
  spend(1);
  EXPECT_TRUE(write_behind.gather(1, at(0s)));
  EXPECT_EQ(write_behind.take_rows().size(), 2U);
  write_behind.saved();
  EXPECT_EQ(write_behind.unsaved(), 1U) << "it changed after it was gathered";
}

TEST_F(WriteBehindSpec, FreesATenantThatWasRemovedWhileDirty) {
  table.erase(spend(1));
  spend(2);
  EXPECT_EQ(flush().size(), 1U);
  write_behind.saved();
  EXPECT_EQ(write_behind.unsaved(), 0U);
  EXPECT_EQ(table.size(), 1U);
}

TEST_F(WriteBehindSpec, FreesATenantThatWasRemovedDuringItsFlush) {
  HostedTenant& hosted = spend(1);
  const PlaceIndex place = hosted.place;
  flush();
  table.erase(hosted);
  write_behind.saved();
  EXPECT_EQ(write_behind.unsaved(), 0U);
  EXPECT_EQ(spend(2).place, place);
}

TEST_F(WriteBehindSpec, ForgetsARemovedTenantWhoseFlushFailed) {
  HostedTenant& hosted = spend(1);
  flush();
  table.erase(hosted);
  write_behind.failed();
  EXPECT_EQ(flush().size(), 0U);
  write_behind.saved();
  EXPECT_EQ(write_behind.unsaved(), 0U);
}

}  // namespace
}  // namespace sluice::testing
