// SPDX-License-Identifier: Apache-2.0
// What tenants customise, told to the real program and the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CustomCommandSpec : public CommandTest {
protected:
  void SetUp() override {
    CommandTest::SetUp();
    ASSERT_EQ(ctl("tenant create acme --tier enterprise").exit, 0);
    ASSERT_EQ(ctl("tenant create tiny --tier free").exit, 0);
  }
  /// A file with this in it.
  [[nodiscard]] std::string file(const std::string& text) const {
    const std::string path = files.path() / "custom.json";
    std::ofstream{path} << text;
    return path;
  }
  TemporaryDirectory files;
};

TEST_F(CustomCommandSpec, ColoursAreSetOneByOne) {
  ASSERT_EQ(ctl("custom set acme --primary '#336699' --theme dark").exit, 0);
  const Called set = ctl("custom set acme --secondary '#ffffff' --json");
  ASSERT_EQ(set.exit, 0) << set.err;
  EXPECT_EQ(set.json()["branding"]["primaryColour"], "#336699");
  EXPECT_EQ(set.json()["branding"]["secondaryColour"], "#ffffff");
  EXPECT_EQ(set.json()["theme"], "dark");
  EXPECT_EQ(set.json()["version"], 2);
  EXPECT_EQ(ctl("custom set acme --theme light --expect-version 1").exit, 1);
  EXPECT_THAT(ctl("custom set acme --primary red").err, HasSubstr("branding.primary_colour"));
}

TEST_F(CustomCommandSpec, WhatIsShownMayBeSetAgain) {
  const std::string wish =
      R"({"css":"a { color: red }","sso":{"protocol":"saml","url":"https://id.example/m"},)"
      R"("webhooks":[{"url":"https://h.example","events":["*"],"secret":"0123456789abcdef"}],)"
      R"("emails":[{"name":"hello","subject":"Hi","body":"a\nb"}],"whiteLabel":true})";
  ASSERT_EQ(ctl("custom set acme --file " + file(wish)).exit, 0);
  const Called shown = ctl("custom show acme --json");
  EXPECT_THAT(shown.out, Not(HasSubstr("0123456789abcdef")));
  const Called again = ctl("custom set acme --json --file " + file(shown.out));
  ASSERT_EQ(again.exit, 0) << again.err;
  auto expected = shown.json();
  expected["version"] = 2;
  EXPECT_EQ(again.json(), expected);
  EXPECT_EQ(ctl("custom set acme --file " + file(shown.out)).exit, 1) << "it is of version 1";
}

TEST_F(CustomCommandSpec, AFileThatIsWrongIsNotSent) {
  const auto said = [this](const std::string& text) {
    const Called called = ctl("custom set acme --file " + file(text));
    EXPECT_EQ(called.exit, 2) << text;
    return called.err;
  };
  EXPECT_THAT(said("{"), HasSubstr("cannot be read as JSON"));
  EXPECT_THAT(said(R"({"colour":1})"), HasSubstr("colour"));
  EXPECT_THAT(said(R"({"webhooks":[{"events":[1]}]})"), HasSubstr("webhooks[0].events[0]"));
}

TEST_F(CustomCommandSpec, ATierWithoutTheFeatureIsRefusedWithTheReason) {
  const Called refused = ctl("custom set tiny --theme dark");
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("custom_branding"));
  EXPECT_THAT(refused.err, HasSubstr("professional, enterprise"));
  EXPECT_THAT(ctl("domain add tiny a.example").err, HasSubstr("custom_domain"));
}

TEST_F(CustomCommandSpec, ADomainLeadsToItsTenantFromItsVerificationToItsRemoval) {
  const Called added = ctl("domain add acme shop.example.com --json");
  ASSERT_EQ(added.exit, 0) << added.err;
  const std::string token = added.json()["domains"][0]["token"];
  EXPECT_EQ(ctl("domain resolve shop.example.com").exit, 1);
  EXPECT_THAT(ctl("domain verify acme shop.example.com other").err, HasSubstr("found"));
  ASSERT_EQ(ctl("domain verify acme shop.example.com " + token).exit, 0);
  EXPECT_EQ(ctl("domain list acme --json").json()["domains"][0]["status"], "verified");
  EXPECT_EQ(ctl("domain resolve Shop.example.com:443").out,
            ctl("tenant show acme --json").json()["id"].get<std::string>() + "\n");
  EXPECT_THAT(ctl("audit list acme").out, HasSubstr("domain.verified"));
  ASSERT_EQ(ctl("domain remove acme shop.example.com").exit, 0);
  EXPECT_EQ(ctl("domain resolve shop.example.com").exit, 1);
}

}  // namespace
}  // namespace sluice::test
