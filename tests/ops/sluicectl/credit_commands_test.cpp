// SPDX-License-Identifier: Apache-2.0
// The real program gives, shows, voids and resets credit on the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "actors/tenant/invariant.hpp"
#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::chrono::seconds patience{30};
const std::string first = "6f9619ff-8b86-4d01-b42d-00cf4fc964f1";
const std::string second = "6f9619ff-8b86-4d01-b42d-00cf4fc964f2";

/// A tenant in Zurich, where it is 14 o'clock, with a limit of credit on tokens.
class CreditCommandSpec : public CommandTest {
protected:
  CreditCommandSpec() {
    SLUICE_INVARIANT(ctl("tenant create acme --timezone Europe/Zurich "
                         "--limit prepaid=llm_tokens:credit/month "
                         "--limit calls=api_requests:100/day")
                         .exit == 0);
  }

  void give(const std::string& words) const {
    const Called given = ctl("credit give acme prepaid " + words);
    ASSERT_EQ(given.exit, 0) << given.err;
  }
  [[nodiscard]] nlohmann::json prepaid() const {
    return ctl("credit show acme prepaid --json").json()["limits"][0];
  }
  [[nodiscard]] int spend(const std::string& amount) const {
    return ctl("check acme llm_tokens=" + amount).exit;
  }
};

TEST_F(CreditCommandSpec, ALimitOfCreditIsShownAsSuch) {
  EXPECT_THAT(ctl("limit show acme").out, ContainsRegex("prepaid +llm_tokens +credit / month"));
  const auto limit = ctl("limit show acme --json").json()["limits"][0];
  EXPECT_EQ(limit["kind"], "credit");
  EXPECT_EQ(limit["period"], "month");
  ASSERT_EQ(ctl("limit set acme other --meter llm_tokens --credit never --alert").exit, 0);
  EXPECT_THAT(ctl("limit show acme").out, ContainsRegex("other +llm_tokens +credit  +alert"));
}

TEST_F(CreditCommandSpec, NothingMayBeSpentBeforeSomethingWasGiven) {
  EXPECT_EQ(spend("1"), 3);
  give("100");
  EXPECT_EQ(spend("100"), 0);
  EXPECT_EQ(spend("1"), 3);
}

TEST_F(CreditCommandSpec, ShowsWhatAGrantHasLeftAndWhatItPaid) {
  const Called given = ctl("credit give acme prepaid 1k --id " + first);
  ASSERT_EQ(given.exit, 0) << given.err;
  EXPECT_THAT(given.out, AllOf(HasSubstr("grant  " + first), Not(HasSubstr("repeated")),
                               ContainsRegex("prepaid +llm_tokens +0 +1k +-")));
  ASSERT_EQ(spend("300"), 0);
  const std::string shown = ctl("credit show acme").out;
  EXPECT_THAT(shown, AllOf(ContainsRegex("LIMIT +METER +USED +BALANCE +OWED +RESETS\n"),
                           ContainsRegex("prepaid +llm_tokens +300 +700 +- +2025-07-01 00:00:00 "
                                         "CEST\n"),
                           ContainsRegex(first + " +1 +1k +700 +300 +active +2025-06-10 14:00:00 "
                                                 "CEST +never\n"),
                           Not(HasSubstr("EVERY")), Not(HasSubstr("ROLLOVER"))));
  const auto limit = prepaid();
  EXPECT_EQ(limit["used"], 300);
  EXPECT_EQ(limit["balance"], 700);
  EXPECT_EQ(limit["remaining"], 700);
  EXPECT_EQ(limit["owed"], 0);
  ASSERT_THAT(limit["grants"], SizeIs(1));
  const auto& grant = limit["grants"][0];
  EXPECT_EQ(grant["id"], first);
  EXPECT_EQ(grant["state"], "active");
  EXPECT_EQ(grant["amount"], 1'000);
  EXPECT_EQ(grant["balance"], 700);
  EXPECT_EQ(grant["paid"], 300);
  EXPECT_EQ(grant["expires_at"], nullptr);
  EXPECT_EQ(grant["voided_at"], nullptr);
  EXPECT_EQ(grant["recurrence"], nullptr);
}

TEST_F(CreditCommandSpec, ShowsGrantsInTheOrderInWhichTheyAreSpent) {
  give("100 --id " + first);
  give("100 --priority 0 --id " + second);
  auto grants = prepaid()["grants"];
  ASSERT_THAT(grants, SizeIs(2));
  EXPECT_EQ(grants[0]["id"], second) << "its priority is lower";
  ASSERT_EQ(spend("150"), 0);
  grants = prepaid()["grants"];
  EXPECT_EQ(grants[0]["state"], "used up");
  EXPECT_EQ(grants[1]["balance"], 50);
}

TEST_F(CreditCommandSpec, AGrantIsGivenOnceUnderOneId) {
  give("100 --id " + first);
  const Called again = ctl("credit give acme prepaid 100 --id " + first);
  EXPECT_EQ(again.exit, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("repeated  yes"));
  EXPECT_EQ(prepaid()["balance"], 100);
  EXPECT_EQ(ctl("credit give acme prepaid 101 --id " + first).exit, 1);
  const auto document = ctl("credit give acme prepaid 100 --json --id " + first).json();
  EXPECT_EQ(document["grant"], first);
  EXPECT_EQ(document["repeated"], true);
}

TEST_F(CreditCommandSpec, AGrantHasItsTime) {
  give("100 --effective 2025-06-10T13:00:00Z --expires 2025-06-10T14:00:00Z");
  EXPECT_EQ(prepaid()["grants"][0]["state"], "pending");
  EXPECT_EQ(spend("1"), 3);
  ASSERT_EQ(ctl("clock advance 1h").exit, 0);
  EXPECT_EQ(prepaid()["grants"][0]["state"], "active");
  EXPECT_EQ(spend("1"), 0);
  ASSERT_EQ(ctl("clock advance 1h").exit, 0);
  EXPECT_EQ(prepaid()["grants"][0]["state"], "expired");
  EXPECT_EQ(prepaid()["balance"], 0);
  EXPECT_EQ(spend("1"), 3);
}

TEST_F(CreditCommandSpec, ARecurrenceFillsAGrantAgain) {
  give("100 --every '1 day' --anchor 2025-06-10T13:00:00Z");
  EXPECT_THAT(ctl("credit show acme").out, AllOf(HasSubstr("EVERY"), HasSubstr("1 day")));
  ASSERT_EQ(spend("100"), 0);
  EXPECT_EQ(spend("1"), 3);
  ASSERT_EQ(ctl("clock advance 1h").exit, 0);
  EXPECT_EQ(spend("100"), 0);
  const auto recurrence = prepaid()["grants"][0]["recurrence"];
  EXPECT_EQ(recurrence["period"], "day");
  EXPECT_EQ(recurrence["every"], 1);
  EXPECT_EQ(recurrence["anchor_at"], "2025-06-10T13:00:00Z");
}

TEST_F(CreditCommandSpec, WhatIsLeftRollsOverAsFarAsItMay) {
  give("100 --rollover 0..30 --id " + first);
  give("100 --id " + second);
  EXPECT_THAT(ctl("credit show acme").out, AllOf(HasSubstr("ROLLOVER"), HasSubstr("0..30")));
  ASSERT_EQ(spend("10"), 0);
  const Called reset = ctl("credit reset acme prepaid");
  ASSERT_EQ(reset.exit, 0) << reset.err;
  EXPECT_THAT(reset.out, Not(HasSubstr("grant ")));
  EXPECT_EQ(prepaid()["used"], 0);
  EXPECT_EQ(prepaid()["balance"], 30);
}

TEST_F(CreditCommandSpec, AResetForgetsWhatIsOwedUnlessItIsToBeKept) {
  ASSERT_EQ(ctl("limit set acme prepaid --meter llm_tokens --credit month --alert").exit, 0);
  ASSERT_EQ(spend("40"), 0);
  EXPECT_EQ(prepaid()["owed"], 40);
  ASSERT_EQ(ctl("credit reset acme prepaid --keep-overage").exit, 0);
  EXPECT_EQ(prepaid()["owed"], 40);
  ASSERT_EQ(ctl("credit reset acme prepaid").exit, 0);
  EXPECT_EQ(prepaid()["owed"], 0);
}

TEST_F(CreditCommandSpec, WhatIsOwedIsPaidByTheNextGrant) {
  ASSERT_EQ(ctl("limit set acme prepaid --meter llm_tokens --credit month --alert").exit, 0);
  ASSERT_EQ(spend("40"), 0);
  EXPECT_THAT(ctl("usage acme").out, ContainsRegex("prepaid +llm_tokens +40 +credit / month"));
  give("100 --id " + first);
  EXPECT_EQ(prepaid()["owed"], 0);
  EXPECT_EQ(prepaid()["balance"], 60);
  EXPECT_EQ(prepaid()["grants"][0]["paid"], 40);
}

TEST_F(CreditCommandSpec, WhatIsLeftOfAVoidedGrantIsGone) {
  give("100 --id " + first);
  ASSERT_EQ(spend("40"), 0);
  const Called voided = ctl("credit void acme " + first);
  ASSERT_EQ(voided.exit, 0) << voided.err;
  EXPECT_THAT(voided.out, AllOf(HasSubstr("grant  " + first), HasSubstr("voided")));
  EXPECT_EQ(prepaid()["grants"][0]["state"], "voided");
  EXPECT_EQ(prepaid()["grants"][0]["paid"], 40);
  EXPECT_EQ(spend("1"), 3);
  EXPECT_THAT(ctl("credit void acme " + first).out, HasSubstr("repeated"));
}

TEST_F(CreditCommandSpec, ClosedWindowsSayWhichGrantPaid) {
  give("100 --expires 2025-06-10T13:00:00Z --id " + first);
  ASSERT_EQ(spend("40"), 0);
  ASSERT_EQ(ctl("clock advance 1h").exit, 0);
  EXPECT_EQ(spend("1"), 3);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  nlohmann::json windows;
  do {
    windows = ctl("windows acme --json").json()["windows"];
  } while (windows.empty() && std::chrono::steady_clock::now() < deadline);
  ASSERT_THAT(windows, SizeIs(1));
  EXPECT_EQ(windows[0]["paid_by"], first);
  EXPECT_EQ(windows[0]["used"], 40);
  EXPECT_THAT(ctl("windows acme").out, AllOf(ContainsRegex("PRICE +PAID BY\n"), HasSubstr(first)));
}

TEST_F(CreditCommandSpec, SaysWhereThereIsNoCredit) {
  ASSERT_EQ(ctl("tenant create other --limit calls=api_requests:100/day").exit, 0);
  EXPECT_EQ(ctl("credit show other").out, "no credit: no limit was set with --credit\n");
  EXPECT_THAT(ctl("credit show other --json").json()["limits"], IsEmpty());
}

TEST_F(CreditCommandSpec, RefusesWhatIsNotThereAndNamesIt) {
  for (const auto& [words, why] :
       {std::pair{"give acme nonsense 10", "LIMIT: acme has no limit 'nonsense'"},
        {"give acme calls 10", "LIMIT: 'calls' is not credit"},
        {"show acme nonsense", "LIMIT: acme has no limit 'nonsense'"},
        {"reset acme calls", "LIMIT: 'calls' is not credit"},
        {"give nobody prepaid 10", "nobody"},
        {"void acme 6f9619ff-8b86-4d01-b42d-00cf4fc964f9", "grant: there is no grant"}}) {
    const Called called = ctl(std::string{"credit "} + words);
    EXPECT_EQ(called.exit, 1) << words;
    EXPECT_THAT(called.err, HasSubstr(why)) << words;
  }
}

TEST_F(CreditCommandSpec, RefusesTermsThatCannotBeAndNamesTheField) {
  for (const auto& [words, why] :
       {std::pair{"0", "grant.amount is zero"},
        {"10 --effective 2025-07-01 --expires 2025-07-01", "grant.expiresAtNs"},
        {"10 --every '0 days' --anchor 2025-07-01", "grant.recurrence.every"},
        {"10 --every '1001 days' --anchor 2025-07-01", "grant.recurrence.every"},
        {"10 --rollover 2..1", "grant.rollover.min"}}) {
    const Called called = ctl(std::string{"credit give acme prepaid "} + words);
    EXPECT_EQ(called.exit, 1) << words;
    EXPECT_THAT(called.err, HasSubstr(why)) << words;
  }
  EXPECT_THAT(prepaid()["grants"], IsEmpty());
}

TEST_F(CreditCommandSpec, CallsWhatCannotBeReadBadUsageAndNamesTheOption) {
  for (const auto& [words, option] : {std::pair{"give acme prepaid lots", "AMOUNT"},
                                      {"give acme prepaid 10 --id nonsense", "--id"},
                                      {"give acme prepaid 10 --priority 256", "--priority"},
                                      {"give acme prepaid 10 --expires soon", "--expires"},
                                      {"give acme prepaid 10 --every '1 month'", "--anchor"},
                                      {"give acme prepaid 10 --rollover 5", "--rollover"},
                                      {"void acme nonsense", "ID"},
                                      {"give acme prepaid", "AMOUNT"}}) {
    const Called called = ctl(std::string{"credit "} + words);
    EXPECT_EQ(called.exit, 2) << words;
    EXPECT_THAT(called.err, HasSubstr(option)) << words;
  }
}

TEST_F(CreditCommandSpec, HasNeitherLabelsNorOverrides) {
  const Called by = ctl("limit set acme each --meter llm_tokens --credit month --by user");
  EXPECT_EQ(by.exit, 1);
  EXPECT_THAT(by.err, HasSubstr("per"));
  EXPECT_EQ(ctl("limit override acme prepaid --size 10 --author ann --reason x").exit, 2);
}

}  // namespace
}  // namespace sluice::test
