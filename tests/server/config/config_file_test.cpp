// SPDX-License-Identifier: Apache-2.0
#include "server/config/config_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class ConfigFileSpec : public testing::Test {
protected:
  [[nodiscard]] Result<std::vector<Setting>> read(const std::string& text) const {
    std::ofstream{path} << text;
    return read_config_file(path);
  }
  [[nodiscard]] std::map<std::string, std::string> values(const std::string& text) const {
    std::map<std::string, std::string> found;
    const auto settings = read(text);
    EXPECT_TRUE(settings.ok());
    for (const Setting& setting : settings.value()) {
      found[setting.name] = setting.value;
    }
    return found;
  }
  [[nodiscard]] std::string refusal(const std::string& text) const {
    return read(text).fault().context;
  }

  TemporaryDirectory directory;
  std::string path = directory.path() / "sluiced.conf";
};

TEST_F(ConfigFileSpec, HasOneOptionOnALine) {
  EXPECT_THAT(
      values("readers = 3\nshards=8\r\n\n  log-level  =  info  \n"),
      UnorderedElementsAre(Pair("readers", "3"), Pair("shards", "8"), Pair("log-level", "info")));
}

TEST_F(ConfigFileSpec, MayBeEmpty) {
  EXPECT_THAT(values(""), IsEmpty());
}

TEST_F(ConfigFileSpec, MayHaveComments) {
  EXPECT_THAT(values("# a = b\n  # c\nreaders = 3 # few\ndata-directory = /a#b\n"),
              UnorderedElementsAre(Pair("readers", "3"), Pair("data-directory", "/a#b")));
}

TEST_F(ConfigFileSpec, MayHaveValuesInQuotes) {
  EXPECT_THAT(values("data-directory = \"/a # b \" # c\nlisten = '[::1]:80'\n"),
              UnorderedElementsAre(Pair("data-directory", "/a # b "), Pair("listen", "[::1]:80")));
}

TEST_F(ConfigFileSpec, KeepsEverythingBehindTheFirstEqualsSign) {
  EXPECT_THAT(values("data-directory = /a=b"),
              UnorderedElementsAre(Pair("data-directory", "/a=b")));
}

TEST_F(ConfigFileSpec, SaysInWhichLineAnOptionStands) {
  EXPECT_EQ(read("\n\nreaders = 3").value().front().origin, "line 3 of " + path);
}

TEST_F(ConfigFileSpec, SetsAnOptionOnce) {
  EXPECT_EQ(refusal("readers = 3\nshards = 8\nreaders = 4"),
            "line 3 of " + path + " sets readers again, after line 1 of " + path);
}

TEST_F(ConfigFileSpec, HasNothingButOptions) {
  EXPECT_THAT(refusal("readers"), HasSubstr("line 1"));
  EXPECT_THAT(refusal("\n[server]\nreaders = 3"), HasSubstr("line 2"));
}

TEST_F(ConfigFileSpec, EndsSomewhere) {
  EXPECT_THAT(refusal(std::string(20'000, '\n')), HasSubstr("beyond"));
}

TEST_F(ConfigFileSpec, IsNoDirectory) {
  EXPECT_THAT(read_config_file(directory.path()).fault().context,
              HasSubstr(directory.path().string()));
}

}  // namespace sluice::test
