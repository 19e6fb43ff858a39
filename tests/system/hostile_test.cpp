// SPDX-License-Identifier: Apache-2.0
// Goal    No peer can crash the server, make it grow without bound, or hold up anybody else.
// Method  The real server; hostile peers that write raw bytes beside a well-behaved client.

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "tests/support/raw_peer.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t mebibyte = 1 << 20;

/// Sanitizers keep freed memory and shadows, so only a plain build can be held to a size.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t growth_max = 2048 * mebibyte;
#else
constexpr std::size_t growth_max = 32 * mebibyte;
#endif

std::vector<std::byte> bytes(std::initializer_list<unsigned> values) {
  std::vector<std::byte> made;
  for (const unsigned value : values) {
    made.push_back(static_cast<std::byte>(value));
  }
  return made;
}

class HostilePeer : public ::testing::Test {
protected:
  Served served_{{"--reactors", "2", "--enter-timeout", "300ms", "--frame-timeout", "300ms",
                  "--stall-timeout", "300ms", "--unknown-tenants-max", "4096"}};
  TenantId tenant_ =
      served_.create("bystander", {window_limit("all", 1'000'000'000, Period::never)});
  std::uint64_t spent_ = 0;

  void expect_others_are_served() {
    EXPECT_EQ(served_.spend(tenant_, 1).decision.outcome, Outcome::allowed);
    EXPECT_EQ(served_.used(tenant_), Amount{++spent_});
  }
  RawPeer entered_peer() {
    RawPeer peer{served_.server().port()};
    peer.send(bootstrap_frame(0));
    peer.send(enter_frame(1, 0));
    return peer;
  }
  std::size_t resident() { return served_.server().process().resident_bytes(); }
};

TEST_F(HostilePeer, RandomBytesCloseTheirOwnConnectionAndNothingElse) {
  std::mt19937_64 random{20260101};
  for (int round = 0; round < 200; ++round) {
    RawPeer peer{served_.server().port()};
    std::vector<std::byte> garbage(1 + random() % 2000);
    for (std::byte& byte : garbage) {
      byte = static_cast<std::byte>(random());
    }
    peer.send(garbage);
  }
  expect_others_are_served();
}

TEST_F(HostilePeer, BitsThatFlipInValidFramesCrashNothing) {
  std::mt19937_64 random{4711};
  const std::vector<std::byte> good = check_frame(2, 1, tenant_, 8);
  for (int round = 0; round < 300; ++round) {
    RawPeer peer = entered_peer();
    std::vector<std::byte> flipped = good;
    for (int bit = 0; bit < 8; ++bit) {
      flipped[8 + random() % (flipped.size() - 8)] ^= static_cast<std::byte>(1U << (random() % 8));
    }
    peer.send(flipped);
  }
  EXPECT_EQ(served_.spend(tenant_, 1).decision.outcome, Outcome::allowed);
}

TEST_F(HostilePeer, AFrameThatAnnouncesGigabytesIsClosedWithoutTakingThem) {
  const std::size_t before = resident();
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (int i = 0; i < 50; ++i) {
    peers.push_back(std::make_unique<RawPeer>(served_.server().port()));
    // One segment of 2^28 words.
    peers.back()->send(bytes({0, 0, 0, 0, 0, 0, 0, 0x10}));
  }
  for (const auto& peer : peers) {
    EXPECT_TRUE(peer->closed_within(seconds{10}));
  }
  EXPECT_LT(resident(), before + growth_max);
  expect_others_are_served();
}

TEST_F(HostilePeer, ThatSendsHalfAFrameIsClosedAfterTheFrameTimeout) {
  RawPeer peer = entered_peer();
  const std::vector<std::byte> frame = check_frame(2, 1, tenant_, 8);
  peer.send(std::span{frame}.first(frame.size() / 2));
  EXPECT_TRUE(peer.closed_within(seconds{10}));
  expect_others_are_served();
}

TEST_F(HostilePeer, ThatNeverEntersIsClosedAfterTheEnterTimeout) {
  RawPeer silent{served_.server().port()};
  RawPeer bootstrapped{served_.server().port()};
  bootstrapped.send(bootstrap_frame(0));
  EXPECT_TRUE(silent.closed_within(seconds{10}));
  EXPECT_TRUE(bootstrapped.closed_within(seconds{10}));
  expect_others_are_served();
}

TEST_F(HostilePeer, ThatDoesNotReadItsAnswersIsClosedAndCostsABoundedBuffer) {
  const std::size_t before = resident();
  RawPeer peer = entered_peer();
  const TenantId nobody{1, 1};
  std::uint32_t question = 2;
  // Each call asks for some 200 KB of answers; far more than the server will keep.
  const auto sends_all = [&] {
    const std::vector<std::byte> frame = check_frame(question++, 1, nobody, 4000);
    return peer.send(frame, milliseconds{2000}) == frame.size();
  };
  while (question < 1000 && sends_all()) {
  }
  EXPECT_LT(question, 1000U) << "the server went on reading from a peer that does not read";
  EXPECT_TRUE(peer.hung_up_within(seconds{10}));
  EXPECT_LT(resident(), before + growth_max);
  expect_others_are_served();
}

TEST_F(HostilePeer, ThatAsksForTooLongAListIsToldSoAndTheListIsNotCharged) {
  RawPeer peer = entered_peer();
  peer.send(check_frame(2, 1, tenant_, 5000));
  EXPECT_TRUE(peer.answered_within(seconds{10}));
  expect_others_are_served();
}

TEST_F(HostilePeer, AFloodOfUnknownTenantsStaysFlatInMemory) {
  std::mt19937_64 random{99};
  const Charge charge{api_requests, Amount{1}};
  const auto flood = [&](int lists) {
    for (int list = 0; list < lists; ++list) {
      std::vector<Check> checks;
      for (int i = 0; i < 1000; ++i) {
        checks.push_back(Check{TenantId{random(), random()}, {&charge, 1}});
      }
      for (const client::Answer& answer : served_.gateway().check(checks)) {
        ASSERT_NE(answer.decision.outcome, Outcome::allowed);
      }
    }
  };
  flood(50);
  const std::size_t warm = resident();
  flood(150);
  EXPECT_LT(resident(), warm + growth_max);
  expect_others_are_served();
}

TEST_F(HostilePeer, AThousandIdleConnectionsHoldNobodyUp) {
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (int i = 0; i < 1000; ++i) {
    peers.push_back(std::make_unique<RawPeer>(served_.server().port()));
  }
  expect_others_are_served();
}

TEST(ConnectionBound, MoreConnectionsThanAllowedAreClosedAtOnce) {
  Served served{{"--connections-max", "10"}};
  std::vector<std::unique_ptr<RawPeer>> peers;
  int closed = 0;
  for (int i = 0; i < 20; ++i) {
    peers.push_back(std::make_unique<RawPeer>(served.server().port()));
  }
  for (const auto& peer : peers) {
    closed += peer->closed_within(seconds{1}) ? 1 : 0;
  }
  EXPECT_GE(closed, 10);
}

}  // namespace
}  // namespace sluice::test
