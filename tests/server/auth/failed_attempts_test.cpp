// SPDX-License-Identifier: Apache-2.0
#include "server/auth/failed_attempts.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace sluice::auth {

using namespace std::chrono_literals;

class FailedAttemptsSpec : public testing::Test {
protected:
  void fail(const std::string& address, int times) {
    for (; times > 0; --times) {
      attempts.note(address, now);
    }
  }
  [[nodiscard]] bool must_wait(const std::string& address) const {
    return attempts.wait(address, now) > Duration{};
  }

  Instant now{1h};
  FailedAttempts attempts{7};
};

TEST_F(FailedAttemptsSpec, TwentyAreFreeThenOneEachThreeSeconds) {
  fail("192.0.2.1", 19);
  EXPECT_FALSE(must_wait("192.0.2.1"));
  fail("192.0.2.1", 1);
  EXPECT_EQ(attempts.wait("192.0.2.1", now), Duration{3s});
  now += 3s;
  EXPECT_FALSE(must_wait("192.0.2.1"));
  fail("192.0.2.1", 1);
  EXPECT_TRUE(must_wait("192.0.2.1"));
}

TEST_F(FailedAttemptsSpec, OnePeerDoesNotMakeAnotherWait) {
  fail("192.0.2.1", 1000);
  EXPECT_TRUE(must_wait("192.0.2.1"));
  EXPECT_FALSE(must_wait("192.0.2.2"));
}

TEST_F(FailedAttemptsSpec, ANetworkOfAddressesIsOnePeer) {
  for (int i = 0; i < 20; ++i) {
    fail("2001:db8:0:1::" + std::to_string(i), 1);
  }
  EXPECT_TRUE(must_wait("2001:db8:0:1::ffff"));
  EXPECT_FALSE(must_wait("2001:db8:0:2::1"));
}

TEST_F(FailedAttemptsSpec, HoweverManyAddressesFailTheTableStaysAndOthersDoNotWait) {
  for (int i = 0; i < 100'000; ++i) {
    fail("10." + std::to_string(i / 65'536) + '.' + std::to_string(i / 256 % 256) + '.' +
             std::to_string(i % 256),
         1);
  }
  EXPECT_FALSE(must_wait("192.0.2.1"));
}

TEST_F(FailedAttemptsSpec, WhoHasMostToWaitForIsForgottenLast) {
  fail("192.0.2.1", 20);
  for (int i = 0; i < 65'536; ++i) {
    fail("10.0." + std::to_string(i / 256) + '.' + std::to_string(i % 256), 1);
  }
  EXPECT_TRUE(must_wait("192.0.2.1"));
}

}  // namespace sluice::auth
