// SPDX-License-Identifier: Apache-2.0
// Goal    Over the wire nobody shares, grants or takes what is another tenant's.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "protocol/codec_sharing.hpp"
#include "server/rpc/sharing_rules.hpp"
#include "tests/server/rpc/rpc_access_fixture.hpp"

namespace sluice::testing {

/// Tenant 1 shares; members are of tenant 1, and keys of either.
class RpcSharing : public RpcAccessFixture {
protected:
  /// Somebody at work, with a connection for each call: a thread has one loop.
  struct Sharer {
    /// Makes the request for that tenant; what it answers, or what is wrong.
    template <class T, class Make, class Decode>
    Result<T> answer(Make make, TenantId by, Decode decode) {
      RpcPeer peer(port);
      const auto entered = peer.enter(credential);
      auto request = make(entered->answer().getWelcome().getTenantAdmin());
      encode_ref(by, request.initTenant());
      const auto asked = peer.ask(kj::mv(request));
      const auto told = asked->answer().getAnswer();
      return told.isFault() ? Result<T>{decode_fault(told.getFault())} : decode(told.getValue());
    }
    Result<SharingPolicy> put(TenantId by, const PolicyWish& wish, TenantId named = {}) {
      const auto make = [&](wire::TenantAdmin::Client admin) {
        auto request = admin.putPolicyRequest();
        encode_put_policy(wish, request);
        encode_id(named, request.getPolicy().initOwner());
        return request;
      };
      return answer<SharingPolicy>(make, by, decode_policy);
    }
    Result<SharingPolicy> show(TenantId by, PolicyId id) {
      const auto make = [&](wire::TenantAdmin::Client admin) {
        auto request = admin.showPolicyRequest();
        encode_uuid(id, request.initPolicy());
        return request;
      };
      return answer<SharingPolicy>(make, by, decode_policy);
    }
    Result<SharingRequest> ask(TenantId by, PolicyId id, const std::string& from = "") {
      const auto make = [&](wire::TenantAdmin::Client admin) {
        auto request = admin.requestAccessRequest();
        encode_uuid(id, request.initPolicy());
        request.setPeer(from);
        return request;
      };
      return answer<SharingRequest>(make, by, decode_request);
    }
    Result<SharingRequest> approve(TenantId by, SharingId id) {
      const auto make = [&](wire::TenantAdmin::Client admin) {
        auto request = admin.approveAccessRequest();
        encode_uuid(id, request.initRequest());
        return request;
      };
      return answer<SharingRequest>(make, by, decode_request);
    }
    Result<SharingRequest> revoke(TenantId by, SharingId id) {
      const auto make = [&](wire::TenantAdmin::Client admin) {
        auto request = admin.revokeAccessRequest();
        encode_uuid(id, request.initRequest());
        return request;
      };
      return answer<SharingRequest>(make, by, decode_request);
    }

    std::uint16_t port;
    std::string credential;
  };

  std::string key_of(TenantId of) {
    return make_key(CallerKind::operator_, {Permission::sharing_read, Permission::sharing_write},
                    std::vector{of});
  }
  static PolicyWish wish(const std::string& id = "gpt-x") {
    PolicyWish one;
    one.policy.resource = {ResourceType::model, id};
    one.policy.visibility = Visibility::marketplace;
    one.policy.permissions.add(SharePermission::read);
    return one;
  }
  std::size_t denials(TenantId of) {
    const auto events = database.audit(of);
    return static_cast<std::size_t>(
        std::ranges::count(events, AuditAction::access_denied,
                           [](const AuditEvent& event) { return event.what.action; }));
  }
};

TEST_F(RpcSharing, TheOwnerSharesTheConsumerAsksAndTheOwnerGrants) {
  Sharer owner{port(), member_token(Role::admin)};
  const auto put = owner.put(tenant(1), wish());
  ASSERT_TRUE(put.ok()) << put.fault().context;
  EXPECT_EQ(put.value().owner, tenant(1));
  Sharer consumer{port(), key_of(tenant(2))};
  const auto asked = consumer.ask(tenant(2), put.value().id);
  ASSERT_TRUE(asked.ok()) << asked.fault().context;
  const auto granted = owner.approve(tenant(1), asked.value().id);
  ASSERT_TRUE(granted.ok()) << granted.fault().context;
  EXPECT_EQ(granted.value().state, SharingState::approved);
  EXPECT_EQ(owner.revoke(tenant(1), asked.value().id).value().state, SharingState::revoked);
}

TEST_F(RpcSharing, NobodyApprovesForAnotherTenant) {
  Sharer owner{port(), key_of(tenant(1))};
  const PolicyId policy = owner.put(tenant(1), wish()).value().id;
  Sharer consumer{port(), key_of(tenant(2))};
  const SharingId asked = consumer.ask(tenant(2), policy).value().id;
  EXPECT_EQ(consumer.approve(tenant(1), asked).fault().code, FaultCode::permission_denied);
  const auto own = consumer.approve(tenant(2), asked);
  EXPECT_EQ(own.fault(), no_request(asked)) << "as if it were not there";
  EXPECT_EQ(consumer.approve(tenant(2), {1, 1}).fault(), no_request({1, 1}));
  EXPECT_TRUE(database.wait_until([&] { return denials(tenant(1)) == 2U; }));
}

TEST_F(RpcSharing, WhoOwnsAPolicyIsNotWhatTheCallSays) {
  Sharer owner{port(), key_of(tenant(1))};
  const SharingPolicy policy = owner.put(tenant(1), wish()).value();
  Sharer other{port(), key_of(tenant(2))};
  EXPECT_EQ(other.put(tenant(2), wish("other"), tenant(1)).fault().code,
            FaultCode::invalid_argument);
  PolicyWish stolen = wish();
  stolen.policy.id = policy.id;
  EXPECT_EQ(other.put(tenant(2), stolen).fault(), no_policy(policy.id));
  EXPECT_EQ(other.put(tenant(2), wish()).fault().code, FaultCode::already_exists)
      << "the resource is somebody's";
  EXPECT_EQ(owner.show(tenant(1), policy.id).value(), policy);
  EXPECT_TRUE(database.wait_until([&] { return denials(tenant(1)) == 3U; })) << "he hears of each";
}

TEST_F(RpcSharing, WhatIsPrivateOrBlockedIsNotThere) {
  Sharer owner{port(), key_of(tenant(1))};
  PolicyWish hidden = wish();
  hidden.policy.visibility = Visibility::owner;
  const PolicyId closed = owner.put(tenant(1), hidden).value().id;
  PolicyWish blocking = wish("other");
  blocking.policy.block = {tenant(2)};
  const PolicyId blocked = owner.put(tenant(1), blocking).value().id;
  Sharer other{port(), key_of(tenant(2))};
  for (const PolicyId id : {closed, blocked}) {
    EXPECT_EQ(other.show(tenant(2), id).fault(), no_policy(id));
    EXPECT_EQ(other.ask(tenant(2), id).fault(), no_policy(id));
  }
  EXPECT_TRUE(database.wait_until([&] { return denials(tenant(1)) == 4U; }));
}

TEST_F(RpcSharing, AMemberDoesNotDivideTheRevenueOtherwise) {
  Sharer owner{port(), member_token(Role::owner)};
  PolicyWish dividing = wish();
  dividing.keeps_revenue = false;
  dividing.policy.revenue.owner_basis_points = 9'000;
  EXPECT_EQ(owner.put(tenant(1), dividing).fault().code, FaultCode::permission_denied);
  dividing.policy.revenue = {};
  EXPECT_TRUE(owner.put(tenant(1), dividing).ok()) << "as it is divided anyway";
}

TEST_F(RpcSharing, APutOfTheRevenueThatThereIsDoesNotUndoAChangeOfItMeanwhile) {
  Sharer owner{port(), key_of(tenant(1))};
  PolicyWish again = wish();
  again.policy = owner.put(tenant(1), wish()).value();
  again.keeps_revenue = false;
  EXPECT_FALSE(changes_revenue(*engine, again));
  EXPECT_TRUE(again.keeps_revenue) << "whatever it is when it is written";
  again.keeps_revenue = false;
  again.policy.revenue.owner_basis_points = 1;
  EXPECT_TRUE(changes_revenue(*engine, again));
  EXPECT_FALSE(again.keeps_revenue);
}

TEST_F(RpcSharing, ARequestIsMadeFromTheCallersAddressUnlessItSaysAnother) {
  Sharer owner{port(), key_of(tenant(1))};
  PolicyWish near = wish();
  near.policy.conditions = {{ConditionKind::ip_allowlist, ConditionOperator::in, {"192.0.2.0/24"}}};
  const PolicyId far = owner.put(tenant(1), near).value().id;
  Sharer other{port(), key_of(tenant(2))};
  EXPECT_EQ(other.ask(tenant(2), far).fault().code, FaultCode::conflict);
  EXPECT_EQ(other.ask(tenant(2), far, "home").fault().code, FaultCode::invalid_argument);
  EXPECT_TRUE(other.ask(tenant(2), far, "192.0.2.7").ok());
  PolicyWish local = wish("local");
  local.policy.conditions = {{ConditionKind::ip_allowlist, ConditionOperator::in, {"127.0.0.0/8"}}};
  EXPECT_TRUE(other.ask(tenant(2), owner.put(tenant(1), local).value().id).ok());
}

}  // namespace sluice::testing
