// SPDX-License-Identifier: Apache-2.0
// The life of a tenant, told to the real program and the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class LifeCommandSpec : public CommandTest {
protected:
  /// The status of a tenant, as programs read it.
  [[nodiscard]] std::string status(const std::string& slug) const {
    return ctl("tenant show " + slug + " --json").json()["status"];
  }
};

TEST_F(LifeCommandSpec, ASuspendedTenantIsRefusedAndComesBackAsItWas) {
  ASSERT_EQ(ctl("tenant create acme --limit monthly=api_requests:10/month").exit, 0);
  ASSERT_EQ(ctl("check acme api_requests=4").exit, 0);
  const Called suspended = ctl("tenant suspend acme --reason 'not paid'");
  ASSERT_EQ(suspended.exit, 0) << suspended.err;
  EXPECT_THAT(suspended.out, HasSubstr("suspended since 2025-06-10 12:00:00 UTC: not paid"));
  const Called refused = ctl("check acme api_requests --json");
  EXPECT_EQ(refused.exit, 3);
  EXPECT_EQ(refused.json()["outcome"], "suspended");
  ASSERT_EQ(ctl("tenant reactivate acme").exit, 0);
  EXPECT_EQ(status("acme"), "active");
  EXPECT_EQ(ctl("usage acme --json").json()["limits"][0]["used"], 4);
}

TEST_F(LifeCommandSpec, ATrialIsShownAndConverted) {
  const Called created = ctl("tenant create acme --trial-days 14");
  EXPECT_THAT(created.out, HasSubstr("trial until 2025-06-24 12:00:00 UTC"));
  const auto shown = ctl("tenant show acme --json").json();
  EXPECT_EQ(shown["trial_days"], 14);
  EXPECT_EQ(shown["trial_ends_at"], "2025-06-24T12:00:00Z");
  ASSERT_EQ(ctl("tenant convert acme").exit, 0);
  EXPECT_EQ(status("acme"), "active");
  const Called again = ctl("tenant convert acme");
  EXPECT_EQ(again.exit, 1);
  EXPECT_THAT(again.err, HasSubstr("an active tenant cannot be converted"));
  EXPECT_EQ(ctl("tenant create long --trial-days 366").exit, 2);
}

TEST_F(LifeCommandSpec, ADeactivatedTenantIsKeptAndCanBeRestored) {
  ASSERT_EQ(ctl("tenant create acme").exit, 0);
  const Called gone = ctl("tenant deactivate acme");
  EXPECT_THAT(gone.out, HasSubstr("deactivated since 2025-06-10 12:00:00 UTC, kept until "
                                  "2025-09-08 12:00:00 UTC"));
  EXPECT_EQ(ctl("check acme api_requests --json").json()["outcome"], "deactivated");
  ASSERT_EQ(ctl("tenant restore acme").exit, 0);
  const auto restored = ctl("tenant show acme --json").json();
  EXPECT_EQ(restored["status"], "suspended");
  EXPECT_EQ(restored["suspend_reason"], "restored");
}

TEST_F(LifeCommandSpec, PurgesOnlyWhatIsDeactivatedAndOnlyWhenTold) {
  ASSERT_EQ(ctl("tenant create acme").exit, 0);
  EXPECT_EQ(ctl("tenant purge acme --yes").exit, 1) << "it is active";
  ASSERT_EQ(ctl("tenant delete acme").exit, 0);
  EXPECT_EQ(status("acme"), "deactivated");
  const Called unsure = ctl("tenant purge acme");
  EXPECT_EQ(unsure.exit, 2);
  EXPECT_THAT(unsure.err, HasSubstr("--yes"));
  EXPECT_EQ(ctl("tenant show acme").exit, 0) << "it must still be there";
  EXPECT_THAT(ctl("tenant purge acme --yes --expect-version 1").err, HasSubstr("version: "));
  EXPECT_THAT(ctl("tenant purge acme --yes --expect-version 2").out, HasSubstr("purged acme"));
  EXPECT_EQ(ctl("tenant show acme").exit, 1);
  EXPECT_EQ(ctl("tenant create acme").exit, 0) << "its slug is free";
}

TEST_F(LifeCommandSpec, RefusesAStaleVersionAndAMissingReason) {
  ASSERT_EQ(ctl("tenant create acme").exit, 0);
  EXPECT_EQ(ctl("tenant suspend acme").exit, 2);
  EXPECT_THAT(ctl("tenant suspend acme --reason ''").err, HasSubstr("reason: must not be empty"));
  EXPECT_EQ(ctl("tenant suspend acme --reason x --expect-version 7").exit, 1);
  EXPECT_EQ(status("acme"), "active");
  EXPECT_EQ(ctl("tenant suspend acme --reason x --expect-version 1").exit, 0);
}

TEST_F(LifeCommandSpec, ListsByStatusAndRegion) {
  ASSERT_EQ(ctl("tenant create one --region eu").exit, 0);
  ASSERT_EQ(ctl("tenant create two --region us").exit, 0);
  ASSERT_EQ(ctl("tenant suspend two --reason x").exit, 0);
  EXPECT_EQ(ctl("tenant list --status suspended --slugs").out, "two\n");
  EXPECT_EQ(ctl("tenant list --region eu --slugs").out, "one\n");
  EXPECT_EQ(ctl("tenant list --region eu --status suspended").out, "no tenants\n");
  EXPECT_EQ(ctl("tenant list --status gone").exit, 2);
  EXPECT_THAT(ctl("tenant list").out, HasSubstr("suspended"));
}

TEST_F(LifeCommandSpec, KeepsToWhomAndInWhatIsBilled) {
  const Called created =
      ctl("tenant create acme --region eu-west-1 --currency CHF --company 'Acme AG' "
          "--email bills@acme.example --address 'Seestrasse 1' --tax-id CHE-1");
  ASSERT_EQ(created.exit, 0) << created.err;
  EXPECT_THAT(created.out, HasSubstr("bills@acme.example"));
  const auto edited =
      ctl("tenant edit acme --email pay@acme.example --tax-id '' --region '' --json").json();
  EXPECT_EQ(edited["billing"]["company"], "Acme AG");
  EXPECT_EQ(edited["billing"]["email"], "pay@acme.example");
  EXPECT_EQ(edited["billing"]["tax_id"], "");
  EXPECT_EQ(edited["region"], "");
  EXPECT_EQ(edited["currency"], "CHF");
  EXPECT_THAT(ctl("tenant edit acme --currency euro").err, HasSubstr("currency: "));
  EXPECT_THAT(ctl("tenant edit acme --email nobody").err, HasSubstr("billing.email: "));
}

TEST_F(LifeCommandSpec, KeepsSettingsForProgramsThatAskForThem) {
  const auto made =
      ctl(R"(tenant create acme --settings '{"theme": {"dark": true}}' --json)").json();
  EXPECT_EQ(made["settings"]["theme"]["dark"], true);
  EXPECT_THAT(ctl("tenant show acme").out, HasSubstr(R"({"theme": {"dark": true}})"));
  EXPECT_EQ(ctl("tenant edit acme --name Acme --json").json()["settings"], made["settings"]);
  EXPECT_EQ(ctl("tenant edit acme --settings '{}' --json").json()["settings"].size(), 0U);
  EXPECT_THAT(ctl("tenant edit acme --settings '[1]'").err, HasSubstr("settings: "));
  EXPECT_EQ(ctl("tenant edit acme --settings ''").exit, 2);
  EXPECT_THAT(ctl("audit list acme --json").out, HasSubstr("settings"));
}

TEST_F(LifeCommandSpec, ExportsEverythingThatIsKeptAsOneDocument) {
  ASSERT_EQ(ctl("tenant create acme --region eu --limit monthly=api_requests:100/month "
                "--limit prepaid=llm_tokens:credit/never")
                .exit,
            0);
  ASSERT_EQ(ctl("credit give acme prepaid 500 --id 6f9619ff-8b86-4d01-b42d-00cf4fc964f1").exit, 0);
  ASSERT_EQ(ctl("check acme api_requests=40 --id 6f9619ff-8b86-4d01-b42d-00cf4fc964f2").exit, 0);
  const auto key = ctl("key create its --kind gateway --tenant acme --json").json();
  ASSERT_EQ(ctl("key create everybodys --kind gateway").exit, 0);
  ASSERT_EQ(server().stop(), 0) << "then the store has all of it";
  restart();
  const Called exported = ctl("tenant export acme");
  ASSERT_EQ(exported.exit, 0) << exported.err;
  const auto document = exported.json();
  EXPECT_EQ(document["tenant"]["region"], "eu");
  EXPECT_EQ(document["usage"]["limits"][0]["used"], "40");
  EXPECT_EQ(document["counters"].size(), 2U);
  EXPECT_EQ(document["counters"][0]["used"], "40");
  EXPECT_EQ(document["openUsage"][0]["used"], "40");
  EXPECT_EQ(document["entries"].size(), 2U) << "the grant and the answer";
  EXPECT_EQ(document["hours"][0]["used"], "40");
  EXPECT_EQ(document["audit"][0]["action"], "tenant.created");
  EXPECT_GE(document["audit"].size(), 2U) << "and the grant of credit";
  ASSERT_EQ(document["apiKeys"].size(), 1U) << "those of all tenants are not its own";
  EXPECT_EQ(document["apiKeys"][0]["name"], "its");
  EXPECT_THAT(exported.out, Not(HasSubstr(key["key"].get<std::string>())));
  for (const char* part :
       {"members", "policies", "requestsAsOwner", "requestsAsConsumer", "statementsAsOwner",
        "payouts", "listings", "ratingsGiven", "ratingsReceived", "sharedHoursAsOwner",
        "sharedHoursAsConsumer", "alerts", "deliveries"}) {
    EXPECT_TRUE(document[part].is_array()) << part;
  }
  EXPECT_EQ(exported.out, ctl("tenant export acme --json").out);
  EXPECT_EQ(ctl("tenant export nobody").exit, 1);
}

}  // namespace
}  // namespace sluice::test
