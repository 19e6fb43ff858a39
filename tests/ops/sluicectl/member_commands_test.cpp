// SPDX-License-Identifier: Apache-2.0
// Members and their roles, told to the real program and the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class MemberCommandSpec : public CommandTest {
protected:
  void SetUp() override {
    ASSERT_EQ(ctl("tenant create acme --owner ann --owner-email ann@acme.example "
                  "--limit seats=users:3/never")
                  .exit,
              0);
  }
  [[nodiscard]] int seats() const { return ctl("usage acme --json").json()["limits"][0]["used"]; }
};

TEST_F(MemberCommandSpec, SomebodyIsInvitedAcceptsAndIsRemoved) {
  const Called invited = ctl("member invite acme bob --email bob@acme.example --role viewer");
  ASSERT_EQ(invited.exit, 0) << invited.err;
  EXPECT_THAT(invited.out, HasSubstr("invited"));
  EXPECT_EQ(seats(), 2);
  ASSERT_EQ(ctl("member accept acme bob").exit, 0);
  const auto bob = ctl("member list acme --text bob --json").json()["members"][0];
  EXPECT_EQ(bob["status"], "active");
  EXPECT_EQ(bob["joined_at"], "2025-06-10T12:00:00Z");
  EXPECT_EQ(ctl("member remove acme bob").out, "removed bob (viewer)\n");
  EXPECT_EQ(seats(), 1);
}

TEST_F(MemberCommandSpec, PlacesAreTheLimitsAndOutliveAKill) {
  ASSERT_EQ(ctl("member add acme bob").exit, 0);
  ASSERT_EQ(ctl("member add acme cid").exit, 0);
  const Called full = ctl("member add acme dan");
  EXPECT_EQ(full.exit, 1);
  EXPECT_THAT(full.err, HasSubstr("no place for one more member"));
  server().crash();
  restart();
  EXPECT_EQ(seats(), 3);
  EXPECT_EQ(ctl("check acme users").exit, 3);
  EXPECT_EQ(ctl("member list acme --json").json()["members"].size(), 3U);
}

TEST_F(MemberCommandSpec, TheLastOwnerStaysAndOwnershipGoesOn) {
  EXPECT_THAT(ctl("member remove acme ann").err, HasSubstr("the last active owner"));
  EXPECT_THAT(ctl("member suspend acme ann").err, HasSubstr("the last active owner"));
  EXPECT_THAT(ctl("member role acme ann admin").err, HasSubstr("the last active owner"));
  ASSERT_EQ(ctl("member add acme bob").exit, 0);
  const Called handed = ctl("member transfer acme ann bob");
  ASSERT_EQ(handed.exit, 0) << handed.err;
  EXPECT_EQ(ctl("member list acme --text ann --json").json()["members"][0]["role"], "admin");
  ASSERT_EQ(ctl("member suspend acme ann").exit, 0);
  ASSERT_EQ(ctl("member reactivate acme ann").exit, 0);
}

TEST_F(MemberCommandSpec, ATenantHasRolesOfItsOwn) {
  ASSERT_EQ(ctl("role put acme auditor 'audit:read usage:read'").exit, 0);
  EXPECT_EQ(ctl("role put acme spender checks:write").exit, 1);
  ASSERT_EQ(ctl("member add acme bob --role auditor").exit, 0);
  EXPECT_EQ(ctl("role list acme --json").json()["roles"][0]["members"], 1);
  EXPECT_THAT(ctl("role remove acme auditor").err, HasSubstr("1 members have"));
  ASSERT_EQ(ctl("member role acme bob viewer").exit, 0);
  EXPECT_EQ(ctl("role remove acme auditor").exit, 0);
}

TEST_F(MemberCommandSpec, SomebodyIsToldHisTenants) {
  ASSERT_EQ(ctl("tenant create other --owner bob").exit, 0);
  ASSERT_EQ(ctl("member add other ann --role viewer").exit, 0);
  std::map<std::string, std::string> role_in;
  const auto tenants = ctl("member tenants ann --json").json()["tenants"];
  for (const auto& tenant : tenants) {
    role_in[tenant["slug"]] = tenant["member"]["role"];
  }
  EXPECT_THAT(role_in, ElementsAre(Pair("acme", "owner"), Pair("other", "viewer")));
  EXPECT_EQ(ctl("tenant export acme").json()["members"].size(), 1U);
}

}  // namespace
}  // namespace sluice::test
