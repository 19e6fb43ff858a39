// SPDX-License-Identifier: Apache-2.0
#include "bench/load_tenants.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "bench/workload.hpp"

namespace sluice::bench {
namespace {

TEST(LoadTenantSpec, TheSameTenantHasTheSameIdInEveryRun) {
  EXPECT_EQ(load_tenant_id(LimitPreset::six, TenantIndex{7}),
            load_tenant_id(LimitPreset::six, TenantIndex{7}));
}

TEST(LoadTenantSpec, TenantsWithOtherLimitsAreOtherTenants) {
  EXPECT_NE(load_tenant_id(LimitPreset::six, TenantIndex{7}),
            load_tenant_id(LimitPreset::roomy, TenantIndex{7}));
}

TEST(LoadTenantSpec, TheirIdsAreUuidsOfTheVersionThatIsFreeForUse) {
  const std::string text = to_string(load_tenant_id(LimitPreset::tight, TenantIndex{255}));
  EXPECT_EQ(text, "10ad0000-0002-8000-8000-0000000000ff");
}

TEST(LoadTenantSpec, EveryPresetMakesTenantsThatAServerTakes) {
  for (const LimitPreset preset : {LimitPreset::none, LimitPreset::roomy, LimitPreset::tight,
                                   LimitPreset::six, LimitPreset::quota}) {
    auto limits = preset_limits(preset, default_meters(), {.users = 3});
    ASSERT_TRUE(limits.ok());
    const auto tenant = found(load_tenant(preset, TenantIndex{3}, std::move(limits).value()),
                              default_meters(), WallTime{});
    EXPECT_TRUE(tenant.ok()) << to_string(preset) << ": " << tenant.fault().context;
  }
}

TEST(LoadTenantSpec, UsersShareAQuotaEquallyRoundedUp) {
  const auto limits =
      preset_limits(LimitPreset::quota, default_meters(), {.size = Amount{100}, .users = 3});
  ASSERT_EQ(limits.value().size(), 2U);
  EXPECT_EQ(limits.value()[0].rule, (Rule{WindowRule{Amount{100}, Period::never}}));
  EXPECT_EQ(limits.value()[1].rule, (Rule{WindowRule{Amount{34}, Period::never}}));
  EXPECT_EQ(limits.value()[1].per, std::vector<std::string>{"user"});
}

TEST(LoadTenantSpec, AMeterThatTheServerDoesNotHaveIsNamed) {
  const auto limits = preset_limits(LimitPreset::roomy, {});
  ASSERT_FALSE(limits.ok());
  EXPECT_EQ(limits.fault().context, "the server has no meter api_requests");
}

TEST(WorkloadSpec, EveryCheckOfAPlainLoadChargesTheSame) {
  const Workload workload{LimitPreset::six, TenantDraw{1, InTurn{}, 1}, {MeterId{4}, Amount{9}}};
  const Check check = workload.check(RequestIndex{12'345});
  ASSERT_EQ(check.charges.size(), 1U);
  EXPECT_EQ(check.charges[0].meter, MeterId{4});
  EXPECT_EQ(check.charges[0].amount, Amount{9});
  EXPECT_EQ(check.tenant, load_tenant_id(LimitPreset::six, TenantIndex{0}));
}

TEST(WorkloadSpec, ACheckOfATraceChargesARequestAndItsTokens) {
  const std::vector<TraceRequest> trace{{Duration{0}, Amount{10}}, {Duration{5}, Amount{20}}};
  const Workload workload{LimitPreset::six, TenantDraw{1, InTurn{}, 1}, MeterId{1}, MeterId{2},
                          trace};
  const Check check = workload.check(RequestIndex{1});
  ASSERT_EQ(check.charges.size(), 2U);
  EXPECT_EQ(check.charges[0].amount, Amount{1});
  EXPECT_EQ(check.charges[1].amount, Amount{20});
  EXPECT_EQ(workload.meters(), (std::vector{MeterId{1}, MeterId{2}}));
}

TEST(WorkloadSpec, ACheckSaysWhichUserAsksIfTheyAreToldApart) {
  Workload workload{LimitPreset::six, TenantDraw{1, InTurn{}, 1}, {MeterId{4}, Amount{9}}};
  EXPECT_TRUE(workload.check(RequestIndex{0}).labels.empty());
  workload.tell_users_apart(3);
  std::set<std::string> seen;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Check check = workload.check(RequestIndex{i});
    ASSERT_EQ(check.labels.size(), 1U);
    EXPECT_EQ(check.labels[0].name, "user");
    EXPECT_EQ(check.labels[0].value, "u" + std::to_string(workload.user(RequestIndex{i}).raw()));
    seen.insert(std::string{check.labels[0].value});
  }
  EXPECT_EQ(seen.size(), 3U);
}

}  // namespace
}  // namespace sluice::bench
