// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/ids.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <set>

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr TenantId example{0x017f22e279b07cc3, 0x98c4dc0c0c07398f};  // RFC 9562, appendix A.6
const char* const example_text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

TEST(TenantIdSpec, IsPrintedAsRfc9562Writes) {
  EXPECT_EQ(to_string(example), example_text);
}

TEST(TenantIdSpec, IsReadInEitherCase) {
  EXPECT_EQ(parse_tenant_id(example_text), example);
  EXPECT_EQ(parse_tenant_id("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), example);
}

TEST(TenantIdSpec, IsReadWhateverItsVersion) {
  EXPECT_EQ(parse_tenant_id("00000000-0000-0000-0000-000000000001"), (TenantId{0, 1}));
  EXPECT_EQ(parse_tenant_id("ffffffff-ffff-ffff-ffff-ffffffffffff"),
            (TenantId{~std::uint64_t{0}, ~std::uint64_t{0}}));
}

TEST(TenantIdSpec, IsNothingIfTheTextIsNotExactlyAUuid) {
  for (const char* text :
       {"", "acme", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e27-9b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4xdc0c0c07398f",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}", "017f22e2-79b0-7cc3-98c4-dc0c0c0739 f"}) {
    EXPECT_EQ(parse_tenant_id(text), std::nullopt) << text;
  }
}

TEST(TenantIdSpec, IsNeverNil) {
  EXPECT_EQ(parse_tenant_id("00000000-0000-0000-0000-000000000000"), std::nullopt);
}

TEST(TenantIdSpec, IsMadeOfTheInstantAndOfRandomBits) {
  const WallTime february_2022{1645557742000ms};
  EXPECT_EQ(make_tenant_id(february_2022, 0xcc3, 0x18c4dc0c0c07398f), example);
}

TEST(TenantIdSpec, IgnoresRandomBitsThatItHasNoRoomFor) {
  const WallTime instant{1645557742000ms};
  const auto all = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(to_string(make_tenant_id(instant, all, all)), "017f22e2-79b0-7fff-bfff-ffffffffffff");
  EXPECT_EQ(to_string(make_tenant_id(instant, 0, 0)), "017f22e2-79b0-7000-8000-000000000000");
}

TEST(TenantIdSpec, IsInOrderOfTimeAndKeepsItsFormBefore1970) {
  EXPECT_LT(make_tenant_id(WallTime{5ms}, ~0ULL, ~0ULL), make_tenant_id(WallTime{6ms}, 0, 0));
  EXPECT_EQ(to_string(make_tenant_id(WallTime::min(), 0, 1)),
            "00000000-0000-7000-8000-000000000001");
}

TEST(ShardSpec, FollowsFromXxh64OfTheBytesInReadingOrder) {
  // Computed with another implementation of XXH64; clients in other languages must agree.
  EXPECT_EQ(shard_of(example, ShardCount{256}), ShardId{90});
  EXPECT_EQ(shard_of(example, ShardCount{65535}), ShardId{7956});
  EXPECT_EQ(shard_of(TenantId{0, 1}, ShardCount{1000}), ShardId{575});
}

TEST(ShardSpec, IsTheOnlyOneIfThereIsOne) {
  EXPECT_EQ(shard_of(example, ShardCount{1}), ShardId{0});
}

TEST(ShardSpec, SpreadsIdsThatDifferLittle) {
  std::set<ShardId> seen;
  for (std::uint64_t i = 0; i < 4096; ++i) {
    seen.insert(shard_of(TenantId{0, i}, ShardCount{256}));
  }
  EXPECT_EQ(seen.size(), 256U);
}

TEST(ShardDeathTest, OfNoShardsIsABug) {
  EXPECT_DEATH(static_cast<void>(shard_of(example, ShardCount{0})), "invariant_broken");
}

}  // namespace
}  // namespace sluice
