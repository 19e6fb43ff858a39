// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

/// Tenant 1 shares, tenants 2 to 4 ask.
class StoredSharing : public StoreContract {
protected:
  static constexpr WallTime noon{std::chrono::hours{12}};

  void SetUp() override {
    StoreContract::SetUp();
    for (std::uint64_t number = 1; number <= 4; ++number) {
      ASSERT_TRUE(done(store->create(deed(epoch), tenant(number))));
    }
  }
  /// With everything that one may have.
  static SharingPolicy policy(std::uint64_t number, std::uint64_t owner = 1) {
    SharingPolicy one;
    one.id = {7, number};
    one.owner = tenant_id(owner);
    one.resource = {ResourceType::model, "gpt-" + std::to_string(number)};
    one.title = "“Größer”, it's \"said\"";
    one.visibility = Visibility::marketplace;
    one.permissions = SharePermissions::of_bits(0x3F);
    one.allow = {tenant_id(2), tenant_id(3)};
    one.block = {tenant_id(4)};
    one.conditions = {{ConditionKind::region, ConditionOperator::in, {"eu", "us"}},
                      {ConditionKind::usage_limit, ConditionOperator::lte, {"100"}}};
    one.pricing.kind = PricingKind::tiered;
    one.pricing.currency = "EUR";
    one.pricing.period = BillingPeriod::week;
    one.pricing.meter = MeterId{2};
    one.pricing.per = Amount{1'000};
    one.pricing.bands = {{Amount{10}, 5}, {std::nullopt, 3}};
    one.revenue = {7'500, 1'000'000, PayoutSchedule::weekly};
    one.requires_approval = false;
    one.max_consumers = 3;
    one.expires_at = noon;
    one.created_at = WallTime{Duration{5}};
    one.updated_at = WallTime{Duration{6}};
    one.version = Version{1};
    return one;
  }
  static SharingRequest request(std::uint64_t number, std::uint64_t consumer) {
    SharingRequest one;
    one.id = {9, number};
    one.policy = {7, 1};
    one.owner = tenant_id(1);
    one.consumer = tenant_id(consumer);
    one.permissions = SharePermissions::of_bits(3);
    one.message = "bitte";
    one.created_at = WallTime{Duration{7}};
    return one;
  }
  /// The request, approved, and its consumer with the grant.
  static SharingChange approval(SharingRequest of, TenantDefinition consumer) {
    SharingChange change;
    const SharingState from = of.state;
    of.state = SharingState::approved;
    of.decided_at = WallTime{Duration{8}};
    consumer = next(std::move(consumer));
    consumer.shares.push_back(
        {of.id, of.policy, of.owner, of.permissions, WallTime{Duration{8}}, of.expires_at});
    change.requests = {{of, from}};
    change.consumers = {std::move(consumer)};
    return change;
  }
  Result<Done> change(const SharingChange& wish, std::vector<AuditDraft> audit = {}) {
    return store->change_sharing({epoch, std::move(audit)}, wish);
  }
  void put(const SharingPolicy& one) { ASSERT_TRUE(done(change({.put = one}))); }
  void ask(const SharingRequest& one) {
    ASSERT_TRUE(done(change({.requests = {{one, std::nullopt}}})));
  }
  [[nodiscard]] SharingPage requests(const SharingQuery& query) {
    return other->sharing_requests(query).value();
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredSharing, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(StoredSharing, OutlivesARestartWithEverythingThatItHas) {
  put(policy(1));
  ask(request(1, 2));
  ASSERT_TRUE(done(change(approval(request(1, 2), tenant(2)))));
  restart();
  EXPECT_EQ(store->policies().value(), std::vector{policy(1)});
  EXPECT_EQ(store->policy({7, 1}).value(), policy(1));
  EXPECT_EQ(store->policy({7, 9}).value(), std::nullopt);
  SharingRequest approved = request(1, 2);
  approved.state = SharingState::approved;
  approved.decided_at = WallTime{Duration{8}};
  EXPECT_EQ(store->sharing_request({9, 1}).value(), approved);
  ASSERT_EQ(stored(tenant_id(2)).definition.shares.size(), 1U);
  EXPECT_EQ(stored(tenant_id(2)).definition, approval(request(1, 2), tenant(2)).consumers.front());
  const TenantPage page = store->list({}).value();
  EXPECT_EQ(page.tenants.at(1).shares.size(), 1U) << "a definition is whole wherever it is read";
}

TEST_P(StoredSharing, TellsWhetherTheLastGrantOfAConsumerWasRevoked) {
  put(policy(1));
  const auto end = [&](std::uint64_t number, SharingState as, WallTime at) {
    SharingRequest ended = request(number, 2);
    ended.state = as;
    ended.decided_at = WallTime{Duration{8}};
    ended.ended_at = at;
    ask(ended);
  };
  const auto was_revoked = [&](PolicyId of, std::uint64_t by) {
    return store->was_revoked(of, tenant_id(by)).value();
  };
  EXPECT_FALSE(was_revoked({7, 1}, 2)) << "it had none";
  end(2, SharingState::revoked, noon);
  EXPECT_TRUE(was_revoked({7, 1}, 2));
  EXPECT_FALSE(was_revoked({7, 2}, 2));
  EXPECT_FALSE(was_revoked({7, 1}, 3));
  SharingRequest refused = request(3, 2);
  refused.state = SharingState::rejected;
  refused.decided_at = noon + Duration{1};
  ask(refused);
  EXPECT_TRUE(was_revoked({7, 1}, 2)) << "to be refused is not to be granted";
  end(1, SharingState::expired, noon + Duration{2});
  EXPECT_FALSE(was_revoked({7, 1}, 2)) << "it was granted since";
}

TEST_P(StoredSharing, TellsWhatWasDecidedAboutTenantsWithoutWhatTheySpent) {
  const auto found =
      store->definitions(std::vector{tenant_id(2), tenant_id(9), tenant_id(3)}).value();
  ASSERT_EQ(found.size(), 2U);
  for (const TenantDefinition& one : found) {
    EXPECT_EQ(one, stored(one.id).definition);
  }
}

TEST_P(StoredSharing, LabelsOfATenantAreKept) {
  TenantDefinition labelled = next(tenant(2));
  labelled.compliance = {"hipaa", "soc2"};
  ASSERT_TRUE(done(store->replace(deed(epoch), labelled)));
  EXPECT_EQ(stored(tenant_id(2)).definition, labelled);
}

TEST_P(StoredSharing, AResourceIsOneOwnersUntilItsPolicyIsGone) {
  put(policy(1));
  SharingPolicy second = policy(2, 2);
  second.resource = policy(1).resource;
  EXPECT_TRUE(refused(change({.put = second}), FaultCode::already_exists, "resource"));
  ASSERT_TRUE(done(change({.removed = PolicyId{7, 1}})));
  EXPECT_TRUE(done(change({.put = second})));
  EXPECT_TRUE(refused(change({.removed = PolicyId{7, 1}}), FaultCode::not_found, ""));
}

TEST_P(StoredSharing, APolicyIsReplacedAfterTheVersionBeforeOnly) {
  put(policy(1));
  SharingPolicy changed = policy(1);
  changed.version = Version{3};
  EXPECT_TRUE(refused(change({.put = changed}), FaultCode::conflict, ""));
  changed.version = Version{2};
  changed.max_consumers.reset();
  changed.expires_at.reset();
  changed.pricing = {};
  changed.conditions.clear();
  ASSERT_TRUE(done(change({.put = changed})));
  EXPECT_EQ(store->policy({7, 1}).value(), changed);
  EXPECT_TRUE(refused(change({.put = policy(9, 99)}), FaultCode::not_found, ""));
}

TEST_P(StoredSharing, AConsumerHasOneOpenRequestForAPolicy) {
  put(policy(1));
  ask(request(1, 2));
  EXPECT_TRUE(refused(change({.requests = {{request(2, 2), std::nullopt}}}),
                      FaultCode::already_exists, "policy"));
  SharingRequest withdrawn = request(1, 2);
  withdrawn.state = SharingState::withdrawn;
  ASSERT_TRUE(done(change({.requests = {{withdrawn, SharingState::pending}}})));
  EXPECT_TRUE(done(change({.requests = {{request(2, 2), std::nullopt}}})));
}

TEST_P(StoredSharing, ARequestMovesOnlyFromTheStateThatItIsIn) {
  put(policy(1));
  ask(request(1, 2));
  SharingRequest revoked = request(1, 2);
  revoked.state = SharingState::revoked;
  EXPECT_TRUE(refused(change({.requests = {{revoked, SharingState::approved}}}),
                      FaultCode::conflict, "state"));
  EXPECT_EQ(store->sharing_request({9, 1}).value()->state, SharingState::pending);
}

TEST_P(StoredSharing, NoMoreGrantsStandThanMay) {
  put(policy(1));
  for (std::uint64_t consumer = 2; consumer <= 4; ++consumer) {
    ask(request(consumer, consumer));
  }
  const auto approve = [&](std::uint64_t consumer) {
    SharingChange one = approval(request(consumer, consumer), tenant(consumer));
    one.grants_max = 2;
    return change(one);
  };
  EXPECT_TRUE(done(approve(2)));
  EXPECT_TRUE(done(approve(3)));
  EXPECT_TRUE(refused(approve(4), FaultCode::limit_exceeded, "max_consumers"));
  EXPECT_EQ(store->sharing_request({9, 4}).value()->state, SharingState::pending);
  EXPECT_TRUE(stored(tenant_id(4)).definition.shares.empty()) << "all or nothing";
}

TEST_P(StoredSharing, AStepOfAConsumerThatChangedMeanwhileIsNotMade) {
  put(policy(1));
  ask(request(1, 2));
  ASSERT_TRUE(done(store->replace(deed(epoch), next(tenant(2)))));
  EXPECT_TRUE(refused(change(approval(request(1, 2), tenant(2))), FaultCode::conflict, ""));
  EXPECT_EQ(store->sharing_request({9, 1}).value()->state, SharingState::pending);
}

TEST_P(StoredSharing, GrantsStayWhenTheirHolderIsChanged) {
  put(policy(1));
  ask(request(1, 2));
  ASSERT_TRUE(done(change(approval(request(1, 2), tenant(2)))));
  TenantDefinition renamed = next(stored(tenant_id(2)).definition);
  renamed.name = "Else";
  ASSERT_TRUE(done(store->replace(deed(epoch), renamed)));
  EXPECT_EQ(stored(tenant_id(2)).definition, renamed);
  EXPECT_EQ(renamed.shares.size(), 1U);
}

TEST_P(StoredSharing, IsListedFromBothSidesAndToNobodyElse) {
  put(policy(1));
  for (std::uint64_t consumer = 2; consumer <= 4; ++consumer) {
    ask(request(consumer, consumer));
  }
  const auto page = requests({.tenant = tenant_id(1), .page_size = 2});
  ASSERT_EQ(page.requests.size(), 2U);
  EXPECT_TRUE(page.more);
  EXPECT_EQ(page.requests.front(), request(2, 2));
  EXPECT_EQ(requests({.tenant = tenant_id(1), .after = page.requests.back().id}).requests,
            std::vector{request(4, 4)});
  EXPECT_EQ(requests({.tenant = tenant_id(3), .side = SharingSide::consumer}).requests,
            std::vector{request(3, 3)});
  EXPECT_TRUE(requests({.tenant = tenant_id(3)}).requests.empty());
  EXPECT_TRUE(requests({.tenant = tenant_id(1), .policy = PolicyId{7, 2}}).requests.empty());
  EXPECT_TRUE(requests({.tenant = tenant_id(1), .state = SharingState::approved}).requests.empty());
  EXPECT_EQ(requests({.tenant = tenant_id(1), .open = true}).requests.size(), 3U);
  EXPECT_TRUE(
      refused(store->sharing_requests({.page_size = 0}), FaultCode::invalid_argument, "page_size"));
}

TEST_P(StoredSharing, WhatTimeEndsIsDueFromItsInstantOn) {
  SharingPolicy first = policy(1);
  put(first);
  SharingRequest ending = request(1, 2);
  ending.expires_at = noon - Duration{1};
  ask(ending);
  EXPECT_TRUE(store->due_sharing(noon, 10).value().grants.empty()) << "it is only pending";
  ASSERT_TRUE(done(change(approval(ending, tenant(2)))));
  EXPECT_TRUE(store->due_sharing(noon - Duration{2}, 10).value().grants.empty());
  EXPECT_EQ(store->due_sharing(noon - Duration{1}, 10).value().grants.size(), 1U);
  EXPECT_TRUE(store->due_sharing(noon - Duration{1}, 10).value().policies.empty());
  EXPECT_EQ(store->due_sharing(noon, 10).value().policies, std::vector{first});
  ASSERT_TRUE(done(change({.swept = first.id})));
  EXPECT_TRUE(store->due_sharing(noon, 10).value().policies.empty());
  first.version = Version{2};
  put(first);
  EXPECT_EQ(store->due_sharing(noon, 10).value().policies.size(), 1U) << "put again, due again";
}

TEST_P(StoredSharing, ComesWithTheEventsOfBothOrNotAtAll) {
  const auto events = [&](std::uint64_t of) {
    return store->audit_page({.tenant = tenant_id(of)}).value().events.size();
  };
  const std::vector<AuditDraft> audit{
      {.tenant = tenant_id(1), .action = AuditAction::access_requested},
      {.tenant = tenant_id(2), .action = AuditAction::access_requested}};
  put(policy(1));
  ASSERT_TRUE(done(change({.requests = {{request(1, 2), std::nullopt}}}, audit)));
  EXPECT_EQ(events(1), 1U);
  EXPECT_EQ(events(2), 1U);
  EXPECT_FALSE(change({.requests = {{request(2, 2), std::nullopt}}}, audit).ok());
  EXPECT_EQ(events(1), 1U);
  EXPECT_EQ(events(2), 1U);
}

TEST_P(StoredSharing, GoesWithItsTenants) {
  put(policy(1));
  ask(request(1, 2));
  ask(request(2, 3));
  ASSERT_TRUE(done(change(approval(request(1, 2), tenant(2)))));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(3))));
  EXPECT_EQ(store->sharing_request({9, 2}).value(), std::nullopt);
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  EXPECT_TRUE(store->policies().value().empty());
  EXPECT_EQ(store->sharing_request({9, 1}).value(), std::nullopt);
  EXPECT_TRUE(stored(tenant_id(2)).definition.shares.empty());
}

TEST_P(StoredSharing, IsWrittenByTheOwnerOfTheShardsAlone) {
  const SharedDeed stale{Epoch{epoch.raw() - 1}, {}};
  EXPECT_TRUE(refused(store->change_sharing(stale, {.put = policy(1)}), FaultCode::fenced, ""));
  EXPECT_TRUE(store->policies().value().empty());
}

}  // namespace sluice::test
