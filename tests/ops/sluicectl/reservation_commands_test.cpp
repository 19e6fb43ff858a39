// SPDX-License-Identifier: Apache-2.0
// The real program against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string id = " --id 6f9619ff-8b86-4d01-b42d-00cf4fc964f1 ";

class ReservationCommandSpec : public CommandTest {
protected:
  ReservationCommandSpec() {
    EXPECT_EQ(ctl("tenant create acme --limit daily=llm_tokens:1k/day").exit, 0);
  }

  [[nodiscard]] nlohmann::json daily() const {
    return ctl("usage acme --json").json()["limits"][0];
  }
};

TEST_F(ReservationCommandSpec, HoldsAnEstimateAndSettlesItAtWhatWasUsed) {
  const auto held = ctl("reserve acme llm_tokens=600 --ttl 30s --json" + id).json();
  EXPECT_EQ(held["outcome"], "allowed");
  EXPECT_EQ(held["id"], "6f9619ff-8b86-4d01-b42d-00cf4fc964f1");
  EXPECT_EQ(held["used"], 0);
  EXPECT_EQ(held["held"], 600);
  EXPECT_EQ(held["remaining"], 400);
  EXPECT_EQ(daily()["held"], 600);
  EXPECT_EQ(ctl("check acme llm_tokens=401").exit, 3);
  EXPECT_EQ(ctl("commit acme llm_tokens=350" + id).exit, 0);
  EXPECT_EQ(daily()["held"], 0);
  EXPECT_EQ(daily()["used"], 350);
}

TEST_F(ReservationCommandSpec, MakesUpAnIdAndPrintsIt) {
  const std::string made = ctl("reserve acme llm_tokens=600 --ttl 30s --json").json()["id"];
  EXPECT_EQ(ctl("cancel acme --id " + made).exit, 0);
  EXPECT_EQ(daily()["held"], 0);
}

TEST_F(ReservationCommandSpec, ATimeToLiveMustComeFromSomewhere) {
  const Called nowhere = ctl("reserve acme llm_tokens=1");
  EXPECT_EQ(nowhere.exit, 3);
  EXPECT_THAT(nowhere.out, HasSubstr("problem      ttl: is missing"));
}

TEST_F(ReservationCommandSpec, ShowsWhatIsHeldOnlyWhereSomethingIs) {
  EXPECT_THAT(ctl("usage acme").out, Not(HasSubstr("HELD")));
  const Called reserved = ctl("reserve acme llm_tokens=600 --ttl 30s" + id);
  EXPECT_THAT(reserved.out, HasSubstr("held         600\n"));
  EXPECT_THAT(ctl("usage acme").out, HasSubstr("HELD"));
  EXPECT_THAT(ctl("cancel acme" + id).out, Not(HasSubstr("held ")));
}

TEST_F(ReservationCommandSpec, EndsByItselfAtWhatWasReported) {
  ASSERT_EQ(ctl("reserve acme llm_tokens=600 --ttl 30s" + id).exit, 0);
  ASSERT_EQ(ctl("extend acme llm_tokens=200 --ttl 1m" + id).exit, 0);
  ASSERT_EQ(ctl("clock advance 1m").exit, 0);
  const Called late = ctl("commit acme llm_tokens=350" + id);
  EXPECT_EQ(late.exit, 3);
  EXPECT_THAT(late.out, HasSubstr("hold_expired"));
  EXPECT_EQ(daily()["used"], 200);
}

TEST_F(ReservationCommandSpec, ACommitWithoutAmountsSettlesAtWhatIsHeld) {
  ASSERT_EQ(ctl("reserve acme llm_tokens=600 --ttl 30s" + id).exit, 0);
  EXPECT_EQ(ctl("commit acme" + id).exit, 0);
  EXPECT_EQ(daily()["used"], 600);
}

TEST_F(ReservationCommandSpec, AskedAgainIsToldAgain) {
  ASSERT_EQ(ctl("reserve acme llm_tokens=600 --ttl 30s" + id).exit, 0);
  EXPECT_EQ(ctl("commit acme llm_tokens=1" + id + "--json").json()["repeated"], false);
  EXPECT_EQ(ctl("commit acme llm_tokens=1" + id + "--json").json()["repeated"], true);
  EXPECT_EQ(ctl("commit acme llm_tokens=2" + id).exit, 3);
  EXPECT_EQ(ctl("cancel acme" + id).exit, 3);
}

TEST_F(ReservationCommandSpec, ACheckWithAnIdIsChargedOnce) {
  EXPECT_EQ(ctl("check acme llm_tokens=100" + id).exit, 0);
  EXPECT_THAT(ctl("check acme llm_tokens=100" + id).out, HasSubstr("repeated"));
  EXPECT_EQ(ctl("check acme llm_tokens=101" + id + "--json").json()["outcome"], "conflict");
  EXPECT_EQ(daily()["used"], 100);
}

TEST_F(ReservationCommandSpec, CallsAWrongOneBadUsageAndNamesTheOption) {
  for (const auto& [words, named] :
       {std::pair{"reserve acme llm_tokens=1 --ttl soon", "--ttl"},
        {"reserve acme llm_tokens=1 --ttl 8d", "--ttl: '8d' is not from 1ms to 7d"},
        {"reserve acme llm_tokens=1 --ttl 1s --id 42", "--id: '42' is not a UUID"},
        {"reserve acme --ttl 1s", "METER"},
        {"extend acme --ttl 1s", "--id"},
        {"commit acme", "--id"},
        {"cancel acme", "--id"},
        {"check acme llm_tokens=1 --id 42", "--id: '42' is not a UUID"},
        {"check acme llm_tokens --label user", "--label: 'user' is not NAME=VALUE"},
        {"check acme llm_tokens --label User=1", "--label: 'User'"},
        {"reserve acme llm_tokens --label user=1 --label user=2", "--label: 'user' is there twice"},
        {"lease acme llm_tokens --ttl 1s", "--want"},
        {"lease acme llm_tokens --want 5", "--ttl"},
        {"lease acme llm_tokens --want few --ttl 1s", "--want: 'few'"},
        {"lease acme llm_tokens --want 5 --ttl 1s --id 42", "--id: '42' is not a UUID"},
        {"lease acme --want 5 --ttl 1s", "METER"}}) {
    const Called called = ctl(words);
    EXPECT_EQ(called.exit, 2) << words;
    EXPECT_THAT(called.err, HasSubstr(named)) << words;
  }
  EXPECT_THAT(ctl("commit acme llm_tokens" + id).err, HasSubstr("llm_tokens=100"));
  EXPECT_THAT(ctl("check acme llm_tokens --peek" + id).err, HasSubstr("--id: a peek"));
}

}  // namespace
}  // namespace sluice::test
