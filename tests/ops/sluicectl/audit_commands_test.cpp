// SPDX-License-Identifier: Apache-2.0
// The real program against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class AuditCommandSpec : public CommandTest {
protected:
  void SetUp() override {
    ASSERT_EQ(ctl("tenant create acme --limit monthly=api_requests:10k/month").exit, 0);
    ASSERT_EQ(ctl("tenant suspend acme --reason unpaid").exit, 0);
    ASSERT_EQ(ctl("tenant reactivate acme").exit, 0);
  }
};

TEST_F(AuditCommandSpec, ListsChangesForPeopleAndPrograms) {
  const Called listed = ctl("audit list acme");
  EXPECT_THAT(listed.out,
              AllOf(StartsWith("NO"), HasSubstr("tenant.created"), HasSubstr("tenant.suspended"),
                    HasSubstr("anonymous"), HasSubstr("2025-06-10 12:00:00 UTC")));
  const auto events = ctl("audit list acme --json").json()["events"];
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[1]["number"], 2);
  EXPECT_EQ(events[1]["kind"], "anonymous");
  EXPECT_THAT(events[1]["address"].get<std::string>(), StartsWith("127.0.0.1:"));
  EXPECT_EQ(events[1]["before"]["status"], "active");
  EXPECT_EQ(events[1]["after"]["suspend_reason"], "unpaid");
  EXPECT_EQ(events[1]["previous"], events[0]["hash"]);
}

TEST_F(AuditCommandSpec, ListsOnlyWhatWasAskedFor) {
  EXPECT_THAT(ctl("audit list acme --action tenant.suspended").out,
              AllOf(HasSubstr("tenant.suspended"), Not(HasSubstr("tenant.created"))));
  EXPECT_THAT(ctl("audit list acme --max 1").out, HasSubstr("--after 1"));
  EXPECT_EQ(ctl("audit list acme --after 2 --json").json()["events"].size(), 1U);
  EXPECT_EQ(ctl("audit list acme --by nobody --json").json()["events"].size(), 0U);
  EXPECT_EQ(ctl("audit list acme --action limit.burnt").exit, 2);
}

TEST_F(AuditCommandSpec, HasAChainOfThePlatform) {
  ASSERT_EQ(ctl("meter define pages --unit page").exit, 0);
  const auto events = ctl("audit list --json").json()["events"];
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["action"], "meter.defined");
  EXPECT_EQ(events[0]["subject"], "pages");
}

TEST_F(AuditCommandSpec, VerifiesAChain) {
  EXPECT_THAT(ctl("audit verify acme").out, StartsWith("ok: 3 events hold"));
  const auto verified = ctl("audit verify acme --json").json();
  EXPECT_EQ(verified["ok"], true);
  EXPECT_EQ(verified["events"], 3);
  EXPECT_EQ(verified["hash"], ctl("audit list acme --json").json()["events"][2]["hash"]);
}

TEST_F(AuditCommandSpec, VerifiesThePlatformsChainAndThatOfEveryTenant) {
  ASSERT_EQ(ctl("tenant create other").exit, 0);
  ASSERT_EQ(ctl("meter define pages --unit page").exit, 0);
  EXPECT_EQ(ctl("audit verify --all").out, "ok: 5 events of 3 chains hold\n");
  const auto verified = ctl("audit verify --all --json").json();
  EXPECT_EQ(verified["ok"], true);
  EXPECT_EQ(verified["chains"], 3);
  EXPECT_EQ(verified["broken"].size(), 0U);
  EXPECT_EQ(ctl("audit verify acme --all").exit, 2);
}

TEST_F(AuditCommandSpec, KnowsATenantThatIsGoneByItsId) {
  const std::string id = ctl("tenant show acme --json").json()["id"];
  ASSERT_EQ(ctl("tenant deactivate acme").exit, 0);
  ASSERT_EQ(ctl("tenant purge acme --yes").exit, 0);
  const auto events = ctl("audit list " + id + " --json").json()["events"];
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[4]["action"], "tenant.purged");
  EXPECT_EQ(ctl("audit verify " + id).exit, 0);
}

}  // namespace
}  // namespace sluice::test
