// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/definition.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace sluice {
namespace {

Limit named(Limit limit, std::string name) {
  limit.name = std::move(name);
  return limit;
}

class AmendmentSpec : public ::testing::Test {
protected:
  AmendmentSpec() {
    tenant =
        definition({named(window(100, Period::month), "monthly"), named(rate(10, 1s, 20), "pace")});
  }
  Result<TenantDefinition> amended(Change change, std::optional<Version> expected = {}) {
    return amend(tenant, Amendment{tenant.id, expected, std::move(change)}, default_meters(),
                 later);
  }
  /// Carries it out for good.
  void apply(Change change) { tenant = amended(std::move(change)).value(); }

  TenantDefinition tenant;
  const WallTime later = noon + 5min;
};

TEST_F(AmendmentSpec, MakesTheNextVersionAndSaysWhen) {
  tenant.created_at = noon;
  apply(EditTenant{.name = "Acme Ltd"});
  EXPECT_EQ(tenant.version, Version{2});
  EXPECT_EQ(tenant.updated_at, later);
  EXPECT_EQ(tenant.created_at, noon);
}

TEST_F(AmendmentSpec, OfAnotherVersionIsAConflictThatNamesBoth) {
  tenant.version = Version{7};
  const auto result = amended(EditTenant{.name = "Acme Ltd"}, Version{6});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.fault(),
            (Fault{FaultCode::conflict, "version: expected 6, but the tenant is at 7"}));
  EXPECT_TRUE(amended(EditTenant{.name = "Acme Ltd"}, Version{7}).ok());
}

TEST_F(AmendmentSpec, ChangesOnlyTheFieldsThatItNames) {
  const TenantDefinition before = tenant;
  apply(EditTenant{.tier = "pro", .timezone = "Asia/Tokyo"});
  EXPECT_EQ(tenant.tier, "pro");
  EXPECT_EQ(tenant.timezone, "Asia/Tokyo");
  EXPECT_EQ(tenant.name, before.name);
  EXPECT_EQ(tenant.slug, before.slug);
  EXPECT_EQ(tenant.billing_anchor_day, before.billing_anchor_day);
  EXPECT_EQ(tenant.limits, before.limits);
}

TEST_F(AmendmentSpec, IsRefusedWithTheNameOfTheFieldThatItGotWrong) {
  EXPECT_TRUE(amended(EditTenant{.slug = "X"}).fault().context.starts_with("slug: "));
  EXPECT_TRUE(amended(EditTenant{.timezone = "Mars"}).fault().context.starts_with("timezone: "));
  EXPECT_TRUE(amended(EditTenant{.billing_anchor_day = AnchorDay{32}})
                  .fault()
                  .context.starts_with("billing_anchor_day: "));
  EXPECT_TRUE(amended(PutLimit{named(rate(1, 1s, 0), "new")})
                  .fault()
                  .context.starts_with("limit.rule.burst: "));
}

TEST_F(AmendmentSpec, ANewLimitComesLastWithTheNextId) {
  apply(PutLimit{named(window(5, Period::day, users), "seats")});
  ASSERT_EQ(tenant.limits.size(), 3U);
  EXPECT_EQ(tenant.limits[2].name, "seats");
  EXPECT_EQ(tenant.limits[2].id, LimitId{3});
  EXPECT_EQ(tenant.last_limit_id, LimitId{3});
}

TEST_F(AmendmentSpec, ALimitThatMeasuresTheSameKeepsItsIdAndPlace) {
  Limit larger = alerting(named(window(500, Period::month), "monthly"));
  larger.id = LimitId{42};
  apply(PutLimit{larger});
  EXPECT_EQ(tenant.limits[0].id, LimitId{1});
  EXPECT_EQ(tenant.limits[0].enforcement, Enforcement::alert);
  apply(PutLimit{named(unlimited(Period::month), "monthly")});
  EXPECT_EQ(tenant.limits[0].id, LimitId{1});
  apply(PutLimit{named(rate(1, 1min, 5), "pace")});
  EXPECT_EQ(tenant.limits[1].id, LimitId{2});
}

TEST_F(AmendmentSpec, ALimitThatMeasuresSomethingElseIsANewOne) {
  const auto id_after = [&](Limit limit) {
    return amended(PutLimit{named(std::move(limit), "monthly")}).value().limits.back().id;
  };
  EXPECT_EQ(id_after(window(100, Period::day)), LimitId{3}) << "another period";
  EXPECT_EQ(id_after(window(100, Period::month, users)), LimitId{3}) << "another meter";
  EXPECT_EQ(id_after(rate(100, 1s, 5)), LimitId{3}) << "another kind";
}

TEST_F(AmendmentSpec, AnIdIsNeverGivenTwice) {
  apply(PutLimit{named(window(5, Period::day), "third")});
  apply(RemoveLimit{"third"});
  apply(PutLimit{named(window(5, Period::day), "third")});
  EXPECT_EQ(tenant.limits.back().id, LimitId{4});
  tenant.last_limit_id = LimitId{std::numeric_limits<std::uint32_t>::max()};
  EXPECT_EQ(amended(PutLimit{named(window(5, Period::day), "new")}).fault().code,
            FaultCode::limit_exceeded);
}

TEST_F(AmendmentSpec, RemovesTheLimitOfThatNameOnly) {
  apply(RemoveLimit{"monthly"});
  ASSERT_EQ(tenant.limits.size(), 1U);
  EXPECT_EQ(tenant.limits[0].name, "pace");
  const auto again = amended(RemoveLimit{"monthly"});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.fault(), (Fault{FaultCode::not_found, "name: there is no limit of this name"}));
}

TEST_F(AmendmentSpec, A65thLimitIsRefused) {
  for (int i = 2; i < 64; ++i) {
    apply(PutLimit{named(window(5, Period::day), "l" + std::to_string(i))});
  }
  EXPECT_EQ(amended(PutLimit{named(window(5, Period::day), "one-too-many")}).fault().code,
            FaultCode::limit_exceeded);
  EXPECT_TRUE(amended(PutLimit{named(window(5, Period::day), "l63")}).ok());
}

}  // namespace
}  // namespace sluice
