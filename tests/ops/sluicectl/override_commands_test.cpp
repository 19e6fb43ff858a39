// SPDX-License-Identifier: Apache-2.0
// The real program against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

const std::string who = " --author ann --reason 'launch week' ";

class OverrideCommandSpec : public CommandTest {
protected:
  OverrideCommandSpec() {
    EXPECT_EQ(ctl("tenant create acme --timezone Europe/Zurich "
                  "--limit daily=llm_tokens:100/day,soft=80%")
                  .exit,
              0);
  }

  [[nodiscard]] nlohmann::json daily() const {
    return ctl("limit show acme --json").json()["limits"][0];
  }
};

TEST_F(OverrideCommandSpec, LetsAnotherSizeHoldAndKeepsWhatIsUsed) {
  ASSERT_EQ(ctl("check acme llm_tokens=90").exit, 0);
  ASSERT_EQ(ctl("limit override acme daily --size 200 --for 2h" + who).exit, 0);
  EXPECT_EQ(ctl("check acme llm_tokens=110").exit, 0);
  const auto used = ctl("usage acme --json").json()["limits"][0];
  EXPECT_EQ(used["used"], 200);
  EXPECT_EQ(used["remaining"], 0);
  EXPECT_EQ(used["size"], 100);
  ASSERT_TRUE(used["override"].is_object());
  EXPECT_EQ(used["override"]["size"], 200);
}

TEST_F(OverrideCommandSpec, IsShownWithUntilWhenWhoAndWhy) {
  const Called set = ctl("limit override acme daily --size 200 --soft 50% --for 2h" + who);
  ASSERT_EQ(set.exit, 0) << set.err;
  const std::string line = "daily +200 / day +100 +2025-06-10 16:00:00 CEST +ann +launch week\n";
  EXPECT_THAT(set.out, AllOf(ContainsRegex("OVERRIDDEN +RULE +SOFT +UNTIL +AUTHOR +REASON\n"),
                             ContainsRegex(line), HasSubstr("100 / day")));
  EXPECT_THAT(ctl("limit show acme").out, ContainsRegex(line));
  EXPECT_THAT(ctl("tenant show acme").out, ContainsRegex(line));
  EXPECT_THAT(ctl("usage acme").out, ContainsRegex(line));
  const auto instead = daily()["override"];
  ASSERT_TRUE(instead.is_object());
  EXPECT_EQ(instead["kind"], "window");
  EXPECT_EQ(instead["size"], 200);
  EXPECT_EQ(instead["soft_limit"], 100);
  EXPECT_EQ(instead["expires_at"], "2025-06-10T14:00:00Z");
  EXPECT_EQ(instead["author"], "ann");
  EXPECT_EQ(instead["reason"], "launch week");
}

TEST_F(OverrideCommandSpec, EndsByItself) {
  ASSERT_EQ(ctl("limit override acme daily --size 200 --until 2025-06-10T13:00:00Z" + who).exit, 0);
  ASSERT_EQ(ctl("check acme llm_tokens=150").exit, 0);
  ASSERT_EQ(ctl("clock advance 1h").exit, 0);
  EXPECT_EQ(ctl("check acme llm_tokens").exit, 3);
  EXPECT_THAT(ctl("limit show acme").out, Not(HasSubstr("OVERRIDDEN")));
  EXPECT_THAT(ctl("tenant show acme").out, Not(HasSubstr("OVERRIDDEN")));
  EXPECT_THAT(ctl("usage acme").out, Not(HasSubstr("OVERRIDDEN")));
  EXPECT_EQ(daily()["override"], nullptr);
}

TEST_F(OverrideCommandSpec, WithoutAnEndIsThereUntilItIsRestored) {
  ASSERT_EQ(ctl("limit override acme daily --size unlimited" + who).exit, 0);
  EXPECT_EQ(daily()["override"]["expires_at"], nullptr);
  EXPECT_EQ(daily()["override"]["size"], nullptr);
  ASSERT_EQ(ctl("clock advance 1h").exit, 0);
  EXPECT_EQ(ctl("check acme llm_tokens=150").exit, 0);
  const Called restored = ctl("limit restore acme daily");
  EXPECT_EQ(restored.exit, 0);
  EXPECT_THAT(restored.out, Not(HasSubstr("OVERRIDDEN")));
  EXPECT_EQ(ctl("check acme llm_tokens").exit, 3);
  EXPECT_EQ(ctl("limit restore acme daily").exit, 1) << "there is none any more";
}

TEST_F(OverrideCommandSpec, StaysWhenItsLimitIsSetAnew) {
  ASSERT_EQ(ctl("limit override acme daily --size 200" + who).exit, 0);
  ASSERT_EQ(ctl("limit set acme daily --meter llm_tokens --size 50 --period day").exit, 0);
  EXPECT_EQ(daily()["size"], 50);
  EXPECT_EQ(daily()["override"]["size"], 200);
}

TEST_F(OverrideCommandSpec, OfARateKeepsItsDuration) {
  ASSERT_EQ(ctl("limit set acme pace --meter api_requests --rate 5 --per 2s").exit, 0);
  ASSERT_EQ(ctl("limit override acme pace --rate 10 --burst 20" + who).exit, 0);
  const auto instead = ctl("limit show acme --json").json()["limits"][1]["override"];
  ASSERT_TRUE(instead.is_object());
  EXPECT_EQ(instead["amount"], 10);
  EXPECT_EQ(instead["per_ns"], 2'000'000'000);
  EXPECT_EQ(instead["burst"], 20);
}

TEST_F(OverrideCommandSpec, CallsAWrongOneBadUsageAndNamesTheOption) {
  const std::string put = "limit override acme daily ";
  for (const auto& [words, option] :
       {std::pair{"--size 1 --author ann", "--reason"},
        {"--size 1 --reason x", "--author"},
        {"--size 1 --author '' --reason x", "--author: must not be empty"},
        {"--author ann --reason x", "--size"},
        {"--sliding 1/1m --author ann --reason x", "--sliding: 'daily' is of another kind"},
        {"--size 1 --for soon --author ann --reason x", "--for: 'soon'"},
        {"--size 1 --until 2025-06-01 --author ann --reason x", "--until: '2025-06-01' is over"},
        {"--size 1 --for 1h --until 2025-07-01 --author ann --reason x", "--until"}}) {
    const Called called = ctl(put + words);
    EXPECT_EQ(called.exit, 2) << words;
    EXPECT_THAT(called.err, HasSubstr(option)) << words;
  }
  EXPECT_EQ(daily()["override"], nullptr);
}

TEST_F(OverrideCommandSpec, IsRefusedOfALimitThatIsNotThereAndOfAStaleVersion) {
  const Called missing = ctl("limit override acme nonsense --size 1" + who);
  EXPECT_EQ(missing.exit, 1);
  EXPECT_THAT(missing.err, HasSubstr("NAME: acme has no limit 'nonsense'"));
  const std::string put = "limit override acme daily --size 200 --expect-version 1" + who;
  EXPECT_EQ(ctl(put).exit, 0);
  EXPECT_EQ(ctl(put).exit, 1) << "it is at 2";
  EXPECT_EQ(ctl("limit restore acme daily --expect-version 1").exit, 1);
  EXPECT_EQ(ctl("limit override acme daily --size 200 --soft 201" + who).exit, 1);
}

}  // namespace
}  // namespace sluice::test
