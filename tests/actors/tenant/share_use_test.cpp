// SPDX-License-Identifier: Apache-2.0
// What becomes of checks that use what another tenant shares.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/tenant/sharing_desk.hpp"

namespace sluice {
namespace {

using enum ConditionKind;
using enum ConditionOperator;
using ::testing::IsEmpty;

SharingPolicy open_to_all(std::vector<SharingCondition> conditions = {}) {
  SharingPolicy policy = shared_policy(std::move(conditions));
  policy.visibility = Visibility::everyone;
  return policy;
}

Standing standing_of(TenantStatus status) {
  Lifecycle life;
  life.status = status;
  return Standing{life};
}

}  // namespace

TEST(ShareUseSpec, IsAllowedByAGrantAndCounted) {
  SharingDesk desk;
  const Decision decision = desk.use(5);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.sharing, ShareVerdict::admitted);
  EXPECT_EQ(desk.counted().uses, 1U);
  EXPECT_EQ(desk.counted().units, Amount{1}) << "each use is a unit";
  EXPECT_EQ(desk.effect, Effect::charged);
}

TEST(ShareUseSpec, CountsWhatIsChargedOnTheMeterOfItsPricing) {
  SharingDesk desk;
  desk.offer(metered());
  const Decision decision = desk.use(5);
  EXPECT_EQ(desk.counted().units, Amount{5});
  EXPECT_EQ(decision.use_cost_micros, 15U);
}

TEST(ShareUseSpec, IsRefusedWithoutAGrantAndChargesNothing) {
  SharingDesk desk({window(10, Period::month)});
  desk.hold({});
  const Decision decision = desk.use(5);
  EXPECT_EQ(decision.outcome, Outcome::access_denied);
  EXPECT_EQ(decision.sharing, ShareVerdict::no_grant);
  EXPECT_EQ(desk.effect, Effect::none);
  EXPECT_EQ(desk.peek(10).outcome, Outcome::allowed) << "nothing was charged";
}

TEST(ShareUseSpec, IsRefusedForEveryReasonThatSharingHas) {
  const auto verdict = [](auto change) {
    SharingDesk desk;
    SharingPolicy policy = shared_policy();
    change(desk, policy);
    desk.offer(policy);
    return desk.use(1).sharing;
  };
  EXPECT_EQ(verdict([](auto& desk, auto& policy) { policy.expires_at = desk.now.wall; }),
            ShareVerdict::policy_expired);
  EXPECT_EQ(
      verdict([](auto& desk, auto& policy) { policy.expires_at = desk.now.wall + Duration{1}; }),
      ShareVerdict::admitted);
  EXPECT_EQ(verdict([](auto& desk, auto& policy) { policy.block = {desk.tenant.id()}; }),
            ShareVerdict::blocked);
  EXPECT_EQ(verdict([](auto& desk, auto& /*policy*/) {
              SharingGrant grant = sharing_grant();
              grant.expires_at = desk.now.wall;
              desk.hold({grant});
            }),
            ShareVerdict::grant_expired);
  EXPECT_EQ(
      verdict([](auto& desk, auto& /*policy*/) { desk.permission = SharePermission::modify; }),
      ShareVerdict::permission);
  EXPECT_EQ(verdict([](auto& /*desk*/, auto& policy) {
              policy.conditions = {condition(region, eq, {"us"})};
            }),
            ShareVerdict::region);
}

TEST(ShareUseSpec, NeedsAPermissionOfBothTheGrantAndThePolicy) {
  const auto verdict = [](SharePermission given, SharePermission granted) {
    SharingDesk desk;
    SharingPolicy policy = shared_policy();
    policy.permissions = {};
    policy.permissions.add(given);
    SharingGrant grant = sharing_grant();
    grant.permissions = {};
    grant.permissions.add(granted);
    desk.hold({grant});
    desk.offer(policy);
    desk.permission = SharePermission::execute;
    return desk.use(1).sharing;
  };
  EXPECT_EQ(verdict(SharePermission::execute, SharePermission::execute), ShareVerdict::admitted);
  EXPECT_EQ(verdict(SharePermission::admin, SharePermission::read), ShareVerdict::permission);
  EXPECT_EQ(verdict(SharePermission::read, SharePermission::admin), ShareVerdict::permission);
}

TEST(ShareUseSpec, OfAResourceThatNobodySharesIsRefused) {
  SharingDesk desk;
  desk.ready = nullptr;
  EXPECT_EQ(desk.use(1).sharing, ShareVerdict::no_such_policy);
}

TEST(ShareUseSpec, ThatLimitsDenyIsNotCounted) {
  SharingDesk desk({window(10, Period::month)});
  EXPECT_EQ(desk.use(11).outcome, Outcome::denied);
  EXPECT_EQ(desk.counted().uses, 0U);
  EXPECT_EQ(desk.use(10).outcome, Outcome::allowed);
  EXPECT_EQ(desk.counted().uses, 1U);
}

TEST(ShareUseSpec, ThatSharingDeniesIsCountedAsDenied) {
  SharingDesk desk;
  desk.offer(shared_policy({condition(usage_limit, lte, {"1"})}));
  EXPECT_EQ(desk.use(1).outcome, Outcome::allowed);
  EXPECT_EQ(desk.use(1).sharing, ShareVerdict::usage_limit);
  EXPECT_EQ(desk.effect, Effect::counted);
  EXPECT_EQ(desk.counted().denied, 1U);
}

TEST(ShareUseSpec, OfWhatIsOnesOwnNeedsNoGrantAndIsNotMetered) {
  SharingDesk desk;
  SharingPolicy own = shared_policy();
  own.owner = desk.tenant.id();
  desk.hold({});
  desk.offer(own);
  EXPECT_EQ(desk.use(1).outcome, Outcome::allowed);
  EXPECT_EQ(desk.counted().uses, 0U);
}

TEST(ShareUseSpec, OfAPublicPolicyWithoutAGrantIsAFirstUse) {
  SharingDesk desk;
  desk.hold({});
  desk.offer(open_to_all());
  EXPECT_EQ(desk.use(1).sharing, ShareVerdict::first_use);
  desk.hold({sharing_grant()});
  EXPECT_EQ(desk.use(1).outcome, Outcome::allowed);
}

TEST(ShareUseSpec, IsNoFirstUseIfSomethingElseIsInTheWay) {
  const auto verdict = [](SharingPolicy policy, SharePermission permission) {
    SharingDesk desk;
    desk.hold({});
    desk.peer = parse_peer_address("192.0.2.7");
    desk.permission = permission;
    desk.offer(std::move(policy));
    return desk.use(5).sharing;
  };
  using enum SharePermission;
  EXPECT_EQ(verdict(open_to_all(), modify), ShareVerdict::permission);
  EXPECT_EQ(verdict(open_to_all({condition(ip_allowlist, in, {"10.0.0.0/8"})}), execute),
            ShareVerdict::ip_allowlist);
  EXPECT_EQ(verdict(open_to_all({condition(time_window, in, {"00:00-01:00"})}), execute),
            ShareVerdict::time_window);
  EXPECT_EQ(verdict(metered(open_to_all({condition(usage_limit, lte, {"4"})})), execute),
            ShareVerdict::usage_limit);
  EXPECT_EQ(verdict(metered(open_to_all({condition(cost_limit, lte, {"14"})})), execute),
            ShareVerdict::cost_limit);
  EXPECT_EQ(verdict(metered(open_to_all({condition(cost_limit, lte, {"15"})})), execute),
            ShareVerdict::first_use);
}

TEST(ShareUseSpec, IsNoFirstUseIfLimitsRefuseItAllTheSame) {
  SharingDesk desk({window(10, Period::month)});
  desk.hold({});
  desk.offer(open_to_all());
  for (const Mode mode : {Mode::normal, Mode::peek}) {
    const Decision decision = desk.use(11, mode);
    EXPECT_EQ(decision.outcome, Outcome::denied);
    EXPECT_EQ(decision.sharing, ShareVerdict::admitted);
  }
  EXPECT_EQ(desk.reserve_use(1, 11).outcome, Outcome::denied);
  EXPECT_EQ(desk.reserve_use(2, 10).sharing, ShareVerdict::first_use);
  EXPECT_EQ(desk.use(11, Mode::best_effort).sharing, ShareVerdict::first_use) << "10 would fit";
  EXPECT_EQ(desk.peek(10).outcome, Outcome::allowed) << "nothing was charged";
}

TEST(ShareUseSpec, IsForeseenByAPeekWithoutAGrant) {
  SharingDesk desk;
  desk.hold({});
  desk.offer(metered(open_to_all()));
  EXPECT_EQ(desk.use(5, Mode::peek).sharing, ShareVerdict::first_use);
  desk.grantable = true;
  const Decision decision = desk.use(5, Mode::peek);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.use_cost_micros, 15U);
  EXPECT_EQ(desk.effect, Effect::none);
  EXPECT_EQ(desk.counted(), SharedHour{});
}

TEST(ShareUseSpec, IsRefusedWhileTheOwnerMayNotSpend) {
  SharingDesk desk;
  for (const TenantStatus status : {TenantStatus::suspended, TenantStatus::deactivated}) {
    desk.owner = standing_of(status);
    const Decision decision = desk.use(1);
    EXPECT_EQ(decision.outcome, Outcome::access_denied);
    EXPECT_EQ(decision.sharing, ShareVerdict::owner_inactive);
    EXPECT_EQ(desk.use(1, Mode::record).outcome, Outcome::allowed) << "it happened";
  }
  desk.owner = {};
  EXPECT_EQ(desk.use(1).outcome, Outcome::allowed);
}

TEST(ShareUseSpec, OfWhatWasMadePrivateIsRefusedThoughTheGrantStands) {
  SharingDesk desk;
  SharingPolicy policy = shared_policy();
  policy.visibility = Visibility::owner;
  desk.offer(policy);
  EXPECT_EQ(desk.use(1).sharing, ShareVerdict::made_private);
  policy.visibility = Visibility::allowed;
  desk.offer(policy);
  EXPECT_EQ(desk.use(1).outcome, Outcome::allowed) << "who may ask is another question";
}

TEST(ShareUseSpec, ThatIsReservedIsNotExtendedOnceTheGrantIsGone) {
  SharingDesk desk;
  desk.offer(metered());
  EXPECT_EQ(desk.reserve_use(1, 8, 1min).outcome, Outcome::allowed);
  EXPECT_EQ(desk.once(1, Mode::extend, 0, 1min).outcome, Outcome::allowed);
  desk.hold({sharing_grant(2)});
  const Decision refused = desk.once(1, Mode::extend, 0, 1min);
  EXPECT_EQ(refused.outcome, Outcome::access_denied) << "another grant is not that one";
  EXPECT_EQ(refused.sharing, ShareVerdict::no_grant);
  EXPECT_EQ(desk.commit(1, 6).outcome, Outcome::allowed) << "what was held is settled";
}

TEST(ShareUseSpec, ThatIsReservedIsNotExtendedBeyondTheEndOfTheGrant) {
  SharingDesk desk;
  SharingGrant ending = sharing_grant();
  ending.expires_at = desk.now.wall + 30s;
  desk.hold({ending});
  EXPECT_EQ(desk.reserve_use(1, 8, 1min).outcome, Outcome::allowed);
  desk.pass(30s);
  EXPECT_EQ(desk.once(1, Mode::extend, 0, 1min).sharing, ShareVerdict::grant_expired);
}

TEST(ShareUseSpec, IsPricedAndLimitedByTheTermsOfTheBill) {
  SharingDesk desk({unlimited(Period::month)}, utc("2024-05-15T12:00:00Z"));
  SharingPolicy policy = metered(shared_policy({condition(cost_limit, lte, {"30"})}));
  SharingTerms before{
      .policy = policy.id, .since = utc("2024-04-01T00:00:00Z"), .pricing = policy.pricing};
  policy.pricing.price_micros = 1'000;
  SharingTerms after{
      .policy = policy.id, .since = utc("2024-05-10T00:00:00Z"), .pricing = policy.pricing};
  desk.offer(policy, {before, after});
  EXPECT_EQ(desk.use(10).use_cost_micros, 30U) << "the new price begins with the next period";
  EXPECT_EQ(desk.use(1).sharing, ShareVerdict::cost_limit);
  desk.now.wall = utc("2024-06-01T00:00:00Z");
  EXPECT_EQ(desk.use(1).sharing, ShareVerdict::cost_limit) << "1 costs 1000 now";
}

TEST(ShareUseSpec, PeekedAtChargesNothing) {
  SharingDesk desk;
  desk.offer(metered());
  const Decision decision = desk.use(5, Mode::peek);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.use_cost_micros, 15U);
  EXPECT_EQ(desk.counted().uses, 0U);
  EXPECT_EQ(desk.effect, Effect::none);
}

TEST(ShareUseSpec, ByBestEffortTakesWhatLimitsOfUsageAndCostLeave) {
  SharingDesk desk;
  SharingPolicy policy = metered(shared_policy({condition(usage_limit, lte, {"10"})}));
  desk.offer(policy);
  EXPECT_EQ(desk.use(7).outcome, Outcome::allowed);
  const Decision rest = desk.use(7, Mode::best_effort);
  EXPECT_EQ(rest.granted, Amount{3});
  EXPECT_EQ(desk.counted().units, Amount{10});
  EXPECT_EQ(desk.use(1, Mode::best_effort).sharing, ShareVerdict::usage_limit);
  policy.conditions = {condition(cost_limit, lte, {"44"})};  // 14 units cost 42.
  desk.offer(policy);
  EXPECT_EQ(desk.use(100, Mode::best_effort).granted, Amount{4});
}

TEST(ShareUseSpec, ThatAlreadyHappenedIsCountedWhateverConditionsSay) {
  SharingDesk desk;
  desk.offer(shared_policy({condition(usage_limit, lt, {"1"})}));
  EXPECT_EQ(desk.use(1, Mode::record).outcome, Outcome::allowed);
  EXPECT_EQ(desk.counted().uses, 1U);
  desk.hold({});
  EXPECT_EQ(desk.use(1, Mode::record).sharing, ShareVerdict::no_grant);
}

TEST(ShareUseSpec, IsNamedByNoLeaseAndByNothingThatGoesOn) {
  SharingDesk desk;
  for (const Mode mode : {Mode::lease, Mode::extend, Mode::commit, Mode::cancel, Mode::release}) {
    const Decision decision = desk.use_under({1, 1}, 1, mode, api_requests, 1min);
    EXPECT_EQ(decision.outcome, Outcome::invalid);
    EXPECT_THAT(decision.problem, ::testing::StartsWith("resource: "));
  }
}

TEST(ShareUseSpec, UnderAnIdIsCountedOnce) {
  SharingDesk desk;
  EXPECT_EQ(desk.use_under({1, 1}, 1).outcome, Outcome::allowed);
  const Decision again = desk.use_under({1, 1}, 1);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.sharing, ShareVerdict::admitted);
  EXPECT_EQ(desk.counted().uses, 1U);
  EXPECT_EQ(desk.once(1, Mode::normal, 1, {}).outcome, Outcome::conflict) << "without the resource";
}

TEST(ShareUseSpec, ThatIsReservedCountsAtOnceAndItsUnitsWhenItIsSettled) {
  SharingDesk desk;
  desk.offer(metered(shared_policy({condition(usage_limit, lte, {"10"})})));
  EXPECT_EQ(desk.reserve_use(1, 8).outcome, Outcome::allowed);
  EXPECT_EQ(desk.counted().uses, 1U);
  EXPECT_EQ(desk.counted().units, Amount{});
  EXPECT_EQ(desk.use(3).sharing, ShareVerdict::usage_limit) << "8 are held";
  EXPECT_EQ(desk.commit(1, 5).outcome, Outcome::allowed);
  EXPECT_EQ(desk.counted().uses, 1U);
  EXPECT_EQ(desk.counted().units, Amount{5});
  EXPECT_EQ(desk.use(5).outcome, Outcome::allowed);
}

TEST(ShareUseSpec, ThatIsCancelledTakesItsUnitsBackButStaysAUse) {
  SharingDesk desk;
  desk.offer(metered());
  EXPECT_EQ(desk.reserve_use(1, 8).outcome, Outcome::allowed);
  EXPECT_EQ(desk.cancel(1).outcome, Outcome::allowed);
  EXPECT_EQ(desk.counted().uses, 1U);
  EXPECT_EQ(desk.counted().units, Amount{});
}

TEST(ShareUseSpec, ThatIsSettledAfterTheGrantIsGoneIsStillMetered) {
  SharingDesk desk;
  desk.offer(metered());
  EXPECT_EQ(desk.reserve_use(1, 8).outcome, Outcome::allowed);
  desk.hold({});
  EXPECT_THAT(desk.happenings.closed_shared, IsEmpty());
  EXPECT_EQ(desk.use(1).sharing, ShareVerdict::no_grant);
  EXPECT_EQ(desk.commit(1, 6).outcome, Outcome::allowed);
  EXPECT_EQ(desk.counted().units, Amount{6});
}

TEST(ShareUseSpec, IsLimitedByWhatWasUsedInThePeriodUnderWhateverGrant) {
  SharingDesk desk;
  desk.offer(metered(shared_policy({condition(usage_limit, lte, {"10"})})));
  EXPECT_EQ(desk.use(4).outcome, Outcome::allowed);
  EXPECT_EQ(desk.reserve_use(1, 3).outcome, Outcome::allowed);
  desk.hold({});
  desk.hold({sharing_grant(2)});
  EXPECT_EQ(desk.use(4).sharing, ShareVerdict::usage_limit) << "4 are used and 3 held";
  EXPECT_EQ(desk.use(3).outcome, Outcome::allowed);
  EXPECT_EQ(desk.commit(1, 2).outcome, Outcome::allowed);
  EXPECT_EQ(desk.counted(1).units, Amount{6});
  EXPECT_EQ(desk.use(100, Mode::best_effort).granted, Amount{1});
  desk.now.wall = utc("2024-06-01T00:00:00Z");
  EXPECT_EQ(desk.use(10).outcome, Outcome::allowed) << "the next period begins anew";
}

TEST(ShareUseSpec, CostsWhatTheBillSaysUnderWhateverGrant) {
  SharingDesk desk;
  SharingPolicy policy = metered(shared_policy({condition(cost_limit, lte, {"24"})}));
  policy.pricing = {.kind = PricingKind::tiered,
                    .meter = api_requests,
                    .bands = {{Amount{5}, 3}, {std::nullopt, 2}}};
  desk.offer(policy);
  EXPECT_EQ(desk.use(4).use_cost_micros, 12U);
  desk.hold({sharing_grant(2)});
  EXPECT_EQ(desk.use(3).use_cost_micros, 7U) << "one at 3 and two at 2";
  EXPECT_EQ(desk.use(3).sharing, ShareVerdict::cost_limit) << "25 in all";
  EXPECT_EQ(desk.use(2).use_cost_micros, 4U);
}

TEST(ShareUseSpec, OfAPublicPolicyIsNoFirstUseIfTooMuchWasUsedBefore) {
  SharingDesk desk;
  desk.offer(metered(open_to_all({condition(usage_limit, lte, {"10"})})));
  EXPECT_EQ(desk.use(8).outcome, Outcome::allowed);
  desk.hold({});
  EXPECT_EQ(desk.use(3).sharing, ShareVerdict::usage_limit);
  EXPECT_EQ(desk.use(2).sharing, ShareVerdict::first_use);
}

}  // namespace sluice
