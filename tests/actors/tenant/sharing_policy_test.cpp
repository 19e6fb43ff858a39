// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "tests/actors/tenant/sharing_parties.hpp"

namespace sluice {
namespace {

using namespace sharing_parties;
using testing::StartsWith;

TEST(SharingPolicySpec, AWrongFieldIsNamed) {
  using Spoil = std::function<void(SharingPolicy&)>;
  const std::vector<std::pair<std::string, Spoil>> table{
      {"policy.id", [](auto& p) { p.id = {}; }},
      {"policy.owner", [](auto& p) { p.owner = {}; }},
      {"policy.resource.id", [](auto& p) { p.resource.id = ""; }},
      {"policy.resource.id", [](auto& p) { p.resource.id = "-x"; }},
      {"policy.resource.id", [](auto& p) { p.resource.id = "a b"; }},
      {"policy.resource.id", [](auto& p) { p.resource.id = std::string(201, 'a'); }},
      {"policy.title", [](auto& p) { p.title = std::string(201, 'a'); }},
      {"policy.title", [](auto& p) { p.title = "\xff"; }},
      {"policy.permissions", [](auto& p) { p.permissions = {}; }},
      {"policy.permissions", [](auto& p) { p.permissions = SharePermissions::of_bits(0x41); }},
      {"policy.allow", [](auto& p) { p.allow = {TenantId{}}; }},
      {"policy.allow", [](auto& p) { p.allow = {sharer}; }},
      {"policy.allow", [](auto& p) { p.allow.assign(1001, asker); }},
      {"policy.block", [](auto& p) { p.block = {sharer}; }},
      {"policy.conditions", [](auto& p) { p.conditions.assign(17, {}); }},
      {"policy.conditions[1]",
       [](auto& p) {
         p.conditions = {{ConditionKind::region, ConditionOperator::eq, {"eu"}},
                         {ConditionKind::region, ConditionOperator::gt, {"eu"}}};
       }},
      {"policy.pricing.currency", [](auto& p) { p.pricing.currency = "usd"; }},
      {"policy.revenue.owner_basis_points", [](auto& p) { p.revenue.owner_basis_points = 10'001; }},
      {"policy.max_consumers", [](auto& p) { p.max_consumers = 0; }},
      {"policy.max_consumers", [](auto& p) { p.max_consumers = 100'001; }},
  };
  for (const auto& [field, spoil] : table) {
    SharingPolicy policy = policy_of_sharer();
    spoil(policy);
    const auto valid = validate(policy);
    ASSERT_FALSE(valid.ok()) << field;
    EXPECT_THAT(valid.fault().context, StartsWith(field));
    EXPECT_EQ(valid.fault().code, FaultCode::invalid_argument);
  }
  EXPECT_TRUE(validate(policy_of_sharer()).ok());
}

TEST(SharingPolicySpec, TwoFullListsAreMoreThanCanBeStored) {
  SharingPolicy policy = policy_of_sharer();
  for (std::uint64_t i = 1; i <= policy_tenants_max; ++i) {
    policy.allow.push_back({100, i});
    policy.block.push_back({200, i});
  }
  EXPECT_FALSE(validate(policy).ok());
  policy.block.resize(500);
  EXPECT_TRUE(validate(policy).ok());
}

TEST(SharingPolicySpec, ANewOneGetsItsIdAndItsTimes) {
  PolicyWish wish{.policy = policy_of_sharer()};
  wish.policy.id = {};
  wish.policy.version = Version{77};
  wish.policy.allow = {bystander, asker, bystander};
  const auto put = put_policy(nullptr, wish, shared_policy_id, sharing_noon);
  ASSERT_TRUE(put.ok()) << put.fault().context;
  EXPECT_EQ(put.value().id, shared_policy_id);
  EXPECT_EQ(put.value().version, Version{1});
  EXPECT_EQ(put.value().created_at, sharing_noon);
  EXPECT_EQ(put.value().allow, (std::vector<TenantId>{asker, bystander}));
}

TEST(SharingPolicySpec, OneOfAnotherOwnerIsAsIfItWereNotThere) {
  const SharingPolicy stored = policy_of_sharer();
  PolicyWish wish{.policy = policy_of_sharer()};
  wish.policy.owner = asker;
  const auto put = put_policy(&stored, wish, {}, sharing_noon);
  EXPECT_EQ(put.fault(), put_policy(nullptr, wish, {}, sharing_noon).fault());
  EXPECT_EQ(put.fault().code, FaultCode::not_found);
}

TEST(SharingPolicySpec, ItsResourceItsMakingAndItsRevenueStay) {
  SharingPolicy stored = policy_of_sharer();
  stored.revenue.owner_basis_points = 7'000;
  PolicyWish wish{.policy = policy_of_sharer()};
  wish.policy.revenue.owner_basis_points = 10'000;
  wish.policy.created_at = {};
  const auto put = put_policy(&stored, wish, {}, sharing_noon + std::chrono::hours{1});
  EXPECT_EQ(put.value().revenue.owner_basis_points, 7'000);
  EXPECT_EQ(put.value().created_at, sharing_noon);
  EXPECT_EQ(put.value().version, Version{2});
  wish.policy.resource.id = "other";
  EXPECT_THAT(put_policy(&stored, wish, {}, sharing_noon).fault().context,
              StartsWith("policy.resource"));
}

TEST(SharingPolicySpec, HoldsOnlyForTheVersionThatIsExpected) {
  const SharingPolicy stored = policy_of_sharer();
  PolicyWish wish{.policy = policy_of_sharer(), .expected = Version{2}};
  EXPECT_EQ(put_policy(&stored, wish, {}, sharing_noon).fault().code, FaultCode::conflict);
  wish.expected = Version{1};
  EXPECT_TRUE(put_policy(&stored, wish, {}, sharing_noon).ok());
}

TEST(SharingPolicySpec, AnEndThatHasPassedMayStayButNotBePut) {
  SharingPolicy stored = policy_of_sharer();
  PolicyWish wish{.policy = policy_of_sharer()};
  wish.policy.expires_at = sharing_noon;
  EXPECT_THAT(put_policy(&stored, wish, {}, sharing_noon).fault().context,
              StartsWith("policy.expires_at"));
  stored.expires_at = sharing_noon;
  EXPECT_TRUE(put_policy(&stored, wish, {}, sharing_noon + std::chrono::hours{1}).ok());
}

TEST(SharingPolicySpec, ItsChangesAreInOrderThoughTheClockStepsBack) {
  const SharingPolicy stored = policy_of_sharer();
  SharingPolicy dearer = stored;
  dearer.pricing = {.kind = PricingKind::usage, .price_micros = 7};
  const auto put =
      put_policy(&stored, {.policy = dearer}, {}, stored.updated_at - std::chrono::seconds{1});
  ASSERT_TRUE(put.ok());
  EXPECT_EQ(put.value().updated_at, stored.updated_at) << "or its price would be the older one";
}

TEST(SharingPolicySpec, IsPricedInACurrencyThatThereIs) {
  SharingPolicy stored = policy_of_sharer();
  SharingPolicy wished = stored;
  wished.pricing.currency = "XYZ";
  EXPECT_THAT(put_policy(&stored, {.policy = wished}, {}, sharing_noon).fault().context,
              StartsWith("policy.pricing.currency: "));
  wished.pricing.currency = "CHF";
  EXPECT_TRUE(put_policy(&stored, {.policy = wished}, {}, sharing_noon).ok());
  stored.pricing.currency = "XYZ";
  EXPECT_TRUE(put_policy(&stored, {.policy = stored}, {}, sharing_noon).ok())
      << "what was put before stays";
}

TEST(SharingPolicySpec, IsThereForWhomItsVisibilitySays) {
  SharingPolicy policy = policy_of_sharer();
  policy.allow = {asker};
  const auto seen = [&](Visibility visibility, TenantId tenant) {
    policy.visibility = visibility;
    return is_visible(policy, tenant);
  };
  EXPECT_FALSE(seen(Visibility::owner, asker));
  EXPECT_TRUE(seen(Visibility::allowed, asker));
  EXPECT_FALSE(seen(Visibility::allowed, bystander));
  EXPECT_TRUE(seen(Visibility::marketplace, bystander));
  EXPECT_TRUE(seen(Visibility::everyone, bystander));
}

TEST(SharingPolicySpec, TheBlockListWinsOverEverything) {
  SharingPolicy policy = policy_of_sharer();
  policy.allow = {asker};
  policy.block = {asker};
  for (const Visibility visibility :
       {Visibility::allowed, Visibility::marketplace, Visibility::everyone}) {
    policy.visibility = visibility;
    EXPECT_FALSE(is_visible(policy, asker));
    EXPECT_EQ(may_request(policy, party(asker), sharing_tiers(), sharing_noon).fault(),
              no_policy(shared_policy_id));
  }
}

TEST(SharingPolicySpec, OnlyWhoIsActiveMayAsk) {
  TenantDefinition consumer = party(asker);
  EXPECT_TRUE(may_request(policy_of_sharer(), consumer, sharing_tiers(), sharing_noon).ok());
  consumer.life.status = TenantStatus::suspended;
  EXPECT_EQ(may_request(policy_of_sharer(), consumer, sharing_tiers(), sharing_noon).fault().code,
            FaultCode::conflict);
  consumer.life.status = TenantStatus::trial;
  consumer.life.trial_ends_at = sharing_noon;
  EXPECT_FALSE(may_request(policy_of_sharer(), consumer, sharing_tiers(), sharing_noon).ok())
      << "its trial has ended";
  consumer.life.trial_ends_at = sharing_noon + Duration{1};
  EXPECT_TRUE(may_request(policy_of_sharer(), consumer, sharing_tiers(), sharing_noon).ok());
  EXPECT_EQ(
      may_request(policy_of_sharer(), party(sharer), sharing_tiers(), sharing_noon).fault().code,
      FaultCode::conflict)
      << "the owner needs none";
}

TEST(SharingPolicySpec, ConditionsAboutTheConsumerHoldWhenItAsks) {
  SharingPolicy policy = policy_of_sharer();
  policy.conditions = {{ConditionKind::region, ConditionOperator::in, {"eu", "us"}},
                       {ConditionKind::compliance, ConditionOperator::eq, {"hipaa"}},
                       {ConditionKind::tier_minimum, ConditionOperator::gte, {"professional"}}};
  TenantDefinition consumer = party(asker);
  const auto refusal = [&] {
    const auto asked = may_request(policy, consumer, sharing_tiers(), sharing_noon);
    return asked.ok() ? std::string{} : asked.fault().context;
  };
  EXPECT_THAT(refusal(), StartsWith("condition: region"));
  consumer.region = "eu";
  EXPECT_THAT(refusal(), StartsWith("condition: compliance"));
  consumer.compliance = {"hipaa", "soc2"};
  EXPECT_THAT(refusal(), StartsWith("condition: tier_minimum"));
  consumer.tier = "enterprise";
  EXPECT_EQ(refusal(), "");
}

TEST(SharingPolicySpec, OthersAreNotToldWhoElseThereIs) {
  SharingPolicy policy = policy_of_sharer();
  policy.allow = {bystander};
  policy.block = {asker};
  policy.revenue.owner_basis_points = 6'000;
  const SharingPolicy shown = shown_to_others(policy);
  EXPECT_TRUE(shown.allow.empty());
  EXPECT_TRUE(shown.block.empty());
  EXPECT_EQ(shown.revenue, RevenueShare{});
  EXPECT_EQ(shown.resource, policy.resource);
}

TEST(SharingTextSpec, EveryNameIsReadBack) {
  for (std::uint8_t i = 0; i < 8; ++i) {
    const auto kind = static_cast<ConditionKind>(i);
    EXPECT_EQ(parse_condition_kind(to_string(kind)), kind);
    const auto op = static_cast<ConditionOperator>(i);
    EXPECT_EQ(parse_condition_operator(to_string(op)), op);
  }
  for (std::uint8_t bits = 0; bits < 64; ++bits) {
    const auto permissions = SharePermissions::of_bits(bits);
    EXPECT_EQ(parse_share_permissions(to_string(permissions)).value(), permissions);
  }
  EXPECT_EQ(to_string(Visibility::everyone), "public");
  EXPECT_FALSE(parse_visibility("everyone"));
  EXPECT_EQ(parse_policy_id(to_string(shared_policy_id)), shared_policy_id);
  EXPECT_EQ(parse_resource("model/a/b"), (Resource{ResourceType::model, "a/b"}));
  EXPECT_FALSE(parse_resource("model"));
  EXPECT_FALSE(parse_resource("movie/x"));
}

}  // namespace
}  // namespace sluice
