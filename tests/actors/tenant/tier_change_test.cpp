// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/tenant_tier.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace sluice {
namespace {

Limit named(std::string name, Limit limit) {
  limit.name = std::move(name);
  return limit;
}

class TierChangeSpec : public ::testing::Test {
protected:
  TierChangeSpec() {
    TenantDefinition draft = definition({named("mine", rate(5, 1s, 10))});
    draft.tier = "free";
    draft.timezone = "Europe/Berlin";
    tenant = found(draft, default_meters(), noon, tiers).value();
  }

  Result<TenantDefinition> amended(Change change, WallTime now = noon) const {
    return amend(tenant, Amendment{tenant.id, {}, std::move(change)}, default_meters(), now, tiers);
  }
  void apply(Change change, WallTime now = noon) {
    tenant = amended(std::move(change), now).value();
  }
  const Limit& limit(std::string_view name) const {
    return *std::ranges::find(tenant.limits, name, &Limit::name);
  }
  std::optional<Amount> size(std::string_view name) const { return size_of(limit(name).rule); }
  static std::optional<Amount> size_of(const Rule& rule) { return std::get<WindowRule>(rule).size; }
  Fault refusal(Change change) const { return amended(std::move(change)).fault(); }

  TierCatalogue tiers = shipped_tiers();
  TenantDefinition tenant;
};

TEST_F(TierChangeSpec, ANewTenantGetsTheLimitsOfItsTierBehindItsOwn) {
  ASSERT_EQ(tenant.limits.size(), 7U);
  EXPECT_EQ(tenant.limits.front().name, "mine");
  EXPECT_EQ(tenant.limits.front().origin, Origin::own);
  EXPECT_EQ(size("api_requests"), Amount{10'000});
  EXPECT_EQ(limit("api_requests").origin, Origin::tier);
  EXPECT_EQ(tenant.last_limit_id, LimitId{7});
}

TEST_F(TierChangeSpec, ATierThatIsNotInTheCatalogueIsALabel) {
  TenantDefinition draft = definition();
  draft.tier = "friends";
  EXPECT_TRUE(found(draft, default_meters(), noon, tiers).value().limits.empty());
}

TEST_F(TierChangeSpec, GoesUpAndDownWithEveryIdAndSoEveryCount) {
  const LimitId requests = limit("api_requests").id;
  const LimitId last = tenant.last_limit_id;
  apply(ChangeTier{"professional"});
  EXPECT_EQ(tenant.tier, "professional");
  EXPECT_EQ(size("api_requests"), Amount{1'000'000});
  EXPECT_EQ(limit("api_requests").enforcement, Enforcement::alert);
  apply(ChangeTier{"enterprise"});
  EXPECT_EQ(size("api_requests"), std::nullopt);
  apply(ChangeTier{"free"});
  EXPECT_EQ(size("api_requests"), Amount{10'000});
  EXPECT_EQ(limit("api_requests").id, requests);
  EXPECT_EQ(tenant.last_limit_id, last) << "no limit was new";
}

TEST_F(TierChangeSpec, KeepsOwnLimitsAndOverrides) {
  const Override more{WindowRule{Amount{77'000}, Period::month}, {}, noon + 24h, "ann", "launch"};
  apply(PutOverride{"api_requests", more});
  const Limit mine = limit("mine");
  apply(ChangeTier{"starter"});
  EXPECT_EQ(limit("mine"), mine);
  Override with_soft = more;
  with_soft.soft_limit = Amount{61'600};
  EXPECT_EQ(limit("api_requests").instead, with_soft)
      << "what throttles needs a soft limit: the share that is usual for the tier";
  apply(ChangeTier{"professional"});
  EXPECT_EQ(limit("api_requests").instead, with_soft);
}

TEST_F(TierChangeSpec, IsRefusedRatherThanTakeAnOverrideAway) {
  apply(PutOverride{"api_requests",
                    Override{unlimited(Period::month).rule, {}, noon + 24h, "ann", "launch"}});
  EXPECT_THAT(refusal(ChangeTier{"starter"}).context, ::testing::HasSubstr("instead"));
  apply(RemoveOverride{"api_requests"});
  apply(ChangeTier{"starter"});
}

TEST_F(TierChangeSpec, ALimitThatIsPutByHandIsTheTenantsOwnFromThenOn) {
  Limit wished = named("users", window(7, Period::never, MeterId{7}));
  const LimitId users = limit("users").id;
  apply(PutLimit{wished});
  EXPECT_EQ(limit("users").origin, Origin::own);
  apply(ChangeTier{"starter"});
  EXPECT_EQ(size("users"), Amount{7});
  EXPECT_EQ(limit("users").id, users);
  EXPECT_EQ(tenant.limits.size(), 7U) << "the tier's stays out";
}

TEST_F(TierChangeSpec, TakesAwayWhatTheNewTierLacksAndAddsWhatIsMissing) {
  tiers.push_back({.name = "tiny",
                   .rank = 5,
                   .limits = {named("models", window(1, Period::never, MeterId{9}))}});
  apply(ChangeTier{"tiny"});
  ASSERT_EQ(tenant.limits.size(), 2U);
  EXPECT_EQ(tenant.limits[0].name, "mine");
  EXPECT_EQ(tenant.limits[1].name, "models");
  EXPECT_EQ(tenant.limits[1].id, LimitId{8});
}

TEST_F(TierChangeSpec, ToATierThatIsNotThereIsRefused) {
  EXPECT_EQ(refusal(ChangeTier{"gold"}),
            (Fault{FaultCode::not_found, "tier: there is no tier \"gold\""}));
}

TEST_F(TierChangeSpec, GoesOnlyTheWayThatIsSaid) {
  EXPECT_EQ(refusal(ChangeTier{"starter", false, TierMove::down}),
            (Fault{FaultCode::conflict, "tier: starter ranks above free"}));
  apply(ChangeTier{"starter", false, TierMove::up});
  EXPECT_EQ(refusal(ChangeTier{"free", false, TierMove::up}),
            (Fault{FaultCode::conflict, "tier: free ranks below starter"}));
  apply(ChangeTier{"starter", false, TierMove::up});
}

TEST_F(TierChangeSpec, AtPeriodEndWaitsForTheTenantsMonth) {
  apply(ChangeTier{"starter", true});
  EXPECT_EQ(tenant.tier, "free");
  EXPECT_EQ(tenant.pending_tier, (PendingTier{"starter", utc("2024-05-31T22:00:00Z")}));
  EXPECT_EQ(next_due(tenant), utc("2024-05-31T22:00:00Z"));
  EXPECT_EQ(refusal(TakePendingTier{}).code, FaultCode::conflict) << "it is not due";
  apply(TakePendingTier{}, utc("2024-05-31T22:00:00Z"));
  EXPECT_EQ(tenant.tier, "starter");
  EXPECT_EQ(size("api_requests"), Amount{100'000});
  EXPECT_EQ(tenant.pending_tier, std::nullopt);
  EXPECT_EQ(next_due(tenant), std::nullopt);
}

TEST_F(TierChangeSpec, AnotherChangeCancelsTheOneThatIsToCome) {
  apply(ChangeTier{"starter", true});
  apply(ChangeTier{"professional", true});
  EXPECT_EQ(tenant.pending_tier->tier, "professional");
  apply(ChangeTier{"free"});
  EXPECT_EQ(tenant.pending_tier, std::nullopt);
  EXPECT_EQ(tenant.tier, "free");
}

TEST_F(TierChangeSpec, OneThatIsToComeIsDroppedIfItsTierIsGone) {
  apply(ChangeTier{"starter", true});
  std::erase_if(tiers, [](const Tier& tier) { return tier.name == "starter"; });
  apply(TakePendingTier{}, noon + 30 * 24h);
  EXPECT_EQ(tenant.tier, "free");
  EXPECT_EQ(tenant.pending_tier, std::nullopt);
}

TEST_F(TierChangeSpec, UpwardsConvertsATrialAndSidewaysDoesNot) {
  tenant.life = begin_life(TrialDays{7}, noon);
  apply(ChangeTier{"free"});
  EXPECT_EQ(tenant.life.status, TenantStatus::trial);
  apply(ChangeTier{"starter"});
  EXPECT_EQ(tenant.life.status, TenantStatus::active);
  EXPECT_EQ(tenant.life.trial_ends_at, std::nullopt);
}

TEST_F(TierChangeSpec, RevivesNobody) {
  tenant.life = after({}, Suspend{"unpaid"}, noon).value();
  apply(ChangeTier{"enterprise"});
  EXPECT_EQ(tenant.life.status, TenantStatus::suspended);
  EXPECT_EQ(size("api_requests"), std::nullopt);
  tenant.life = begin_life(TrialDays{1}, noon - 48h);
  apply(ChangeTier{"free"});
  apply(ChangeTier{"starter"});
  EXPECT_EQ(next_due(tenant), noon - 24h) << "its trial has ended, whoever noticed";
}

TEST_F(TierChangeSpec, AnEditOfTheTierIsAChangeNow) {
  apply(EditTenant{.tier = "starter"});
  EXPECT_EQ(size("api_requests"), Amount{100'000});
  apply(EditTenant{.tier = "friends"});
  ASSERT_EQ(tenant.limits.size(), 1U) << "a label has no limits";
  EXPECT_EQ(tenant.limits.front().name, "mine");
}

TEST_F(TierChangeSpec, ApplyingGivesWhatTheTierHasNow) {
  apply(ChangeTier{"starter", true});
  std::get<WindowRule>(tiers.front().limits.front().rule).size = Amount{12'000};
  apply(ApplyTier{});
  EXPECT_EQ(size("api_requests"), Amount{12'000});
  EXPECT_TRUE(tenant.pending_tier) << "what is to come still comes";
}

TEST_F(TierChangeSpec, WithMoreLimitsThanATenantMayHaveIsRefused) {
  for (int i = 0; i < 57; ++i) {
    apply(PutLimit{named("own-" + std::to_string(i), window(1, Period::day))});
  }
  tiers.push_back({.name = "wide", .rank = 50, .limits = shipped_tiers().front().limits});
  tiers.back().limits.push_back(named("models", window(1, Period::never, MeterId{9})));
  EXPECT_EQ(refusal(ChangeTier{"wide"}).code, FaultCode::limit_exceeded);
  EXPECT_EQ(refusal(ChangeTier{"wide", true}).code, FaultCode::limit_exceeded);
}

TEST_F(TierChangeSpec, KeepsWhatWasUsedAndTellsWhatIsTooMuch) {
  apply(ChangeTier{"professional"});
  Desk desk{plan_of(tenant)};
  ASSERT_EQ(desk.record(20'000).outcome, Outcome::allowed);
  apply(ChangeTier{"free"});
  desk.tenant.adopt(plan_of(tenant), desk.now, desk.happenings);
  EXPECT_EQ(exceeded(desk.tenant.usage(desk.now)),
            (std::vector{ExceededLimit{"api_requests", Amount{10'000}, Amount{20'000}}}));
  desk.pass(1h);
  EXPECT_EQ(desk.charge(1).outcome, Outcome::denied);
}

class FeatureSpec : public TierChangeSpec {};

TEST_F(FeatureSpec, AreThoseOfTheTierButWhereTheTenantSaysOtherwise) {
  EXPECT_TRUE(has_feature(tenant, tiers, "api_access"));
  EXPECT_FALSE(has_feature(tenant, tiers, "sso"));
  apply(SetFeature{{"sso", true}});
  apply(SetFeature{{"api_access", false}});
  apply(SetFeature{{"seats", std::int64_t{50}}});
  EXPECT_TRUE(has_feature(tenant, tiers, "sso"));
  EXPECT_FALSE(has_feature(tenant, tiers, "api_access"));
  EXPECT_EQ(features_of(tenant, tiers),
            (Features{{"api_access", false}, {"seats", std::int64_t{50}}, {"sso", true}}));
  EXPECT_EQ(tell_features(tenant, tiers).own,
            (std::vector<std::string>{"api_access", "seats", "sso"}));
  apply(ClearFeature{"api_access"});
  EXPECT_TRUE(has_feature(tenant, tiers, "api_access"));
}

TEST_F(FeatureSpec, GoWithTheTierAndOwnOnesStay) {
  apply(SetFeature{{"theme", std::string{"dark"}}});
  apply(ChangeTier{"professional"});
  EXPECT_TRUE(has_feature(tenant, tiers, "sso"));
  EXPECT_TRUE(has_feature(tenant, tiers, "theme"));
  apply(ChangeTier{"free"});
  EXPECT_FALSE(has_feature(tenant, tiers, "sso"));
  EXPECT_TRUE(has_feature(tenant, tiers, "theme"));
}

TEST_F(FeatureSpec, ARefusalNamesTheFeatureAndWhoHasIt) {
  EXPECT_TRUE(require_feature(tenant, tiers, "api_access").ok());
  EXPECT_EQ(require_feature(tenant, tiers, "sso").fault(),
            (Fault{FaultCode::permission_denied,
                   "feature: this tenant has not \"sso\"; tiers that "
                   "have it: professional, enterprise"}));
  EXPECT_EQ(require_feature(tenant, tiers, "magic").fault().context,
            "feature: this tenant has not \"magic\"; no tier has it");
}

TEST_F(FeatureSpec, NothingOfAValueIsNone) {
  EXPECT_FALSE(is_on(FeatureValue{std::int64_t{0}}));
  EXPECT_FALSE(is_on(FeatureValue{std::string{}}));
  EXPECT_TRUE(is_on(FeatureValue{std::int64_t{-1}}));
}

TEST_F(FeatureSpec, MustBeSpeltAndBounded) {
  EXPECT_EQ(refusal(SetFeature{{"SSO", true}}).context,
            "features[0].name: must match [a-z][a-z0-9_]{0,62}");
  EXPECT_EQ(refusal(SetFeature{{"theme", std::string(201, 'x')}}).code,
            FaultCode::invalid_argument);
  EXPECT_EQ(refusal(ClearFeature{"sso"}).code, FaultCode::not_found);
  for (std::size_t i = 0; i < features_max; ++i) {
    apply(SetFeature{{"f" + std::to_string(i), true}});
  }
  EXPECT_EQ(refusal(SetFeature{{"one_more", true}}).code, FaultCode::limit_exceeded);
}

TEST(TierRules, NameTheFieldThatIsWrong) {
  const auto complaint = [](auto edit) {
    Tier tier = shipped_tiers().front();
    edit(tier);
    return validate_tier(tier, default_meters()).fault().context;
  };
  EXPECT_EQ(complaint([](Tier& tier) { tier.name = "Gold"; }),
            "tier.name: must match [a-z0-9_-]{1,32}");
  EXPECT_EQ(complaint([](Tier& tier) { tier.limits[1].name = "api_requests"; }),
            "tier.limits[1].name: \"api_requests\" is used twice");
  EXPECT_EQ(complaint([](Tier& tier) { tier.limits[0].meter = MeterId{99}; }),
            "tier.limits[0].meter: there is no meter 99");
  EXPECT_EQ(complaint([](Tier& tier) {
              tier.limits[0].instead = Override{tier.limits[0].rule, {}, noon, "ann", "why"};
            }),
            "tier.limits[0].instead: a tier has no overrides");
  EXPECT_EQ(complaint([](Tier& tier) {
              tier.features.push_back({"api_access", true});
            }),
            "tier.features[1].name: must come after the one before it, each once");
}

}  // namespace
}  // namespace sluice
