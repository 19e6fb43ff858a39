// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/server_address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace sluice::ctl {
namespace {

using testing::HasSubstr;

ServerAddress read(std::string_view text) {
  return parse_server_address(text).value();
}

TEST(ServerAddressSpec, FillsInWhatIsMissing) {
  EXPECT_EQ(read("quota.internal:80"), (ServerAddress{"quota.internal", 80}));
  EXPECT_EQ(read("quota.internal"), (ServerAddress{"quota.internal", 7411}));
  EXPECT_EQ(read(":80"), (ServerAddress{"127.0.0.1", 80}));
}

TEST(ServerAddressSpec, ReadsIpv6InBracketsAndPrintsItSo) {
  EXPECT_EQ(read("[::1]:80"), (ServerAddress{"::1", 80}));
  EXPECT_EQ(read("[::1]"), (ServerAddress{"::1", 7411}));
  EXPECT_EQ(to_string(read("[::1]:80")), "[::1]:80");
  EXPECT_EQ(to_string(read("localhost")), "localhost:7411");
}

TEST(ServerAddressSpec, RefusesWhatIsNoAddressAndShowsHowToWriteOne) {
  for (const std::string_view text : {"", "host:", "host:0", "host:65536", "host:http", "host:80x",
                                      "::1", "::1:80", "http://host:80", "a b:80"}) {
    const auto address = parse_server_address(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_THAT(address.fault().context, HasSubstr("write HOST:PORT")) << text;
  }
}

}  // namespace
}  // namespace sluice::ctl
