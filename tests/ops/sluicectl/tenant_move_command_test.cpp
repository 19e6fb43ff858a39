// SPDX-License-Identifier: Apache-2.0
// Where the rows of tenants are, told to the real program and a real server with one file for all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::Not;

using TenantMoveSpec = CommandTest;

TEST_F(TenantMoveSpec, ATenantIsAmongOthersUnlessSomebodySaysOtherwise) {
  const auto tenant = ctl("tenant create acme --json").json();
  EXPECT_EQ(tenant["isolation"], "shared");
  EXPECT_TRUE(tenant["instance"].is_null());
  EXPECT_THAT(ctl("tenant show acme").out, Not(HasSubstr("isolation")));
}

TEST_F(TenantMoveSpec, AMoveIsRefusedWithTheReason) {
  ASSERT_EQ(ctl("tenant create acme").exit, 0);
  EXPECT_THAT(ctl("tenant move acme --to dedicated_schema").err,
              HasSubstr("tiers that have it: enterprise"));
  EXPECT_THAT(ctl("tenant move acme --to shared").err, HasSubstr("the tenant is shared"));
  ASSERT_EQ(ctl("feature set acme dedicated_schema").exit, 0);
  EXPECT_THAT(ctl("tenant move acme --to dedicated_instance=eu-1").err,
              HasSubstr("dedicated_instance needs PostgreSQL"));
  EXPECT_THAT(ctl("tenant create other --tier enterprise --isolation dedicated_schema").err,
              HasSubstr("needs PostgreSQL"));
}

TEST_F(TenantMoveSpec, APlaceThatIsNoneIsRefusedBeforeTheServerIsAsked) {
  for (const char* place : {"moon", "dedicated_instance", "shared=eu"}) {
    const Called called = ctl(std::string{"tenant move acme --to "} + place);
    EXPECT_NE(called.exit, 0);
    EXPECT_THAT(called.err, HasSubstr("--to: must be shared")) << place;
  }
}

}  // namespace
}  // namespace sluice::test
