// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "tests/server/rpc/rpc_access_fixture.hpp"

namespace sluice::testing {

class RpcMembers : public RpcAccessFixture {
protected:
  void SetUp() override {
    RpcAccessFixture::SetUp();
    add("own", "owner");
    add("adm", "admin");
    add("bob", "member");
  }

  Result<MemberAnswer> change(const MemberEvent& event) {
    return reply_of<MemberAnswer>([=, this](auto reply) {
      engine->change_members(here, operator_author(), MemberWish{tenant(1), event}, reply);
    });
  }
  void add(const std::string& user, const std::string& role, bool invite = false) {
    const auto added = change(AddMember{user, "", role, invite});
    ASSERT_TRUE(added.ok()) << added.fault().context;
  }

  using Caller = RpcAtWork;
  /// Sends the request about tenant 1; what is wrong with it.
  template <class Request>
  static std::string objection(Caller& caller, Request request) {
    encode_ref(tenant(1), request.initTenant());
    const auto asked = caller.peer.ask(kj::mv(request));
    const auto answer = asked->answer().getAnswer();
    return answer.isFault() ? answer.getFault().getMessage().cStr() : "";
  }
  static std::string add_by(Caller& caller, const char* user, const char* role) {
    auto request = caller.admin.addMemberRequest();
    request.setUserId(user);
    request.setRole(role);
    return objection(caller, kj::mv(request));
  }
  static std::string usage_by(Caller& caller) {
    return objection(caller, caller.admin.usageRequest());
  }
};

TEST_F(RpcMembers, MayDoWhatTheirStoredRoleAllows) {
  {
    Caller bob{port(), user_token("bob")};
    EXPECT_EQ(usage_by(bob), "");
    EXPECT_NE(add_by(bob, "new", "viewer"), "");
  }
  {
    Caller nobody{port(), user_token("nobody")};
    EXPECT_NE(usage_by(nobody), "");
  }
  Caller adm{port(), user_token("adm")};
  EXPECT_EQ(add_by(adm, "new", "viewer"), "");
}

TEST_F(RpcMembers, LoseOnOpenConnectionsAtOnceWhatTheyLose) {
  Caller bob{port(), user_token("bob")};
  EXPECT_EQ(usage_by(bob), "");
  ASSERT_TRUE(change(SuspendMember{"bob"}).ok());
  EXPECT_NE(usage_by(bob), "");
  ASSERT_TRUE(change(ReactivateMember{"bob"}).ok());
  EXPECT_EQ(usage_by(bob), "");
  ASSERT_TRUE(change(RemoveMember{"bob"}).ok());
  EXPECT_NE(usage_by(bob), "");
}

TEST_F(RpcMembers, OnlyWhoOwnsMakesOwnersAndTouchesThem) {
  {
    Caller adm{port(), user_token("adm")};
    EXPECT_NE(add_by(adm, "new", "owner"), "");
    auto remove = adm.admin.removeMemberRequest();
    remove.setUserId("own");
    EXPECT_NE(objection(adm, kj::mv(remove)), "");
    auto transfer = adm.admin.transferOwnershipRequest();
    transfer.setFrom("own");
    transfer.setTo("adm");
    EXPECT_NE(objection(adm, kj::mv(transfer)), "");
    auto role = adm.admin.putRoleRequest();
    encode_role(CustomRole{"boss", {Permission::ownership_write}}, role.initRole());
    EXPECT_NE(objection(adm, kj::mv(role)), "");
  }
  {
    PermissionSet rights = permissions_of(Role::admin);
    Caller helper{port(), make_key(CallerKind::operator_, rights)};
    EXPECT_EQ(add_by(helper, "one", "admin"), "");
    EXPECT_NE(add_by(helper, "two", "owner"), "");
  }
  Caller own{port(), user_token("own")};
  EXPECT_EQ(add_by(own, "two", "owner"), "");
}

TEST_F(RpcMembers, AnOperatorGivesNothingThatHeHasNotHimself) {
  Caller helper{port(), make_key(CallerKind::operator_, {Permission::members_write})};
  EXPECT_NE(add_by(helper, "one", "viewer"), "");
  auto role = helper.admin.putRoleRequest();
  encode_role(CustomRole{"clerk", {Permission::billing_read}}, role.initRole());
  EXPECT_NE(objection(helper, kj::mv(role)), "");
  auto own = helper.admin.putRoleRequest();
  encode_role(CustomRole{"helper", {Permission::members_write}}, own.initRole());
  EXPECT_EQ(objection(helper, kj::mv(own)), "");
}

TEST_F(RpcMembers, AMemberIsToldOfWhichTenantsHeIsOne) {
  ASSERT_TRUE(reply_of<MemberAnswer>([this](auto reply) {
                engine->change_members(here, operator_author(),
                                       {tenant(2), AddMember{"bob", "", "owner"}}, reply);
              }).ok());
  const auto tenants_of = [](Caller& caller, const char* user) {
    auto request = caller.admin.tenantsOfRequest();
    request.setUserId(user);
    request.setPageSize(10);
    return caller.answer<TenantsOfPage>(kj::mv(request), decode_tenants_of);
  };
  {
    Caller bob{port(), user_token("bob")};
    const auto page = tenants_of(bob, "bob");
    ASSERT_TRUE(page.ok()) << page.fault().context;
    ASSERT_EQ(page.value().tenants.size(), 1U) << "his token is not for tenant 2";
    EXPECT_EQ(page.value().tenants[0].tenant, tenant(1));
    EXPECT_EQ(tenants_of(bob, "own").fault().code, FaultCode::permission_denied);
  }
  Caller all{port(), make_key(CallerKind::operator_, {Permission::platform_read})};
  EXPECT_EQ(tenants_of(all, "bob").value().tenants.size(), 2U);
}

TEST_F(RpcMembers, WhoIsInvitedMayAcceptAndNothingElse) {
  add("new", "admin", true);
  Caller invited{port(), user_token("new")};
  EXPECT_NE(usage_by(invited), "");
  auto foreign = invited.admin.acceptInvitationRequest();
  foreign.setUserId("bob");
  EXPECT_NE(objection(invited, kj::mv(foreign)), "");
  auto accept = invited.admin.acceptInvitationRequest();
  accept.setUserId("new");
  EXPECT_EQ(objection(invited, kj::mv(accept)), "");
  EXPECT_EQ(usage_by(invited), "");
}

TEST_F(RpcMembers, AreListedWithTheRolesOfTheirTenantsOwn) {
  Caller own{port(), user_token("own")};
  auto put = own.admin.putRoleRequest();
  encode_role(CustomRole{"auditor", {Permission::audit_read}}, put.initRole());
  EXPECT_EQ(objection(own, kj::mv(put)), "");
  EXPECT_EQ(add_by(own, "aud", "auditor"), "");
  auto list = own.admin.listMembersRequest();
  encode_ref(tenant(1), list.initTenant());
  list.setPageSize(2);
  const auto asked = own.peer.ask(kj::mv(list));
  const auto page = decode_member_page(asked->answer().getAnswer().getValue());
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page.value().members.size(), 2U);
  EXPECT_EQ(page.value().members[1].role, "auditor");
  EXPECT_TRUE(page.value().more);
  auto roles = own.admin.listRolesRequest();
  encode_ref(tenant(1), roles.initTenant());
  const auto told = own.peer.ask(kj::mv(roles));
  EXPECT_EQ(decode_roles(told->answer().getAnswer().getValue()).value(),
            (std::vector<CustomRole>{{"auditor", {Permission::audit_read}, 1}}));
  auto remove = own.admin.removeRoleRequest();
  remove.setName("auditor");
  EXPECT_NE(objection(own, kj::mv(remove)), "") << "somebody has it";
}

}  // namespace sluice::testing
