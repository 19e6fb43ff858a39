// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/leases_out.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const TenantId acme{1, 1};
const TenantId other_tenant{1, 2};

Entry lease_entry(std::uint64_t number, std::uint64_t out, EntryState state = EntryState::leased) {
  Entry entry;
  entry.id = EntryId{0, number};
  entry.state = state;
  entry.charges = {{MeterId{3}, Amount{out}, Amount{}}};
  return entry;
}

TEST(LeasesOutSpec, AddsUpWhatIsOutOfAMeter) {
  LeasesOut leases;
  EXPECT_THAT(leases.by_meter(), IsEmpty());
  leases.changed(acme, lease_entry(1, 10));
  leases.changed(other_tenant, lease_entry(1, 5));
  EXPECT_THAT(leases.by_meter(), ElementsAre(MeterLeases{MeterId{3}, 2, Amount{15}}));
}

TEST(LeasesOutSpec, FollowsALeaseUntilItEnds) {
  LeasesOut leases;
  leases.changed(acme, lease_entry(1, 10));
  leases.changed(acme, lease_entry(1, 4));
  EXPECT_THAT(leases.by_meter(), ElementsAre(MeterLeases{MeterId{3}, 1, Amount{4}}));
  leases.changed(acme, lease_entry(1, 4, EntryState::committed));
  leases.changed(acme, lease_entry(1, 4, EntryState::committed));
  EXPECT_THAT(leases.by_meter(), ElementsAre(MeterLeases{MeterId{3}, 0, Amount{}}));
}

TEST(LeasesOutSpec, PassesOverWhatIsNoLease) {
  LeasesOut leases;
  leases.changed(acme, lease_entry(1, 10, EntryState::held));
  EXPECT_THAT(leases.by_meter(), IsEmpty());
}

TEST(LeasesOutSpec, ForgetsATenantThatLeavesAndCountsItOnceWhenItComesBack) {
  LeasesOut leases;
  leases.changed(acme, lease_entry(1, 10));
  leases.changed(acme, lease_entry(2, 1));
  leases.changed(other_tenant, lease_entry(1, 5));
  leases.forget(acme);
  leases.forget(acme);
  EXPECT_THAT(leases.by_meter(), ElementsAre(MeterLeases{MeterId{3}, 1, Amount{5}}));
  leases.changed(acme, lease_entry(2, 1));
  EXPECT_THAT(leases.by_meter(), ElementsAre(MeterLeases{MeterId{3}, 2, Amount{6}}));
}

}  // namespace
}  // namespace sluice::testing
