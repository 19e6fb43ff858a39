// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks/target.hpp"

#include <gtest/gtest.h>

namespace sluice::webhooks {

namespace {

bool is_public(const char* address) {
  return webhooks::is_public(boost::asio::ip::make_address(address));
}

}  // namespace

TEST(TargetSpec, IsReadFromAUrl) {
  const Target plain = parse_target("https://hooks.example.com").value();
  EXPECT_TRUE(plain.tls);
  EXPECT_EQ(plain.host, "hooks.example.com");
  EXPECT_EQ(plain.port, 443);
  EXPECT_EQ(plain.path, "/");
  const Target all = parse_target("http://h.example:8080/a/b?c=d").value();
  EXPECT_FALSE(all.tls);
  EXPECT_EQ(all.port, 8080);
  EXPECT_EQ(all.host_header, "h.example:8080");
  EXPECT_EQ(all.path, "/a/b?c=d");
  EXPECT_EQ(parse_target("https://h.example?c=d").value().path, "/?c=d");
  EXPECT_EQ(parse_target("https://[2001:db8::1]:8443/").value().host, "2001:db8::1");
}

TEST(TargetSpec, IsNoneWhereAUrlCouldBeReadInTwoWays) {
  for (const char* url :
       {"", "ftp://h.example", "https://", "https://user@h.example", "https://h.example/#part",
        "https://h.example:0/", "https://h.example:65536/", "https://h.example:8a/",
        "https://h.example /", "https://h.example/a\r\nHost: b", "https://[::1", "https://[no]/",
        "https://[2001:db8::1]x/", "https://h\\example/", "https://h.example\t/"}) {
    EXPECT_FALSE(parse_target(url).ok()) << url;
  }
}

TEST(TargetSpec, IsPublicOnlyOnThePublicInternet) {
  for (const char* address : {"1.1.1.1", "8.8.8.8", "172.32.0.1", "192.0.1.1", "223.255.255.255",
                              "100.128.0.1", "2606:4700:4700::1111", "2a00:1450::1"}) {
    EXPECT_TRUE(is_public(address)) << address;
  }
  for (const char* address :
       {"0.0.0.0",         "10.0.0.1",         "100.64.0.1",      "127.0.0.1",    "127.255.0.1",
        "169.254.169.254", "172.16.0.1",       "172.31.255.255",  "192.0.0.8",    "192.0.2.1",
        "192.88.99.1",     "192.168.1.1",      "198.18.0.1",      "198.51.100.1", "203.0.113.1",
        "224.0.0.1",       "240.0.0.1",        "255.255.255.255", "::",           "::1",
        "::ffff:8.8.8.8",  "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fc00::1",      "fd12::1",
        "fe80::1",         "fec0::1",          "ff02::1",         "2001::1",      "2001:db8::1",
        "2002:7f00:1::",   "3fff::1"}) {
    EXPECT_FALSE(is_public(address)) << address;
  }
}

}  // namespace sluice::webhooks
