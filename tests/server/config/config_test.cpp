// SPDX-License-Identifier: Apache-2.0
#include "server/config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "protocol/text/build_text.hpp"

#include "tests/server/config/config_reader.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class ConfigSpec : public testing::Test {
protected:
  [[nodiscard]] std::string file(const std::string& text) const {
    const std::string path = directory.path() / "sluiced.conf";
    std::ofstream{path} << text;
    return path;
  }
  TemporaryDirectory directory;
};

TEST_F(ConfigSpec, IsTheDefaultsIfNothingIsSaid) {
  const ServerConfig config = Start{}.config();
  EXPECT_EQ(config.listen_host, "127.0.0.1");
  EXPECT_EQ(config.listen_port, 7411);
  EXPECT_EQ(config.flush_interval, 1s);
  EXPECT_EQ(config.log_level, LogLevel::info);
  EXPECT_EQ(config.simulated_time, std::nullopt);
}

TEST_F(ConfigSpec, TakesTheFileBeforeTheDefaults) {
  const Start start{{"--config", file("readers = 3")}, {}};
  EXPECT_EQ(start.config().readers, 3U);
}

TEST_F(ConfigSpec, TakesTheEnvironmentBeforeTheFile) {
  const Start start{{"--config", file("readers = 3")}, {"SLUICE_READERS=4"}};
  EXPECT_EQ(start.config().readers, 4U);
}

TEST_F(ConfigSpec, TakesFlagsBeforeTheEnvironment) {
  const Start start{{"--readers", "5", "--config", file("readers = 3")}, {"SLUICE_READERS=4"}};
  EXPECT_EQ(start.config().readers, 5U);
}

TEST_F(ConfigSpec, MixesWhatIsSaidInDifferentPlaces) {
  const Start start{{"--shards=8", "--config", file("readers = 3")}, {"SLUICE_IDLE_AFTER=7s"}};
  const ServerConfig config = start.config();
  EXPECT_EQ(config.readers, 3U);
  EXPECT_EQ(config.idle_after, 7s);
  EXPECT_EQ(config.shards, 8);
}

TEST_F(ConfigSpec, FindsTheFileThroughTheEnvironmentToo) {
  const std::string path = file("readers = 3");
  EXPECT_EQ((Start{{}, {"SLUICE_CONFIG=" + path}}.config().readers), 3U);
  const Start overridden{{"--config", path}, {"SLUICE_CONFIG=/nowhere"}};
  EXPECT_EQ(overridden.config().readers, 3U);
}

TEST_F(ConfigSpec, SaysWhereABadValueStandsAndWhatIsAllowed) {
  EXPECT_EQ((Start{{}, {"SLUICE_FLUSH_INTERVAL=abc"}}.refusal()),
            "option --flush-interval (from environment SLUICE_FLUSH_INTERVAL): \"abc\" is not a "
            "duration; allowed 10ms to 1m");
  EXPECT_EQ((Start{{"--readers", "65"}, {}}.refusal()),
            "option --readers (from the command line): \"65\" is out of range; allowed 1 to 64");
  const std::string path = file("# first\nreaders = none\n");
  EXPECT_EQ((Start{{"--config", path}, {}}.refusal()),
            "option --readers (from line 2 of " + path +
                "): \"none\" is not a whole number; allowed 1 to 64");
}

TEST_F(ConfigSpec, RefusesABadValueThatAnotherPlaceOverrides) {
  const Start start{{"--readers", "5"}, {"SLUICE_READERS=many"}};
  EXPECT_THAT(start.refusal(), HasSubstr("environment SLUICE_READERS"));
}

TEST_F(ConfigSpec, RefusesFlagsThatNobodyKnows) {
  EXPECT_THAT((Start{{"--reader", "5"}, {}}.refusal()), HasSubstr("--reader"));
  EXPECT_THAT((Start{{"serve"}, {}}.refusal()), HasSubstr("serve"));
  EXPECT_THAT((Start{{"-x"}, {}}.refusal()), HasSubstr("-x"));
}

TEST_F(ConfigSpec, RefusesAFlagWithoutItsValueOrWithTwo) {
  EXPECT_THAT((Start{{"--readers"}, {}}.refusal()), HasSubstr("--readers"));
  EXPECT_THAT((Start{{"--readers", "1", "--readers", "2"}, {}}.refusal()), HasSubstr("--readers"));
  EXPECT_THAT((Start{{"--readers="}, {}}.refusal()), HasSubstr("--readers"));
}

TEST_F(ConfigSpec, RefusesKeysThatNobodyKnows) {
  const std::string path = file("raeders = 5");
  EXPECT_EQ((Start{{"--config", path}, {}}.refusal()),
            "\"raeders\" (from line 1 of " + path + ") is no option; see --help");
  EXPECT_THAT((Start{{"--config", file("config = other")}, {}}.refusal()), HasSubstr("no option"));
}

TEST_F(ConfigSpec, RefusesEnvironmentVariablesThatNobodyKnows) {
  EXPECT_THAT((Start{{}, {"SLUICE_RAEDERS=5"}}.refusal()),
              StartsWith("environment variable SLUICE_RAEDERS is no option's"));
  EXPECT_THAT((Start{{}, {"SLUICE_readers=5"}}.refusal()), HasSubstr("SLUICE_readers"));
  EXPECT_THAT((Start{{}, {"SLUICE_HELP=1"}}.refusal()), HasSubstr("SLUICE_HELP"));
}

TEST_F(ConfigSpec, PassesOverVariablesOfOtherProgramsAndOfTests) {
  const Start start{{}, {"HOME=/", "SLUICEGATE=1", "SLUICE_SIM_SEED=42", "SLUICE_TEST_X=1"}};
  EXPECT_EQ(start.refusal(), "accepted");
}

TEST_F(ConfigSpec, RefusesAnEmptyVariable) {
  EXPECT_THAT((Start{{}, {"SLUICE_READERS="}}.refusal()), HasSubstr("\"\" is not a whole number"));
}

TEST_F(ConfigSpec, RefusesAFileThatIsNotThere) {
  EXPECT_THAT((Start{{"--config", "/nowhere/sluiced.conf"}, {}}.refusal()),
              AllOf(HasSubstr("/nowhere/sluiced.conf"), HasSubstr("No such file")));
}

TEST_F(ConfigSpec, RefusesAPortThatLeavesNoRoomForItsReactors) {
  EXPECT_THAT((Start{{"--listen", "127.0.0.1:65535", "--reactors", "2"}, {}}.refusal()),
              HasSubstr("allowed up to 65534"));
  const Start fits{{"--listen", "127.0.0.1:65534", "--reactors", "2"}, {}};
  EXPECT_EQ(fits.refusal(), "accepted");
}

TEST_F(ConfigSpec, PrintsTheVersionAndReadsNothingElse) {
  const Start start{{"--version", "--readers", "none"}, {"SLUICE_NONSENSE=1"}};
  EXPECT_EQ(start.printed(), "sluiced " + text::to_string(text::this_build()) + "\n");
}

TEST_F(ConfigSpec, PrintsHelpOnRequest) {
  EXPECT_THAT((Start{{"--help"}, {}}.printed()), HasSubstr("Usage: sluiced"));
  EXPECT_EQ((Start{{"-h"}, {}}.printed()), (Start{{"--help"}, {}}.printed()));
}

}  // namespace sluice::test
