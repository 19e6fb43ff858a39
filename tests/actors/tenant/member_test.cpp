// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/member_change.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace sluice {
namespace {

constexpr PermissionSet admin = permissions_of(Role::admin);

/// A tenant with its members in hand, as a store would keep them.
class Club {
public:
  Club() { founded.membership.roles = {{"auditor", {Permission::audit_read}}}; }

  Result<MemberChange> ask(const MemberEvent& event, PermissionSet giver = PermissionSet::all()) {
    std::vector<Member> concerned;
    for (const std::string& user : concerned_by(event)) {
      if (const auto found = members.find(user); found != members.end()) {
        concerned.push_back(found->second);
      }
    }
    return change_members(founded, concerned, {founded.id, event, giver}, noon);
  }
  Result<Done> happen(const MemberEvent& event, PermissionSet giver = PermissionSet::all()) {
    auto changed = ask(event, giver);
    if (!changed.ok()) {
      return changed.fault();
    }
    founded = changed.value().definition;
    for (const Member& member : changed.value().put) {
      members[member.user_id] = member;
    }
    if (changed.value().removed) {
      members.erase(changed.value().removed->user_id);
    }
    return Done{};
  }
  /// Somebody of that role and status.
  Club& with(const std::string& user, const std::string& role,
             MemberStatus status = MemberStatus::active) {
    EXPECT_TRUE(happen(AddMember{user, "", role, status == MemberStatus::invited}).ok());
    if (status == MemberStatus::suspended) {
      EXPECT_TRUE(happen(SuspendMember{user}).ok());
    }
    return *this;
  }

  TenantDefinition founded = definition();
  std::map<std::string, Member> members;
};

std::string objection(const Result<Done>& done) {
  return done.ok() ? "" : std::string{to_string(done.fault().code)} + " " + done.fault().context;
}

TEST(MemberSpec, IsInvitedAndJoinsOnceHeAccepts) {
  Club club;
  club.with("own", "owner");
  ASSERT_TRUE(club.happen(AddMember{"ann", "ann@acme.example", "viewer", true}).ok());
  EXPECT_EQ(club.members.at("ann"),
            (Member{"ann", "ann@acme.example", "viewer", MemberStatus::invited, noon, {}}));
  EXPECT_EQ(permissions_of(club.members.at("ann"), club.founded.membership), PermissionSet{});
  ASSERT_TRUE(club.happen(AcceptInvitation{"ann"}).ok());
  EXPECT_EQ(club.members.at("ann").joined_at, noon);
  EXPECT_EQ(permissions_of(club.members.at("ann"), club.founded.membership),
            permissions_of(Role::viewer));
  EXPECT_EQ(club.founded.version, Version{4});
}

TEST(MemberSpec, GoesFromEveryStatusByEveryEventWhereTheTableSaysAndNowhereElse) {
  using enum MemberStatus;
  struct Case {
    const char* name;
    MemberEvent event;
    std::map<MemberStatus, MemberStatus> leads;
  };
  const std::vector<Case> table{{"accept", AcceptInvitation{"ann"}, {{invited, active}}},
                                {"suspend", SuspendMember{"ann"}, {{active, suspended}}},
                                {"reactivate", ReactivateMember{"ann"}, {{suspended, active}}},
                                {"role",
                                 ChangeRole{"ann", "viewer"},
                                 {{invited, invited}, {active, active}, {suspended, suspended}}},
                                {"transfer", TransferOwnership{"own", "ann"}, {{active, active}}},
                                {"add", AddMember{"ann", "", "member"}, {}}};
  for (const Case& one : table) {
    for (const MemberStatus from : {invited, active, suspended}) {
      Club club;
      club.with("own", "owner").with("ann", "member", from);
      const auto done = club.happen(one.event);
      const auto leads = one.leads.find(from);
      EXPECT_EQ(done.ok(), leads != one.leads.end())
          << one.name << " from " << to_string(from) << ": " << objection(done);
      EXPECT_EQ(club.members.at("ann").status, leads == one.leads.end() ? from : leads->second)
          << one.name;
    }
  }
}

TEST(MemberSpec, TheLastActiveOwnerStaysOne) {
  Club club;
  club.with("own", "owner").with("ann", "member").with("sus", "owner", MemberStatus::suspended);
  for (const MemberEvent& event :
       {MemberEvent{RemoveMember{"own"}}, MemberEvent{SuspendMember{"own"}},
        MemberEvent{ChangeRole{"own", "admin"}}}) {
    EXPECT_EQ(objection(club.happen(event)),
              "conflict the last active owner of a tenant stays one");
  }
  club.with("two", "owner");
  EXPECT_EQ(objection(club.happen(RemoveMember{"own"})), "");
  EXPECT_EQ(club.founded.membership.owners, 1U);
}

TEST(MemberSpec, OfATenantWithoutMembersTheFirstIsAnActiveOwner) {
  Club club;
  for (const AddMember& wrong : {AddMember{"ann", "", "viewer"}, AddMember{"ann", "", "admin"},
                                 AddMember{"ann", "", "owner", true}}) {
    EXPECT_EQ(objection(club.happen(wrong)),
              "conflict role: a tenant has an active owner before it has other members");
  }
  EXPECT_EQ(club.founded.membership.members, 0U);
  EXPECT_EQ(objection(club.happen(AddMember{"own", "", "owner"})), "");
  EXPECT_EQ(objection(club.happen(AddMember{"ann", "", "owner", true})), "");
}

TEST(MemberSpec, HandsOwnershipOverInOneStep) {
  Club club;
  club.with("own", "owner").with("ann", "member").with("bob", "viewer", MemberStatus::invited);
  const auto changed = club.ask(TransferOwnership{"own", "ann"});
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed.value().told()->user_id, "ann");
  ASSERT_TRUE(club.happen(TransferOwnership{"own", "ann"}).ok());
  EXPECT_EQ(club.members.at("ann").role, "owner");
  EXPECT_EQ(club.members.at("own").role, "admin");
  EXPECT_EQ(club.founded.membership.owners, 1U);
  EXPECT_NE(objection(club.happen(TransferOwnership{"own", "ann"})), "") << "he is none any more";
  EXPECT_NE(objection(club.happen(TransferOwnership{"ann", "bob"})), "") << "he has not joined";
  EXPECT_NE(objection(club.happen(TransferOwnership{"ann", "ann"})), "");
  EXPECT_NE(objection(club.happen(TransferOwnership{"ann", "nobody"})), "");
}

TEST(MemberSpec, NobodyGivesOrTakesWhatHeHasNot) {
  Club club;
  club.with("own", "owner").with("two", "owner").with("ann", "member");
  ASSERT_TRUE(club.happen(PutRole{"clerk", {Permission::billing_read}}).ok());
  club.with("cle", "clerk");
  const std::vector<MemberEvent> beyond{AddMember{"new", "", "owner"},
                                        AddMember{"new", "", "clerk", true},
                                        ChangeRole{"ann", "owner"},
                                        ChangeRole{"own", "member"},
                                        SuspendMember{"two"},
                                        RemoveMember{"cle"},
                                        TransferOwnership{"own", "ann"},
                                        PutRole{"chief", {Permission::ownership_write}},
                                        PutRole{"clerk", {Permission::tenant_read}},
                                        RemoveRole{"clerk"}};
  for (const MemberEvent& event : beyond) {
    EXPECT_EQ(club.ask(event, admin).fault().code, FaultCode::permission_denied) << event.index();
  }
  EXPECT_EQ(objection(club.happen(AddMember{"new", "", "admin"}, admin)), "");
  EXPECT_EQ(objection(club.happen(ChangeRole{"ann", "auditor"}, admin)), "");
}

TEST(MemberSpec, IsNamedOnceAndAsATokenCouldName) {
  Club club;
  club.with("ann", "owner");
  EXPECT_EQ(objection(club.happen(AddMember{"ann", "", "viewer"})),
            "already_exists user_id: \"ann\" is a member");
  EXPECT_EQ(objection(club.happen(AddMember{std::string(255, 'x'), "", "viewer"})), "");
  for (const AddMember& wrong :
       {AddMember{"", "", "viewer"}, AddMember{std::string(256, 'x'), "", "viewer"},
        AddMember{"a\nb", "", "viewer"}, AddMember{"\xff", "", "viewer"},
        AddMember{"bob", "bob", "viewer"}, AddMember{"bob", "", "king"}}) {
    EXPECT_EQ(club.ask(wrong).fault().code, FaultCode::invalid_argument) << wrong.user_id;
  }
}

TEST(MemberSpec, ThereAreAsManyAsATenantMayHave) {
  Club club;
  club.founded.membership.members = members_per_tenant_max;
  EXPECT_EQ(club.ask(AddMember{"one", "", "viewer"}).fault().code, FaultCode::limit_exceeded);
}

TEST(RoleSpec, OfATenantsOwnAllowsWhatItSaysAndGoesOnceNobodyHasIt) {
  Club club;
  club.with("own", "owner").with("ann", "auditor");
  EXPECT_EQ(permissions_of(club.members.at("ann"), club.founded.membership),
            (PermissionSet{Permission::audit_read}));
  ASSERT_TRUE(club.happen(PutRole{"auditor", {Permission::usage_read}}).ok());
  EXPECT_EQ(permissions_of(club.members.at("ann"), club.founded.membership),
            (PermissionSet{Permission::usage_read}));
  EXPECT_EQ(objection(club.happen(RemoveRole{"auditor"})),
            "conflict role: 1 members have \"auditor\"");
  ASSERT_TRUE(club.happen(ChangeRole{"ann", "viewer"}).ok());
  EXPECT_EQ(objection(club.happen(RemoveRole{"auditor"})), "");
  EXPECT_EQ(objection(club.happen(RemoveRole{"auditor"})),
            "not_found role: there is no role \"auditor\" to remove");
}

TEST(RoleSpec, IsNoBuiltInOneAndAllowsNothingThatAnOwnerMayNot) {
  Club club;
  for (const PutRole& wrong :
       {PutRole{"", {}}, PutRole{"Upper", {}}, PutRole{std::string(33, 'a'), {}},
        PutRole{"owner", {}}, PutRole{"spender", {Permission::checks_write}},
        PutRole{"raiser", {Permission::quotas_write}}}) {
    EXPECT_EQ(club.ask(wrong).fault().code, FaultCode::invalid_argument) << wrong.name;
  }
}

TEST(RoleSpec, ThereAreAsManyAsATenantMayHave) {
  Club club;
  for (std::size_t i = 1; i < custom_roles_max; ++i) {
    ASSERT_TRUE(club.happen(PutRole{"role-" + std::to_string(i), {}}).ok());
  }
  EXPECT_EQ(club.ask(PutRole{"one-more", {}}).fault().code, FaultCode::limit_exceeded);
  EXPECT_TRUE(club.ask(PutRole{"auditor", {}}).ok());
  EXPECT_EQ(parse_custom_roles(to_text(club.founded.membership.roles)),
            club.founded.membership.roles);
}

TEST(RoleSpec, AreNotReadFromWhatNobodyWrote) {
  for (const char* const text : {"a", "a 1", "a x tenant:read\n", "owner 1 \n", "b 0 \na 0 \n",
                                 "a 0 \na 0 \n", "a -1 \n", "a 0 platform:write\n"}) {
    const auto read = parse_custom_roles(text);
    EXPECT_TRUE(!read || *read == (std::vector<CustomRole>{{"a", {}, 1}})) << text;
  }
  EXPECT_EQ(parse_custom_roles(""), std::vector<CustomRole>{});
}

TEST(OwnerSpec, OfANewTenantTakesHisPlaceAsOthersDo) {
  TenantDefinition draft = definition({window(1, Period::never, users)});
  const auto owned = with_owner(draft, Member{"own", "own@acme.example"}, default_meters());
  ASSERT_TRUE(owned.ok()) << owned.fault().context;
  EXPECT_EQ(owned.value().definition.version, Version{1});
  EXPECT_EQ(owned.value().definition.membership, (Membership{1, 1, {}}));
  EXPECT_EQ(owned.value().told()->role, "owner");
  draft.limits = {window(0, Period::never, users)};
  EXPECT_EQ(with_owner(draft, Member{"own"}, default_meters()).fault().code,
            FaultCode::quota_exceeded);
  draft.limits = {alerting(window(0, Period::never, users)),
                  shadow(window(0, Period::never, users))};
  EXPECT_TRUE(with_owner(draft, Member{"own"}, default_meters()).ok());
}

}  // namespace
}  // namespace sluice
