// SPDX-License-Identifier: Apache-2.0
// Counters by label and open reservations, as the real program shows them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "actors/tenant/invariant.hpp"
#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

const std::string reserved_id = "6f9619ff-8b86-4d01-b42d-00cf4fc964f1";

class LiveCommandSpec : public CommandTest {
protected:
  LiveCommandSpec() {
    SLUICE_INVARIANT(ctl("tenant create acme").exit == 0);
    SLUICE_INVARIANT(
        ctl("limit set acme each --meter llm_tokens --size 100 --period day --by user").exit == 0);
  }
};

TEST_F(LiveCommandSpec, CountersAreShownWhereMostIsTakenFirst) {
  EXPECT_EQ(ctl("limit counters acme").out, "no counters: no request was counted by its labels\n");
  ASSERT_EQ(ctl("check acme llm_tokens=10 --label user=ann").exit, 0);
  ASSERT_EQ(ctl("check acme llm_tokens=80 --label user=bob").exit, 0);
  const Called shown = ctl("limit counters acme each");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, ContainsRegex("LIMIT +LABELS +USED +HELD +OF +RESETS +STATE"));
  const std::size_t bob = shown.out.find("user=bob");
  const std::size_t ann = shown.out.find("user=ann");
  ASSERT_NE(ann, std::string::npos);
  EXPECT_LT(bob, ann);
  EXPECT_THAT(shown.out, ContainsRegex("user=bob +80 +0 +100 .* 80%.*in use"));
}

TEST_F(LiveCommandSpec, CountersAreToldToProgramsWithExactNumbers) {
  ASSERT_EQ(ctl("check acme llm_tokens=10 --label user=ann").exit, 0);
  ASSERT_EQ(ctl("check acme llm_tokens=80 --label user=bob").exit, 0);
  const auto told = ctl("limit counters acme --label user=ann --json").json();
  ASSERT_EQ(told["counters"].size(), 1U);
  const auto& ann = told["counters"][0];
  EXPECT_EQ(ann["limit"], "each");
  EXPECT_EQ(ann["meter"], "llm_tokens");
  EXPECT_EQ(ann["labels"]["user"], "ann");
  EXPECT_EQ(ann["used"], 10);
  EXPECT_EQ(ann["held"], 0);
  EXPECT_EQ(ann["remaining"], 90);
  EXPECT_EQ(ann["idle"], false);
  EXPECT_TRUE(ann["resets_at"].is_string());
}

TEST_F(LiveCommandSpec, ALimitThatHasNoCountersByLabelIsRefused) {
  const Called none = ctl("limit counters acme nothing");
  EXPECT_EQ(none.exit, 1);
  EXPECT_THAT(none.err, HasSubstr("there is none of this name"));
  EXPECT_EQ(ctl("limit counters nobody").exit, 1);
}

TEST_F(LiveCommandSpec, ReservationsAreListedWithWhatTheyHold) {
  EXPECT_EQ(ctl("reservation list acme").out, "nothing is open\n");
  ASSERT_EQ(ctl("reserve acme llm_tokens=60 --ttl 1h --label user=ann --id " + reserved_id).exit,
            0);
  ASSERT_EQ(ctl("extend acme llm_tokens=20 --ttl 1h --id " + reserved_id).exit, 0);
  const Called shown = ctl("reservation list acme");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out,
              ContainsRegex(reserved_id + " +reservation +llm_tokens +60 +20 +user=ann"));
  const auto told = ctl("reservation list acme --label user=ann --json").json();
  ASSERT_EQ(told["reservations"].size(), 1U);
  EXPECT_EQ(told["reservations"][0]["id"], reserved_id);
  EXPECT_EQ(told["reservations"][0]["kind"], "reservation");
  EXPECT_EQ(told["reservations"][0]["charges"],
            (nlohmann::json{{{"meter", "llm_tokens"}, {"held", 60}, {"used", 20}}}));
  EXPECT_EQ(told["reservations"][0]["policy"], nullptr);
  EXPECT_TRUE(ctl("reservation list acme --label user=bob --json").json()["reservations"].empty());
  ASSERT_EQ(ctl("commit acme --id " + reserved_id).exit, 0);
  EXPECT_EQ(ctl("reservation list acme").out, "nothing is open\n");
}

}  // namespace
}  // namespace sluice::test
