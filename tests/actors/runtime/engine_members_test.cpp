// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>
#include <vector>

#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {

class EngineMembers : public EngineFixture {
protected:
  static constexpr MeterId users{7};

  /// Of that many seats; nothing: without a limit.
  Result<TenantDefinition> create_with_seats(TenantId id, std::optional<std::uint64_t> seats,
                                             std::optional<Member> owner = std::nullopt) {
    TenantDefinition wish = draft(id, 100);
    if (seats) {
      Limit limit = total(*seats);
      limit.name = "seats";
      limit.meter = users;
      wish.limits = {limit};
    }
    return reply_of<TenantDefinition>(
        [=, this](auto reply) { engine->create(here, operator_author(), wish, reply, owner); });
  }
  Result<MemberAnswer> change(const MemberEvent& event, TenantId id = tenant(1)) {
    return reply_of<MemberAnswer>([=, this](auto reply) {
      engine->change_members(here, operator_author(), MemberWish{id, event}, reply);
    });
  }
  Result<MemberAnswer> add(const std::string& user, TenantId id = tenant(1)) {
    return change(AddMember{user, "", "member"}, id);
  }
  /// Who comes first.
  Result<MemberAnswer> add_owner(const std::string& user, TenantId id = tenant(1)) {
    return change(AddMember{user, "", "owner"}, id);
  }
  PermissionSet permissions(const std::string& user) {
    return reply_of<PermissionSet>(
               [=, this](auto reply) { engine->permissions(here, tenant(1), user, reply); })
        .value();
  }
  Outcome charge_seats(std::uint64_t amount) {
    AskedBatch batch;
    wait(submit(batch.ask(tenant(1), amount, users)));
    return batch.outcome();
  }
  std::size_t stored_members(TenantId id = tenant(1)) {
    return reply_of<MemberPage>([=, this](auto reply) {
             engine->members(here, {.tenant = id, .page_size = 1000}, reply);
           })
        .value()
        .members.size();
  }
};

TEST_F(EngineMembers, ATenantIsCreatedWithItsOwner) {
  start();
  const auto created = create_with_seats(tenant(1), 3, Member{"own", "own@acme.example"});
  ASSERT_TRUE(created.ok()) << created.fault().context;
  EXPECT_EQ(created.value().membership, (Membership{1, 1, {}}));
  EXPECT_EQ(used(tenant(1)), Amount{1});
  EXPECT_EQ(permissions("own"), permissions_of(Role::owner));
  EXPECT_EQ(change(RemoveMember{"own"}).fault().code, FaultCode::conflict);
  const auto full = create_with_seats(tenant(2), 0, Member{"own"});
  EXPECT_EQ(full.fault().code, FaultCode::quota_exceeded);
  EXPECT_FALSE(database.find(tenant(2)));
}

TEST_F(EngineMembers, EachTakesAPlaceAndGivesItBackWhenHeIsRemoved) {
  start();
  ASSERT_TRUE(create_with_seats(tenant(1), 2).ok());
  ASSERT_TRUE(add_owner("ann").ok());
  EXPECT_EQ(change(AddMember{"bob", "", "viewer", true}).value().member->status,
            MemberStatus::invited);
  EXPECT_EQ(used(tenant(1)), Amount{2});
  EXPECT_EQ(add("cid").fault().code, FaultCode::quota_exceeded);
  EXPECT_EQ(charge_seats(1), Outcome::denied);
  ASSERT_TRUE(change(RemoveMember{"bob"}).ok());
  EXPECT_EQ(used(tenant(1)), Amount{1});
  EXPECT_EQ(charge_seats(1), Outcome::allowed);
  EXPECT_EQ(add("cid").fault().code, FaultCode::quota_exceeded);
  EXPECT_EQ(stored_members(), 1U);
}

TEST_F(EngineMembers, WithoutALimitNobodyTakesAPlace) {
  start();
  ASSERT_TRUE(create_with_seats(tenant(1), std::nullopt).ok());
  ASSERT_TRUE(add_owner("ann").ok());
  ASSERT_TRUE(add("bob").ok());
  EXPECT_EQ(used(tenant(1)), Amount{});
  EXPECT_EQ(database.find(tenant(1))->definition.membership.members, 2U);
}

TEST_F(EngineMembers, ALimitThatComesLaterCountsThoseWhoAreThere) {
  start();
  ASSERT_TRUE(create_with_seats(tenant(1), std::nullopt).ok());
  ASSERT_TRUE(add_owner("ann").ok());
  Limit seats = total(1);
  seats.name = "seats";
  seats.meter = users;
  ASSERT_TRUE(amend({tenant(1), std::nullopt, PutLimit{seats}}).ok());
  EXPECT_EQ(usage(tenant(1)).value().limits.at(1).reading.used, Amount{1});
  EXPECT_EQ(add("bob").fault().code, FaultCode::quota_exceeded);
}

TEST_F(EngineMembers, OfManyWhoComeAtOnceNoMoreGetInThanThereArePlaces) {
  start(3);
  const TenantId elsewhere = tenant_of(ReactorIndex{1});
  ASSERT_TRUE(create_with_seats(elsewhere, 4, Member{"own"}).ok());
  constexpr std::size_t wishes = 60;
  std::atomic<std::size_t> added{0};
  std::vector<std::future<void>> answers;
  std::vector<std::promise<void>> answered(wishes);
  for (std::size_t i = 0; i < wishes; ++i) {
    answers.push_back(answered[i].get_future());
    const ReactorIndex reactor{static_cast<std::uint16_t>(i % 3)};
    engine->loop(reactor).post([&, i, reactor] {
      const MemberWish wish{elsewhere, AddMember{"user-" + std::to_string(i), "", "member"}};
      engine->change_members(reactor, operator_author(), wish,
                             [&, i](const Result<MemberAnswer>& answer) {
                               added += answer.ok() ? 1U : 0U;
                               answered[i].set_value();
                             });
    });
  }
  for (auto& answer : answers) {
    wait(std::move(answer));
  }
  EXPECT_EQ(added, 3U);
  EXPECT_EQ(stored_members(elsewhere), 4U);
  EXPECT_EQ(used(elsewhere), Amount{4});
}

TEST_F(EngineMembers, APlaceIsLeftByWhoDoesNotCome) {
  start();
  ASSERT_TRUE(create_with_seats(tenant(1), 2).ok());
  ASSERT_TRUE(add_owner("ann").ok());
  EXPECT_EQ(add("ann").fault().code, FaultCode::already_exists);
  EXPECT_EQ(change(AddMember{"bob", "", "king"}).fault().code, FaultCode::invalid_argument);
  database.fail_writes(store_away);
  EXPECT_EQ(add("bob").fault().code, FaultCode::unavailable);
  database.fail_writes(std::nullopt);
  EXPECT_EQ(used(tenant(1)), Amount{1});
  EXPECT_TRUE(add("bob").ok());
}

TEST_F(EngineMembers, AnAdditionInDoubtCountsOnceTheStoreHasIt) {
  start();
  ASSERT_TRUE(create_with_seats(tenant(1), 2).ok());
  database.lose_answers(true);
  EXPECT_EQ(add_owner("ann").fault().code, FaultCode::outcome_unknown);
  database.lose_answers(false);
  EXPECT_EQ(stored_members(), 1U);
  ASSERT_TRUE(add("bob").ok());
  EXPECT_EQ(used(tenant(1)), Amount{2});
  EXPECT_EQ(add("cid").fault().code, FaultCode::quota_exceeded);
}

TEST_F(EngineMembers, PlacesAreTakenAfterARestart) {
  start();
  ASSERT_TRUE(create_with_seats(tenant(1), 2, Member{"own"}).ok());
  ASSERT_TRUE(add("ann").ok());
  ASSERT_TRUE(stop().ok());
  start();
  EXPECT_EQ(add("bob").fault().code, FaultCode::quota_exceeded);
  EXPECT_EQ(used(tenant(1)), Amount{2});
}

TEST_F(EngineMembers, WhoIsSuspendedOrRemovedMayDoNothingFromThenOn) {
  start();
  ASSERT_TRUE(create_with_seats(tenant(1), 5, Member{"own"}).ok());
  ASSERT_TRUE(change(PutRole{"auditor", {Permission::audit_read}}).ok());
  ASSERT_TRUE(change(AddMember{"ann", "", "auditor", true}).ok());
  EXPECT_EQ(permissions("ann"), PermissionSet{});
  ASSERT_TRUE(change(AcceptInvitation{"ann"}).ok());
  EXPECT_EQ(permissions("ann"), (PermissionSet{Permission::audit_read}));
  ASSERT_TRUE(change(PutRole{"auditor", {Permission::usage_read}}).ok());
  EXPECT_EQ(permissions("ann"), (PermissionSet{Permission::usage_read}));
  ASSERT_TRUE(change(SuspendMember{"ann"}).ok());
  EXPECT_EQ(permissions("ann"), PermissionSet{});
  ASSERT_TRUE(change(ReactivateMember{"ann"}).ok());
  EXPECT_EQ(permissions("ann"), (PermissionSet{Permission::usage_read}));
  database.lose_answers(true);
  EXPECT_EQ(change(RemoveMember{"ann"}).fault().code, FaultCode::outcome_unknown);
  EXPECT_EQ(permissions("ann"), PermissionSet{});
}

TEST_F(EngineMembers, TellsTheThresholdsThatTheyReachOnce) {
  start();
  ASSERT_TRUE(create_with_seats(tenant(1), 5, Member{"own"}).ok());
  ASSERT_TRUE(add("a").ok());
  ASSERT_TRUE(add("b").ok());
  EXPECT_TRUE(listener.crossed().empty());
  ASSERT_TRUE(add("c").ok());
  EXPECT_EQ(add("c").fault().code, FaultCode::already_exists);
  ASSERT_EQ(listener.crossed().size(), 1U);
  EXPECT_EQ(listener.crossed()[0].threshold, Percent{80});
  EXPECT_EQ(listener.crossed()[0].used, Amount{4});
  ASSERT_TRUE(add("d").ok());
  EXPECT_EQ(listener.crossed().size(), 4U) << "90, 95 and 100 %";
  ASSERT_TRUE(stop().ok());
  start();
  EXPECT_EQ(used(tenant(1)), Amount{5});
  EXPECT_EQ(listener.crossed().size(), 4U) << "a restart tells nothing again";
}

TEST_F(EngineMembers, HaveAnEventInTheAuditForEachThingThatHappensToThem) {
  start();
  ASSERT_TRUE(create_with_seats(tenant(1), 9, Member{"own", "own@acme.example"}).ok());
  ASSERT_TRUE(change(PutRole{"auditor", {Permission::audit_read}}).ok());
  const std::vector<MemberEvent> happened{AddMember{"ann", "", "member"},
                                          AddMember{"bob", "", "viewer", true},
                                          AcceptInvitation{"bob"},
                                          ChangeRole{"bob", "admin"},
                                          SuspendMember{"bob"},
                                          ReactivateMember{"bob"},
                                          TransferOwnership{"own", "bob"},
                                          RemoveMember{"ann"},
                                          RemoveRole{"auditor"}};
  for (const MemberEvent& event : happened) {
    ASSERT_TRUE(change(event).ok()) << event.index();
  }
  std::string told;
  for (const AuditEvent& event : database.audit(tenant(1))) {
    told += std::string{to_string(event.what.action)} + " " + event.what.subject + "\n";
    EXPECT_EQ(event.what.author, operator_author());
  }
  EXPECT_EQ(told,
            "tenant.created tenant-1\nrole.put auditor\nmember.added ann\nmember.invited bob\n"
            "invitation.accepted bob\nmember.role_changed bob\nmember.suspended bob\n"
            "member.reactivated bob\nownership.transferred bob\nmember.removed ann\n"
            "role.removed auditor\n");
  const AuditDraft handed = database.audit(tenant(1)).at(8).what;
  EXPECT_EQ(handed.before,
            R"({"own":{"email":"own@acme.example","role":"owner","status":"active"},)"
            R"("bob":{"email":"","role":"admin","status":"active"}})");
  EXPECT_EQ(handed.after,
            R"({"bob":{"email":"","role":"owner","status":"active"},)"
            R"("own":{"email":"own@acme.example","role":"admin","status":"active"}})");
}

TEST_F(EngineMembers, HaveNoEventOfWhatWasRefusedOrNotWritten) {
  start();
  ASSERT_TRUE(create_with_seats(tenant(1), 2, Member{"own"}).ok());
  EXPECT_FALSE(change(RemoveMember{"own"}).ok());
  EXPECT_FALSE(change(PutRole{"owner", {}}).ok());
  database.fail_writes(store_away);
  EXPECT_FALSE(add("ann").ok());
  database.fail_writes(std::nullopt);
  EXPECT_EQ(database.audit(tenant(1)).size(), 1U) << "that it was created";
  EXPECT_EQ(stored_members(), 1U);
}

TEST_F(EngineMembers, AreOfTheTenantsThatTheyAreToldOf) {
  start();
  ASSERT_TRUE(create_with_seats(tenant(1), 5, Member{"own"}).ok());
  ASSERT_TRUE(create_with_seats(tenant(2), 5, Member{"two"}).ok());
  ASSERT_TRUE(add("own", tenant(2)).ok());
  EXPECT_EQ(add("own", tenant(3)).fault().code, FaultCode::not_found);
  const auto page = reply_of<TenantsOfPage>(
      [&](auto reply) { engine->tenants_of(here, {.user_id = "own"}, reply); });
  ASSERT_EQ(page.value().tenants.size(), 2U);
  EXPECT_EQ(page.value().tenants[1].member.role, "member");
}

}  // namespace sluice::testing
