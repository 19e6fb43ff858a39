// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "actors/tenant/tier.hpp"
#include "protocol/codec.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;

const Features every_kind{
    {"seats", std::int64_t{-7}}, {"sso", true}, {"theme", std::string{"dünkel"}}};

TEST(TierCodec, CarriesTheWholeCatalogue) {
  TierCatalogue tiers = shipped_tiers();
  tiers.front().features = every_kind;
  Message<wire::TierList> message;
  encode_tiers(tiers, message.write());
  EXPECT_EQ(decode_tiers(message.read()).value(), tiers);
}

TEST(TierCodec, CarriesWhatATenantHasOfItsTier) {
  TenantDefinition tenant;
  tenant.id = TenantId{1, 2};
  tenant.slug = "acme";
  tenant.limits = shipped_tiers().front().limits;
  tenant.limits.front().origin = Origin::own;
  tenant.pending_tier = PendingTier{"starter", WallTime{std::chrono::seconds{5}}};
  tenant.features = every_kind;
  Message<wire::TierChanged> message;
  const TierChanged changed{tenant, {{"users", Amount{3}, Amount{5}}}};
  encode_tier_changed(changed, message.write());
  const auto back = decode_tier_changed(message.read());
  ASSERT_TRUE(back.ok()) << back.fault().context;
  EXPECT_EQ(back.value().tenant, tenant);
  EXPECT_EQ(back.value().exceeded, changed.exceeded);
}

TEST(TierCodec, CarriesAWishToMove) {
  for (const bool later : {false, true}) {
    for (const TierMove move : {TierMove::any, TierMove::up, TierMove::down}) {
      Message<wire::Operator::ChangeTierParams> message;
      encode_change_tier(ChangeTier{"starter", later, move}, message.write());
      const ChangeTier back = decode_change_tier(message.read()).value();
      EXPECT_EQ(back.tier, "starter");
      EXPECT_EQ(back.at_period_end, later);
      EXPECT_EQ(back.move, move);
    }
  }
}

TEST(TierCodec, CarriesWhatApplyingIsAskedAndMade) {
  Message<wire::Operator::ApplyTierParams> asked;
  encode_apply_tier({.tier = "free", .after = TenantId{1, 2}, .page_size = 7}, asked.write());
  const TierApplyQuery query = decode_apply_tier(asked.read()).value();
  EXPECT_EQ(query.tier, "free");
  EXPECT_EQ(query.after, (TenantId{1, 2}));
  EXPECT_EQ(query.page_size, 7U);

  const TierApplied applied{3, 4, {TenantId{5, 6}}, TenantId{7, 8}, true};
  Message<wire::TierApplied> told;
  encode_tier_applied(applied, told.write());
  EXPECT_EQ(decode_tier_applied(told.read()).value(), applied);
}

TEST(TierCodec, CarriesTheFeaturesOfATenant) {
  const TenantFeatures features{"free", every_kind, {"sso"}};
  Message<wire::TenantFeatures> message;
  encode_tenant_features(features, message.write());
  EXPECT_EQ(decode_tenant_features(message.read()).value(), features);
}

TEST(TierCodec, RefusesPagesThatAreTooLarge) {
  Message<wire::Operator::ApplyTierParams> message;
  encode_apply_tier({.tier = "free", .after = {}, .page_size = 5'000}, message.write());
  EXPECT_EQ(decode_apply_tier(message.read()).fault().context, "pageSize is not from 1 to 100");
}

TEST(TierCodec, RefusesMoreFeaturesThanATenantMayHave) {
  Message<wire::Tier> message;
  message.write().initFeatures(features_max + 1);
  EXPECT_EQ(decode_tier(message.read()).fault().context, "tier.features are more than 64");
}

}  // namespace
}  // namespace sluice
