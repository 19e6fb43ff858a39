// SPDX-License-Identifier: Apache-2.0
// What tenants share, told to the real program and the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

class ShareCommandSpec : public CommandTest {
protected:
  void SetUp() override {
    CommandTest::SetUp();
    for (const char* const slug : {"acme", "beta", "gamma"}) {
      ASSERT_EQ(ctl(std::string{"tenant create "} + slug).exit, 0);
    }
  }
  std::string share(const std::string& options = "") {
    const Called put =
        ctl("share policy put acme model/gpt-x --visibility marketplace --json " + options);
    EXPECT_EQ(put.exit, 0) << put.err;
    return put.json()["id"];
  }
  std::string ask(const std::string& consumer) {
    const Called asked = ctl("share request " + consumer + " model/gpt-x --json");
    EXPECT_EQ(asked.exit, 0) << asked.err;
    return asked.json()["id"];
  }
};

TEST_F(ShareCommandSpec, WhatIsSharedIsAskedForGrantedAndRevoked) {
  const std::string policy = share("--permission read --permission execute");
  EXPECT_EQ(ctl("share discover beta --json").json()["policies"][0]["id"], policy);
  const std::string request = ask("beta");
  const Called approved = ctl("share approve acme " + request + " --permission read --json");
  ASSERT_EQ(approved.exit, 0) << approved.err;
  EXPECT_EQ(approved.json()["state"], "approved");
  EXPECT_EQ(ctl("share grants beta --as consumer --json").json()["requests"].size(), 1U);
  EXPECT_THAT(ctl("share requests acme").out, HasSubstr("approved"));
  ASSERT_EQ(ctl("share revoke acme " + request + " --reason overuse").exit, 0);
  const auto revoked = ctl("share requests acme --state revoked --json").json()["requests"];
  ASSERT_EQ(revoked.size(), 1U);
  EXPECT_EQ(revoked[0]["reason"], "overuse");
}

TEST_F(ShareCommandSpec, OnlyWhoseItIsDecidesOrWithdraws) {
  share();
  const std::string request = ask("beta");
  EXPECT_EQ(ctl("share approve gamma " + request).exit, 1);
  EXPECT_EQ(ctl("share reject beta " + request).exit, 1);
  EXPECT_EQ(ctl("share withdraw acme " + request).exit, 1);
  EXPECT_EQ(ctl("share withdraw beta " + request).exit, 0);
  EXPECT_THAT(ctl("share approve acme " + request).err, HasSubstr("withdrawn"));
}

TEST_F(ShareCommandSpec, OptionsChangeWhatTheySayAndLeaveTheRest) {
  share("--title 'A model' --condition 'region in eu,us' --max-consumers 5");
  const Called put = ctl("share policy put acme model/gpt-x --block beta --json");
  ASSERT_EQ(put.exit, 0) << put.err;
  const auto policy = put.json();
  EXPECT_EQ(policy["title"], "A model");
  EXPECT_EQ(policy["maxConsumers"], 5);
  EXPECT_EQ(policy["conditions"][0]["values"].size(), 2U);
  EXPECT_EQ(policy["block"].size(), 1U);
  EXPECT_EQ(policy["version"], 2);
  EXPECT_EQ(ctl("share policy show beta " + std::string{policy["id"]}).exit, 1) << "it is blocked";
  const Called cleared = ctl(
      "share policy put acme model/gpt-x --block none --condition none --max-consumers 0 --json");
  EXPECT_TRUE(cleared.json()["block"].empty());
  EXPECT_TRUE(cleared.json()["maxConsumers"].is_null());
}

TEST_F(ShareCommandSpec, WhatIsShownMayBePutAgain) {
  share("--permission execute");
  const TemporaryDirectory files;
  const std::string path = files.path() / "policy.json";
  auto shown = ctl("share policy show acme model/gpt-x --json").json();
  shown["pricing"] = {{"kind", "usage_based"}, {"priceMicros", 5}, {"per", 1000}};
  std::ofstream{path} << shown.dump();
  const Called put = ctl("share policy put acme model/gpt-x --json --file " + path);
  ASSERT_EQ(put.exit, 0) << put.err;
  EXPECT_EQ(put.json()["pricing"]["priceMicros"], 5);
  EXPECT_THAT(ctl("share policy put acme model/gpt-x --file " + path).err, HasSubstr("version"))
      << "what was shown is what is replaced";
}

TEST_F(ShareCommandSpec, MistakesAreToldBeforeAnythingIsAsked) {
  EXPECT_EQ(ctl("share policy put acme movie/x").exit, 2);
  EXPECT_EQ(ctl("share policy put acme model/x --visibility secret").exit, 2);
  EXPECT_EQ(ctl("share policy put acme model/x --permission fly").exit, 2);
  EXPECT_EQ(ctl("share approve acme not-a-uuid").exit, 2);
}

}  // namespace
}  // namespace sluice::test
