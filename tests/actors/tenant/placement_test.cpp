// SPDX-License-Identifier: Apache-2.0
// Where the rows of a tenant may be.
#include "actors/tenant/placement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/tenant/audit_drafts.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/tenant_tier.hpp"
#include "tests/actors/tenant/desk.hpp"

namespace sluice {
namespace {

using ::testing::HasSubstr;

const Placement own_schema{Isolation::dedicated_schema};
const Placement other_database{Isolation::dedicated_instance, "eu-1"};

class PlacementSpec : public ::testing::Test {
protected:
  TenantDefinition tenant_of(const std::string& tier) const {
    TenantDefinition draft = definition();
    draft.tier = tier;
    return found(draft, default_meters(), noon, tiers).value();
  }
  Result<TenantDefinition> moved(const TenantDefinition& tenant, Placement to) const {
    return amend(tenant, Amendment{tenant.id, {}, MoveRows{std::move(to)}}, default_meters(), noon,
                 tiers);
  }
  TierCatalogue tiers = shipped_tiers();
};

TEST_F(PlacementSpec, IsReadAsItIsWritten) {
  for (const Placement& placement : {Placement{}, own_schema, other_database}) {
    EXPECT_EQ(parse_placement(to_string(placement)), placement);
  }
  EXPECT_EQ(to_string(other_database), "dedicated_instance=eu-1");
}

TEST_F(PlacementSpec, NamesAnInstanceIfAndOnlyIfItIsOne) {
  for (const char* text :
       {"", "alone", "shared=", "shared=eu", "dedicated_schema=eu", "dedicated_instance",
        "dedicated_instance=", "dedicated_instance=EU", "dedicated_instance=a b"}) {
    EXPECT_EQ(parse_placement(text), std::nullopt) << text;
  }
  EXPECT_FALSE(is_instance_name(std::string(33, 'a')));
}

TEST_F(PlacementSpec, OfANewTenantIsAmongOthers) {
  EXPECT_EQ(tenant_of("free").placement, Placement{});
}

TEST_F(PlacementSpec, ApartFromOthersTakesTheFeatureOfATier) {
  for (const Placement& to : {own_schema, other_database}) {
    const auto refused = moved(tenant_of("professional"), to);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.fault().code, FaultCode::permission_denied);
    EXPECT_THAT(refused.fault().context, HasSubstr("tiers that have it: enterprise"));
    EXPECT_EQ(moved(tenant_of("enterprise"), to).value().placement, to);
  }
}

TEST_F(PlacementSpec, ANewTenantMayWishForWhatItsTierHas) {
  TenantDefinition draft = definition();
  draft.placement = own_schema;
  draft.tier = "free";
  EXPECT_EQ(found(draft, default_meters(), noon, tiers).fault().code, FaultCode::permission_denied);
  draft.tier = "enterprise";
  EXPECT_EQ(found(draft, default_meters(), noon, tiers).value().placement, own_schema);
}

TEST_F(PlacementSpec, BackAmongOthersAnyTenantMayCome) {
  TenantDefinition tenant = moved(tenant_of("enterprise"), own_schema).value();
  tenant.tier = "free";
  EXPECT_EQ(moved(tenant, other_database).fault().code, FaultCode::permission_denied);
  EXPECT_EQ(moved(tenant, {}).value().placement, Placement{});
}

TEST_F(PlacementSpec, WhereItIsATenantNeedsNoMove) {
  EXPECT_EQ(moved(tenant_of("free"), {}).fault(),
            (Fault{FaultCode::conflict, "isolation: the tenant is shared"}));
}

TEST_F(PlacementSpec, IsNotChangedByOtherChanges) {
  const TenantDefinition tenant = moved(tenant_of("enterprise"), own_schema).value();
  const auto renamed = amend(tenant, Amendment{tenant.id, {}, EditTenant{.name = "Other"}},
                             default_meters(), noon, tiers);
  EXPECT_EQ(renamed.value().placement, own_schema);
}

TEST_F(PlacementSpec, AMoveIsAudited) {
  const TenantDefinition before = tenant_of("enterprise");
  const TenantDefinition after = moved(before, other_database).value();
  const AuditDraft draft = audit_of_change(MoveRows{other_database}, before, after);
  EXPECT_EQ(draft.action, AuditAction::tenant_moved);
  EXPECT_EQ(draft.subject, after.slug);
  EXPECT_EQ(draft.before, R"({"isolation":"shared"})");
  EXPECT_EQ(draft.after, R"({"isolation":"dedicated_instance=eu-1"})");
}

TEST_F(PlacementSpec, AStoreWithOnePlaceSaysWhyThereIsNoOther) {
  EXPECT_TRUE(accept_shared_only({}).ok());
  EXPECT_THAT(accept_shared_only(own_schema).fault().context, HasSubstr("needs PostgreSQL"));
}

}  // namespace
}  // namespace sluice
