// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/audit_sharing.hpp"
#include "tests/actors/tenant/sharing_parties.hpp"

namespace sluice {
namespace {

using namespace sharing_parties;
using testing::HasSubstr;

/// One consumer and its request, from step to step.
class SharingAccessSpec : public ::testing::Test {
protected:
  Result<AccessStep> ask(SharePermissions permissions = {}) {
    RequestAccess wish = asked_by(consumer.id, ++asked);
    wish.permissions = permissions;
    return ask(wish);
  }
  Result<AccessStep> ask(const RequestAccess& wish) {
    return take(request_access(
        {.policy = &policy, .consumer = consumer, .owner = owner, .was_revoked = was_revoked}, wish,
        sharing_tiers(), now));
  }
  /// As the consumer's host asks.
  Result<AccessStep> use_first() {
    RequestAccess wish = asked_by(consumer.id, ++asked);
    wish.occasion = AccessOccasion::first_use;
    return ask(wish);
  }
  /// The conditions alone decide. Why not; empty if it may ask.
  std::string objection_to(SharingCondition condition, std::optional<PeerAddress> peer = {}) {
    policy.conditions = {std::move(condition)};
    RequestAccess wish = asked_by(consumer.id, ++asked);
    wish.peer = peer;
    const auto step = ask(wish);
    return step.ok() ? "" : step.fault().context;
  }
  Result<AccessStep> decide(const AccessWish& wish) {
    return take(decide_access(request, &policy, consumer, wish, sharing_tiers(), now));
  }
  Result<AccessStep> approve(SharePermissions permissions = {},
                             std::optional<WallTime> until = std::nullopt) {
    return decide(ApproveAccess{sharer, request.id, permissions, until, "welcome"});
  }
  Result<AccessStep> expire() { return take(expire_access(request, &policy, consumer, now)); }

  SharingPolicy policy = policy_of_sharer();
  TenantDefinition consumer = party(asker);
  SharingRequest request;
  WallTime now = sharing_noon;
  Standing owner;
  bool was_revoked = false;

private:
  Result<AccessStep> take(Result<AccessStep> step) {
    if (step.ok()) {
      request = step.value().after;
      if (!step.value().change.consumers.empty()) {
        consumer = step.value().change.consumers.front();
      }
    }
    return step;
  }
  std::uint64_t asked = 0;
};

TEST_F(SharingAccessSpec, AnApprovedRequestIsAGrantOfTheSameId) {
  const auto step = ask(allowing(SharePermission::execute));
  ASSERT_TRUE(step.ok());
  EXPECT_EQ(request.state, SharingState::pending);
  EXPECT_TRUE(step.value().change.consumers.empty()) << "nothing is granted yet";
  const auto approved = approve({}, sharing_noon + std::chrono::hours{1});
  ASSERT_TRUE(approved.ok());
  EXPECT_EQ(approved.value().change.requests.front().from, SharingState::pending);
  ASSERT_EQ(consumer.shares.size(), 1U);
  EXPECT_EQ(consumer.shares.front(),
            (SharingGrant{request.id, shared_policy_id, sharer, allowing(SharePermission::execute),
                          sharing_noon, sharing_noon + std::chrono::hours{1}}));
  EXPECT_EQ(consumer.version, Version{5});
}

TEST_F(SharingAccessSpec, WhereNoApprovalIsNeededItIsGrantedAtOnce) {
  policy.requires_approval = false;
  ASSERT_TRUE(ask().ok());
  EXPECT_EQ(request.state, SharingState::approved);
  EXPECT_EQ(consumer.shares.size(), 1U);
  policy.requires_approval = true;
  policy.visibility = Visibility::everyone;
  consumer = party(bystander);
  ASSERT_TRUE(ask().ok());
  EXPECT_EQ(request.state, SharingState::approved) << "public is without a request";
}

TEST_F(SharingAccessSpec, NobodyGetsMoreThanThePolicyGivesOrWasAskedFor) {
  EXPECT_THAT(ask(allowing(SharePermission::modify)).fault().context, HasSubstr("permissions: "));
  EXPECT_FALSE(ask(allowing(SharePermission::admin)).ok());
  ASSERT_TRUE(ask(allowing(SharePermission::read)).ok());
  EXPECT_FALSE(approve(allowing(SharePermission::execute)).ok()) << "that was not asked for";
  policy.permissions = allowing(SharePermission::execute);
  EXPECT_FALSE(approve().ok()) << "the policy gives that no more";
  EXPECT_EQ(request.state, SharingState::pending);
}

TEST_F(SharingAccessSpec, OnlyTheOwnerDecidesAndOnlyTheConsumerWithdraws) {
  ASSERT_TRUE(ask().ok());
  const std::array<AccessWish, 4> wishes{
      ApproveAccess{asker, request.id, {}, {}, ""}, RejectAccess{bystander, request.id, ""},
      RevokeAccess{asker, request.id, ""}, WithdrawAccess{sharer, request.id}};
  for (const AccessWish& wish : wishes) {
    EXPECT_EQ(decide(wish).fault(), no_request(request.id)) << "as if it were not there";
  }
  EXPECT_EQ(request.state, SharingState::pending);
}

TEST_F(SharingAccessSpec, WhatChangedSinceItWasAskedForCountsWhenItIsApproved) {
  ASSERT_TRUE(ask().ok());
  policy.block = {asker};
  EXPECT_EQ(approve().fault().code, FaultCode::conflict) << "no secret to the owner";
  policy.block.clear();
  policy.expires_at = now;
  EXPECT_FALSE(approve().ok());
  policy.expires_at.reset();
  consumer.life.status = TenantStatus::suspended;
  EXPECT_FALSE(approve().ok());
  consumer.life.status = TenantStatus::active;
  EXPECT_FALSE(approve({}, now).ok()) << "an end that has passed";
  EXPECT_TRUE(approve().ok());
}

TEST_F(SharingAccessSpec, ARevokedGrantIsGoneAndMayBeAskedForAgain) {
  ASSERT_TRUE(ask().ok());
  ASSERT_TRUE(approve().ok());
  const SharingId first = request.id;
  ASSERT_TRUE(decide(RevokeAccess{sharer, request.id, "overuse"}).ok());
  EXPECT_TRUE(consumer.shares.empty());
  EXPECT_EQ(request.ended_at, now);
  EXPECT_EQ(request.reason, "overuse");
  ASSERT_TRUE(ask().ok());
  EXPECT_NE(request.id, first);
  EXPECT_TRUE(approve().ok());
}

TEST_F(SharingAccessSpec, WhoseAccessWasRevokedHasItAgainOnlyByTheOwnersApproval) {
  policy.visibility = Visibility::everyone;
  was_revoked = true;
  EXPECT_EQ(use_first().fault().code, FaultCode::conflict) << "a first use does not ask";
  ASSERT_TRUE(ask().ok());
  EXPECT_EQ(request.state, SharingState::pending) << "though the policy asks for no approval";
  EXPECT_TRUE(consumer.shares.empty());
  ASSERT_TRUE(approve().ok());
  EXPECT_EQ(consumer.shares.size(), 1U);
}

TEST_F(SharingAccessSpec, AFirstUseGrantsWhatIsPublicAndNothingElse) {
  policy.requires_approval = false;
  EXPECT_FALSE(use_first().ok()) << "a marketplace takes a request";
  policy.visibility = Visibility::everyone;
  ASSERT_TRUE(use_first().ok());
  EXPECT_EQ(request.state, SharingState::approved);
}

TEST_F(SharingAccessSpec, EveryConditionMustHoldWhenItIsAskedFor) {
  using enum ConditionKind;
  using enum ConditionOperator;
  consumer.region = "eu";
  consumer.compliance = {"gdpr"};
  const auto home = parse_peer_address("192.0.2.7");
  const auto refused_by = [](std::string_view kind) {
    return HasSubstr("condition: " + std::string{kind} + ": ");
  };
  EXPECT_THAT(objection_to({tier_minimum, gte, {"enterprise"}}), refused_by("tier_minimum"));
  EXPECT_EQ(objection_to({tier_minimum, gte, {"starter"}}), "");
  EXPECT_THAT(objection_to({tier_exact, eq, {"enterprise"}}), refused_by("tier_exact"));
  EXPECT_EQ(objection_to({tier_exact, eq, {"starter"}}), "");
  EXPECT_THAT(objection_to({region, in, {"us"}}), refused_by("region"));
  EXPECT_EQ(objection_to({region, in, {"eu"}}), "");
  EXPECT_THAT(objection_to({compliance, in, {"hipaa"}}), refused_by("compliance"));
  EXPECT_EQ(objection_to({compliance, in, {"gdpr"}}), "");
  EXPECT_THAT(objection_to({time_window, in, {"13:00-14:00"}}), refused_by("time_window"));
  EXPECT_EQ(objection_to({time_window, in, {"12:00-13:00"}}), "");
  EXPECT_THAT(objection_to({ip_allowlist, in, {"10.0.0.0/8"}}, home), refused_by("ip_allowlist"));
  EXPECT_THAT(objection_to({ip_allowlist, in, {"10.0.0.0/8"}}), refused_by("ip_allowlist"));
  EXPECT_EQ(objection_to({ip_allowlist, in, {"192.0.2.0/24"}}, home), "");
  EXPECT_THAT(objection_to({usage_limit, lt, {"0"}}), refused_by("usage_limit"));
  EXPECT_EQ(objection_to({usage_limit, lte, {"0"}}), "") << "nothing is used yet";
  EXPECT_THAT(objection_to({cost_limit, lt, {"0"}}), refused_by("cost_limit"));
  EXPECT_EQ(objection_to({cost_limit, lte, {"0"}}), "");
}

TEST_F(SharingAccessSpec, NobodyAsksAnOwnerThatIsNotActive) {
  Lifecycle suspended;
  suspended.status = TenantStatus::suspended;
  owner = Standing{suspended};
  EXPECT_THAT(ask().fault().context, HasSubstr("owner: "));
  owner = {};
  EXPECT_TRUE(ask().ok());
}

TEST_F(SharingAccessSpec, EndsByItsOwnEndOrThatOfThePolicyAndNotBefore) {
  ASSERT_TRUE(ask().ok());
  ASSERT_TRUE(approve({}, sharing_noon + Duration{10}).ok());
  EXPECT_EQ(expire().fault().code, FaultCode::conflict);
  policy.expires_at = sharing_noon + Duration{5};
  now = sharing_noon + Duration{7};
  ASSERT_TRUE(expire().ok());
  EXPECT_EQ(request.state, SharingState::expired);
  EXPECT_EQ(request.ended_at, sharing_noon + Duration{5}) << "however late that was noticed";
  EXPECT_TRUE(consumer.shares.empty());
}

TEST_F(SharingAccessSpec, TakesWordsOfUpTo500Characters) {
  RequestAccess wish = asked_by(asker, 1);
  wish.message = std::string(501, 'a');
  EXPECT_THAT(ask(wish).fault().context, HasSubstr("message: "));
  ASSERT_TRUE(ask().ok());
  EXPECT_THAT(decide(RejectAccess{sharer, request.id, "\x01"}).fault().context,
              HasSubstr("reason: "));
}

TEST_F(SharingAccessSpec, NoTenantHoldsMoreGrantsThanTheBound) {
  ASSERT_TRUE(ask().ok());
  for (std::uint64_t i = 0; i < sharing_grants_per_tenant_max; ++i) {
    consumer.shares.push_back({.id = {1, i}});
  }
  EXPECT_EQ(approve().fault().code, FaultCode::limit_exceeded);
}

TEST_F(SharingAccessSpec, IsToldInTheChainsOfBothOfTheActorFirst) {
  const auto made = ask();
  ASSERT_EQ(made.value().audit.size(), 2U);
  EXPECT_EQ(made.value().audit[0].tenant, asker);
  EXPECT_EQ(made.value().audit[1].tenant, sharer);
  const auto approved = approve();
  EXPECT_EQ(approved.value().audit[0].tenant, sharer);
  EXPECT_EQ(approved.value().audit[0].action, AuditAction::access_approved);
  EXPECT_THAT(approved.value().audit[0].before, HasSubstr(R"("state":"pending")"));
  EXPECT_THAT(approved.value().audit[0].after, HasSubstr(R"("state":"approved")"));
}

TEST_F(SharingAccessSpec, WhoWorksForOneTenantIsNothingThatTheOtherIsTold) {
  const Author member{"member", "ann", "token of ann", "192.0.2.1"};
  EXPECT_EQ(author_for(member, sharer, sharer), member);
  const Author told = author_for(member, sharer, asker);
  EXPECT_THAT(told.name, HasSubstr(to_string(sharer)));
  EXPECT_EQ(told.credential + told.address, "");
  const Author platform{"operator", "ops", "key 1", "192.0.2.9"};
  EXPECT_EQ(author_for(platform, sharer, asker), platform);
}

/// Every wish in every state: what the specification's table does not have changes nothing.
TEST_F(SharingAccessSpec, OnlyTheStepsOfTheTableAreMade) {
  using enum SharingState;
  const std::array<AccessWish, 4> wishes{ApproveAccess{sharer, {}, {}, {}, ""},
                                         RejectAccess{sharer, {}, ""}, WithdrawAccess{asker, {}},
                                         RevokeAccess{sharer, {}, ""}};
  const std::array<SharingState, 4> to{approved, rejected, withdrawn, revoked};
  for (const SharingState from : {pending, approved, rejected, withdrawn, revoked, expired}) {
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      SharingRequest before;
      before.policy = shared_policy_id;
      before.owner = sharer;
      before.consumer = asker;
      before.permissions = allowing(SharePermission::read);
      before.state = from;
      const auto step = decide_access(before, &policy, consumer, wishes[i], sharing_tiers(), now);
      const bool in_table = from == (to[i] == revoked ? approved : pending);
      ASSERT_EQ(step.ok(), in_table) << i;
      if (in_table) {
        EXPECT_EQ(step.value().after.state, to[i]);
      } else {
        EXPECT_EQ(step.fault().code, FaultCode::conflict);
      }
    }
  }
}

}  // namespace
}  // namespace sluice
