// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/server/rpc/rpc_access_fixture.hpp"

namespace sluice::testing {

class RpcAudit : public RpcAccessFixture {
protected:
  ~RpcAudit() noexcept override = default;

  /// Calls something on a connection of its own.
  template <class Call>
  void as(const std::string& credential, Call call) {
    RpcPeer peer(port());
    const auto entered = peer.enter(credential);
    call(peer, entered->answer().getWelcome().getTenantAdmin());
  }
  void rename(const std::string& credential, TenantId id, const std::string& name) {
    as(credential, [&](RpcPeer& peer, wire::TenantAdmin::Client administration) {
      auto request = administration.editTenantRequest();
      encode_ref(id, request.initTenant());
      request.initEdit().setName(name);
      EXPECT_TRUE(peer.ask(kj::mv(request))->answer().getAnswer().isValue());
    });
  }
  Result<AuditPage> trail(const std::string& credential, std::optional<TenantId> chain,
                          const AuditQuery& query = {}) {
    Result<AuditPage> page = AuditPage{};
    as(credential, [&](RpcPeer& peer, wire::TenantAdmin::Client administration) {
      auto request = administration.auditTrailRequest();
      if (chain) {
        encode_ref(*chain, request.initTenant());
      }
      encode_audit_query(query, request);
      const auto asked = peer.ask(kj::mv(request));
      const auto answer = asked->answer().getAnswer();
      page = answer.isFault() ? Result<AuditPage>(decode_fault(answer.getFault()))
                              : decode_audit_page(answer.getValue());
    });
    return page;
  }
  [[nodiscard]] std::vector<AuditEvent> denied_at(TenantId chain) const {
    std::vector<AuditEvent> events = database.audit(chain);
    std::erase_if(events, [](const AuditEvent& event) {
      return event.what.action != AuditAction::access_denied;
    });
    return events;
  }
  std::string operator_key() { return make_key(CallerKind::operator_, PermissionSet::all()); }
};

TEST_F(RpcAudit, NamesTheCredentialAndWhereItCameFrom) {
  const std::string key = operator_key();
  rename(key, tenant(1), "Another");
  const auto page = trail(key, tenant(1));
  ASSERT_TRUE(page.ok()) << page.fault().context;
  ASSERT_EQ(page.value().events.size(), 1U);
  const AuditDraft what = page.value().events[0].what;
  EXPECT_EQ(what.action, AuditAction::tenant_edited);
  EXPECT_EQ(what.author.kind, "operator");
  EXPECT_EQ(what.author.name, "a key");
  EXPECT_EQ(what.author.credential, "key:" + to_string(auth::read_api_key(key)->id));
  EXPECT_TRUE(what.author.address.starts_with("127.0.0.1:")) << what.author.address;
  EXPECT_EQ(what.after, R"({"name":"Another"})");
}

TEST_F(RpcAudit, NamesAMemberByItsUser) {
  const std::string owner = member_token(Role::owner);
  rename(owner, tenant(1), "Ours");
  const auto page = trail(owner, tenant(1), {.author = "u"});
  ASSERT_TRUE(page.ok()) << page.fault().context;
  ASSERT_EQ(page.value().events.size(), 1U);
  EXPECT_EQ(page.value().events[0].what.author.kind, "member");
}

TEST_F(RpcAudit, IsAskedByActionAndReadInPages) {
  const std::string key = operator_key();
  for (const char* name : {"One", "Two", "Three"}) {
    rename(key, tenant(1), name);
  }
  EXPECT_TRUE(trail(key, tenant(1), {.action = AuditAction::limit_put}).value().events.empty());
  const AuditPage first = trail(key, tenant(1), {.page_size = 2}).value();
  EXPECT_TRUE(first.more);
  const AuditPage rest = trail(key, tenant(1), {.after = 2, .page_size = 2}).value();
  ASSERT_EQ(rest.events.size(), 1U);
  EXPECT_EQ(rest.events[0].number, 3U);
}

TEST_F(RpcAudit, OfThePlatformIsForThoseWhoAreForAll) {
  EXPECT_TRUE(trail(operator_key(), std::nullopt).ok());
  EXPECT_EQ(trail(member_token(Role::owner), std::nullopt).fault().code,
            FaultCode::permission_denied);
}

TEST_F(RpcAudit, TellsATenantWhoAskedForItWithoutTheRight) {
  as(member_token(Role::owner), [&](RpcPeer& peer, wire::TenantAdmin::Client administration) {
    auto request = administration.showTenantRequest();
    encode_ref(tenant(2), request.initTenant());
    EXPECT_TRUE(peer.ask(kj::mv(request))->answer().getAnswer().isFault());
  });
  ASSERT_TRUE(database.wait_until([this] { return database.audit(tenant(2)).size() == 1; }));
  const AuditDraft what = database.audit(tenant(2)).at(0).what;
  EXPECT_EQ(what.action, AuditAction::access_denied);
  EXPECT_EQ(what.subject, "tenant:read");
  EXPECT_EQ(what.author.name, "u");
}

TEST_F(RpcAudit, TellsATenantWhoTookAMembersCapabilityForAnOperators) {
  as(member_token(Role::owner), [&](RpcPeer& peer, wire::TenantAdmin::Client administration) {
    auto request = administration.castAs<wire::Operator>().removeLimitRequest();
    encode_ref(tenant(1), request.initTenant());
    request.setName("total");
    EXPECT_TRUE(peer.ask(kj::mv(request))->refused());
  });
  ASSERT_TRUE(database.wait_until([this] { return database.audit(tenant(1)).size() == 1; }));
  EXPECT_EQ(database.audit(tenant(1)).at(0).what.action, AuditAction::access_denied);
  EXPECT_EQ(database.audit(tenant(1)).at(0).what.subject, "quotas:write");
}

TEST_F(RpcAudit, TellsATenantOfAnOperatorWhoLacksTheRightEverywhere) {
  const auto edit = [this](const std::string& credential, const std::string& slug) {
    as(credential, [&](RpcPeer& peer, wire::TenantAdmin::Client administration) {
      auto request = administration.editTenantRequest();
      request.initTenant().setSlug(slug);
      request.initEdit().setName("Mine");
      const auto asked = peer.ask(kj::mv(request));
      EXPECT_EQ(asked->answer().getAnswer().getFault().getCode(),
                wire::FaultCode::PERMISSION_DENIED);
    });
  };
  const std::string reader = make_key(CallerKind::operator_, PermissionSet::reads());
  edit(reader, "tenant-2");
  ASSERT_TRUE(database.wait_until([this] { return database.audit(tenant(2)).size() == 1; }));
  EXPECT_EQ(database.audit(tenant(2)).at(0).what.subject, "tenant:write");
  EXPECT_TRUE(database.alerts().empty()) << "the tenant is one of his";
  edit(make_key(CallerKind::operator_, PermissionSet::reads(), std::vector{tenant(1)}), "tenant-2");
  ASSERT_TRUE(database.wait_until([this] { return database.audit(tenant(2)).size() == 2; }));
  EXPECT_EQ(database.alerts().size(), 1U);
  edit(reader, "no-such-tenant");
  ASSERT_TRUE(database.wait_until([this] { return !denied_at(TenantId{}).empty(); }));
}

TEST_F(RpcAudit, RecordsAGatewayThatSpendsOfOthersOnceForEachCall) {
  const std::vector own{tenant(1)};
  RpcPeer peer(port());
  const auto entered = peer.enter(make_key(CallerKind::gateway, {Permission::checks_write}, own));
  auto gateway = entered->answer().getWelcome().getGateway();
  EXPECT_FALSE(peer.ask(checks(gateway, {tenant(2), tenant(2), tenant(1)}))->refused());
  ASSERT_TRUE(database.wait_until([this] { return !database.audit(tenant(2)).empty(); }));
  EXPECT_EQ(database.audit(tenant(2)).size(), 1U);
  EXPECT_EQ(database.audit(tenant(2)).at(0).what.subject, "checks:write");
}

TEST_F(RpcAudit, IsVerifiedToItsEnd) {
  const std::string key = operator_key();
  rename(key, tenant(1), "One");
  rename(key, tenant(1), "Two");
  as(key, [&](RpcPeer& peer, wire::TenantAdmin::Client administration) {
    auto request = administration.verifyAuditRequest();
    encode_ref(tenant(1), request.initTenant());
    const auto asked = peer.ask(kj::mv(request));
    const auto check = decode_audit_check(asked->answer().getAnswer().getValue()).value();
    EXPECT_FALSE(check.broken);
    EXPECT_EQ(check.through, (AuditMark{2, database.audit(tenant(1)).at(1).hash}));
  });
}

}  // namespace sluice::testing
