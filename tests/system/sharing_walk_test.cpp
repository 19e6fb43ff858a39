// SPDX-License-Identifier: Apache-2.0
// Goal    What one tenant lists another finds, asks for, is granted, and may use: exactly as far as
//         every condition says, and not a moment longer than until it is revoked.
// Method  The real server on a real PostgreSQL, with a clock that only the test moves, and the real
//         sluicectl for everything that anybody does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

constexpr int not_allowed = 3;  // The exit code of a check that was decided so.

class SharingWalk : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_EQ(ctl("tenant create acme --tier enterprise").exit, 0);
    ASSERT_EQ(ctl("tenant create beta --tier professional").exit, 0);
    ASSERT_EQ(ctl("tenant edit beta --region eu").exit, 0);
    ASSERT_NO_FATAL_FAILURE(share(usual_conditions));
    const Called put =
        ctl("market list put acme --policy model/gpt-x --title 'Fast translation' "
            "--description 'Of texts' --category language --tag nlp --json");
    ASSERT_EQ(put.exit, 0) << put.err;
    listing = put.json()["id"];
  }

  [[nodiscard]] Called ctl(const std::string& words) {
    return call("127.0.0.1:" + std::to_string(served.server().port()), words);
  }
  void share(const std::string& conditions) {
    const Called put =
        ctl("share policy put acme model/gpt-x --visibility marketplace "
            "--permission read --permission execute " +
            conditions);
    ASSERT_EQ(put.exit, 0) << put.err;
  }
  /// Finds the listing, asks for what it is of, and has it approved.
  void become_a_consumer() {
    ASSERT_EQ(ctl("market list publish acme " + listing).exit, 0);
    const Called found = ctl("market search beta translation --json");
    ASSERT_EQ(found.exit, 0) << found.err;
    ASSERT_EQ(found.json()["listings"].size(), 1U);
    EXPECT_EQ(found.json()["listings"][0]["resource"], "model/gpt-x");
    const std::string policy = found.json()["listings"][0]["policy"];
    EXPECT_EQ(ctl("share request beta " + policy).exit, 1) << "not from this address";
    const Called asked =
        ctl("share request beta " + policy + " --permission execute --ip 192.0.2.7 --json");
    ASSERT_EQ(asked.exit, 0) << asked.err;
    request = asked.json()["id"];
    EXPECT_EQ(use(), not_allowed) << "it is not decided yet";
    ASSERT_EQ(ctl("share approve acme " + request).exit, 0);
  }
  /// The exit code of one use.
  [[nodiscard]] int use(const std::string& more = "--ip 192.0.2.7") {
    return ctl("check beta --resource model:gpt-x " + more).exit;
  }
  void expect_no_use_with(const std::string& conditions) {
    ASSERT_NO_FATAL_FAILURE(share(conditions));
    EXPECT_EQ(use(), not_allowed) << conditions;
    ASSERT_NO_FATAL_FAILURE(share(usual_conditions));
    EXPECT_EQ(use(), 0) << "after " << conditions;
  }
  void set_clock(std::chrono::sys_seconds to) {
    const auto ns = std::chrono::duration_cast<Duration>(to.time_since_epoch());
    (void)must(served.administrator().set_wall_clock(WallTime{ns}));
  }

  static constexpr const char* usual_conditions =
      "--condition 'tier_minimum gte professional' --condition 'region in eu' "
      "--condition 'time_window in mon-fri 08:00-18:00 UTC' "
      "--condition 'ip_allowlist in 192.0.2.0/24'";

  PostgresServer postgres;
  Served served{{"--postgres", postgres.conninfo(), "--simulated-time", "2025-06-10T12:00:00Z"}};
  std::string listing;
  std::string request;
};

TEST_F(SharingWalk, ADraftIsFoundByNobody) {
  const Called found = ctl("market search beta translation --json");
  ASSERT_EQ(found.exit, 0) << found.err;
  EXPECT_TRUE(found.json()["listings"].empty());
  EXPECT_EQ(ctl("market list show beta " + listing).exit, 1);
  EXPECT_EQ(ctl("market list show acme " + listing).exit, 0);
}

TEST_F(SharingWalk, WhoWasGrantedUsesItAndRatesIt) {
  ASSERT_NO_FATAL_FAILURE(become_a_consumer());
  EXPECT_EQ(use(), 0);
  const Called rated = ctl("market rate beta " + listing + " 4 --review 'It works'");
  ASSERT_EQ(rated.exit, 0) << rated.err;
  EXPECT_EQ(ctl("market rate acme " + listing + " 5").exit, 1) << "its own";
  const auto shown = ctl("market list show beta " + listing + " --json").json();
  EXPECT_EQ(shown["ratingHundredths"], 400);
  EXPECT_EQ(shown["installs"], 1);
  EXPECT_THAT(ctl("audit list acme").out, HasSubstr("listing.published"));
  EXPECT_THAT(ctl("audit list beta").out, HasSubstr("rating.put"));
  const auto exported = ctl("tenant export acme").json();
  ASSERT_EQ(exported["listings"].size(), 1U);
  EXPECT_EQ(exported["ratingsReceived"][0]["review"], "It works");
  const auto given = ctl("tenant export beta").json()["ratingsGiven"];
  ASSERT_EQ(given.size(), 1U);
  EXPECT_EQ(given[0]["listing"], listing);
}

TEST_F(SharingWalk, NoConditionLetsThroughWhatIsOutsideOfIt) {
  ASSERT_NO_FATAL_FAILURE(become_a_consumer());
  ASSERT_EQ(use(), 0);
  EXPECT_EQ(use("--ip 198.51.100.1"), not_allowed) << "from elsewhere";
  EXPECT_EQ(use("--permission read --ip 192.0.2.7"), not_allowed) << "was not asked for";
  expect_no_use_with("--condition 'tier_minimum gte enterprise'");
  expect_no_use_with("--condition 'tier_exact eq enterprise'");
  expect_no_use_with("--condition 'region nin eu'");
  expect_no_use_with("--condition 'compliance in hipaa'");
  expect_no_use_with("--condition 'usage_limit lte 0'");
  EXPECT_EQ(ctl("share policy put acme model/gpt-x --condition 'tier_exact eq enterprize'").exit, 1)
      << "there is no such tier";
  ASSERT_EQ(ctl("tenant edit beta --region us").exit, 0);
  EXPECT_EQ(use(), not_allowed) << "it moved away";
  ASSERT_EQ(ctl("tenant edit beta --region eu").exit, 0);
  EXPECT_EQ(use(), 0);
  using namespace std::chrono;
  set_clock(sys_days{2025y / June / 10} + hours{18});
  EXPECT_EQ(use(), not_allowed) << "after hours";
  set_clock(sys_days{2025y / June / 11} + hours{8});
  EXPECT_EQ(use(), 0);
}

TEST_F(SharingWalk, ARevokedGrantIsOfNoUseFromTheNextCheckOn) {
  ASSERT_NO_FATAL_FAILURE(become_a_consumer());
  ASSERT_EQ(use(), 0);
  ASSERT_EQ(ctl("share revoke acme " + request + " --reason over").exit, 0);
  EXPECT_EQ(use(), not_allowed);
  EXPECT_EQ(ctl("market rate beta " + listing + " 2").exit, 0) << "it was granted once";
  served.crash();
  served.start();
  EXPECT_EQ(use(), not_allowed);
}

TEST_F(SharingWalk, WithItsPolicyAListingIsGone) {
  ASSERT_NO_FATAL_FAILURE(become_a_consumer());
  ASSERT_EQ(ctl("share policy remove acme model/gpt-x").exit, 0);
  EXPECT_EQ(use(), 1) << "there is no such resource";
  EXPECT_EQ(ctl("market list show acme " + listing).exit, 1);
  EXPECT_TRUE(ctl("market search beta --json").json()["listings"].empty());
}

}  // namespace
}  // namespace sluice::test
