// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

class StoredMembers : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    definition = tenant(1);
    ASSERT_TRUE(done(store->create(deed(epoch), definition)));
  }

  static Member member(const std::string& user, MemberStatus status = MemberStatus::active) {
    Member of{user, user + "@acme.example", "viewer", status, WallTime{Duration{5}}, {}};
    if (status != MemberStatus::invited) {
      of.joined_at = WallTime{Duration{6}};
    }
    return of;
  }
  /// Of the tenant as it is known here, which has the next version then.
  Result<Done> put(const std::vector<Member>& members) {
    MemberChange change{next(definition)};
    change.put = members;
    change.definition.membership.members += static_cast<std::uint32_t>(members.size());
    return write(change);
  }
  Result<Done> remove(const std::string& user) {
    MemberChange change{next(definition)};
    change.removed = member(user);
    --change.definition.membership.members;
    return write(change);
  }
  Result<Done> write(const MemberChange& change) {
    auto written = store->change_members(deed(epoch), change);
    if (written.ok()) {
      definition = change.definition;
    }
    return written;
  }
  std::vector<std::string> listed(MemberQuery query) {
    query.tenant = tenant_id(1);
    std::vector<std::string> users;
    const MemberPage page = other->members(query).value();
    for (const Member& of : page.members) {
      users.push_back(of.user_id);
    }
    return users;
  }

  TenantDefinition definition;
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredMembers, testing::ValuesIn(all_places()), name_of_kind);

TEST_P(StoredMembers, OutliveARestartWithEverythingThatTheyHave) {
  Member invited = member("kim@idp|7 \\ \"x\"", MemberStatus::invited);
  invited.email = "";
  ASSERT_TRUE(done(put({member("zoë"), invited})));
  restart();
  EXPECT_EQ(store->member(tenant_id(1), "zoë").value(), member("zoë"));
  EXPECT_EQ(store->member(tenant_id(1), invited.user_id).value(), invited);
  EXPECT_EQ(store->member(tenant_id(1), "nobody").value(), std::nullopt);
  EXPECT_EQ(store->member(tenant_id(2), "zoë").value(), std::nullopt);
}

TEST_P(StoredMembers, AreWrittenWithTheDefinitionThatCountsThem) {
  MemberChange change{next(definition)};
  change.put = {member("ann")};
  change.definition.membership = {
      1, 1, {{"auditor", {Permission::audit_read, Permission::tenant_read}, 1}, {"none", {}, 0}}};
  ASSERT_TRUE(done(write(change)));
  EXPECT_EQ(stored(tenant_id(1)).definition, change.definition);
  const TenantDefinition renamed = next(change.definition);
  ASSERT_TRUE(done(store->replace(deed(epoch), renamed)));
  EXPECT_EQ(stored(tenant_id(1)).definition.membership, change.definition.membership);
}

TEST_P(StoredMembers, AreNotThereWithoutIt) {
  MemberChange late{definition};
  late.definition.version = Version{9};
  late.put = {member("ann")};
  EXPECT_TRUE(refused(store->change_members(deed(epoch), late), FaultCode::conflict, "version"));
  late.definition = next(tenant(7));
  EXPECT_TRUE(refused(store->change_members(deed(epoch), late), FaultCode::not_found, ""));
  EXPECT_EQ(store->member(tenant_id(1), "ann").value(), std::nullopt);
}

TEST_P(StoredMembers, ComeWithATenantThatIsNew) {
  MemberChange change{tenant_with_limits(2, 3)};
  change.definition.membership = {1, 1, {}};
  change.put = {member("own")};
  ASSERT_TRUE(done(store->change_members(deed(epoch), change)));
  EXPECT_EQ(stored(tenant_id(2)).definition, change.definition);
  EXPECT_EQ(store->member(tenant_id(2), "own").value(), member("own"));
  EXPECT_TRUE(
      refused(store->change_members(deed(epoch), change), FaultCode::already_exists, "is taken"));
}

TEST_P(StoredMembers, AreReplacedAndRemoved) {
  ASSERT_TRUE(done(put({member("ann"), member("bob")})));
  Member promoted = member("ann", MemberStatus::suspended);
  promoted.role = "admin";
  MemberChange change{next(definition)};
  change.put = {promoted};
  ASSERT_TRUE(done(write(change)));
  ASSERT_TRUE(done(remove("bob")));
  EXPECT_EQ(store->member(tenant_id(1), "ann").value(), promoted);
  EXPECT_EQ(store->member(tenant_id(1), "bob").value(), std::nullopt);
}

TEST_P(StoredMembers, AreListedPageByPageInTheOrderOfTheBytesOfTheirIds) {
  ASSERT_TRUE(done(put({member("b"), member("ä"), member("B"), member("a"), member("a b")})));
  EXPECT_EQ(listed({}), (std::vector<std::string>{"B", "a", "a b", "b", "ä"}));
  EXPECT_EQ(listed({.tenant = {}, .after = "a", .page_size = 2}),
            (std::vector<std::string>{"a b", "b"}));
  EXPECT_TRUE(other->members({.tenant = tenant_id(1), .after = "a", .page_size = 2}).value().more);
  EXPECT_FALSE(other->members({.tenant = tenant_id(1), .after = "a", .page_size = 3}).value().more);
  EXPECT_EQ(other->members({.tenant = tenant_id(1), .page_size = 0}).fault().code,
            FaultCode::invalid_argument);
  EXPECT_EQ(other->members({.tenant = tenant_id(1), .page_size = 1001}).fault().code,
            FaultCode::invalid_argument);
}

TEST_P(StoredMembers, AreFoundByTextAndStatus) {
  ASSERT_TRUE(done(put({member("ann"), member("Hanna", MemberStatus::invited), member("bob")})));
  EXPECT_EQ(listed({.tenant = {}, .text = "ANN"}), (std::vector<std::string>{"Hanna", "ann"}));
  EXPECT_EQ(listed({.tenant = {}, .text = "bob@acme"}), std::vector<std::string>{"bob"});
  EXPECT_EQ(listed({.tenant = {}, .text = "%"}), std::vector<std::string>{});
  EXPECT_EQ(listed({.tenant = {}, .status = MemberStatus::invited}),
            std::vector<std::string>{"Hanna"});
  EXPECT_EQ(listed({.tenant = {}, .text = std::string("a\0n", 3)}), std::vector<std::string>{});
}

TEST_P(StoredMembers, TellOfWhichTenantsSomebodyIsOne) {
  ASSERT_TRUE(done(put({member("ann"), member("bob")})));
  for (const std::uint64_t number : {2U, 3U}) {
    MemberChange change{tenant(number)};
    change.put = {member("ann", MemberStatus::invited)};
    ASSERT_TRUE(done(store->change_members(deed(epoch), change)));
  }
  const TenantsOfPage page = other->tenants_of({.user_id = "ann", .page_size = 2}).value();
  EXPECT_EQ(page.tenants,
            (std::vector<TenantOf>{{tenant_id(1), tenant(1).slug, tenant(1).name, member("ann")},
                                   {tenant_id(2), tenant(2).slug, tenant(2).name,
                                    member("ann", MemberStatus::invited)}}));
  EXPECT_TRUE(page.more);
  const TenantsOfPage rest =
      other->tenants_of({.user_id = "ann", .after = tenant_id(2), .page_size = 2}).value();
  EXPECT_EQ(rest.tenants.size(), 1U);
  EXPECT_FALSE(rest.more);
  EXPECT_TRUE(other->tenants_of({.user_id = "nobody"}).value().tenants.empty());
}

TEST_P(StoredMembers, GoWithTheirTenant) {
  ASSERT_TRUE(done(put({member("ann")})));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  EXPECT_EQ(store->member(tenant_id(1), "ann").value(), std::nullopt);
  EXPECT_TRUE(store->tenants_of({.user_id = "ann"}).value().tenants.empty());
  ASSERT_TRUE(done(store->create(deed(epoch), tenant(1))));
  EXPECT_EQ(store->member(tenant_id(1), "ann").value(), std::nullopt);
}

}  // namespace sluice::test
