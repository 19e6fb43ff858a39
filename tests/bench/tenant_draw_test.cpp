// SPDX-License-Identifier: Apache-2.0
#include "bench/tenant_draw.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sluice::bench {
namespace {

constexpr std::uint64_t requests = 1 << 20;

std::vector<std::uint64_t> count(const TenantDraw& draw, std::size_t tenants) {
  std::vector<std::uint64_t> counts(tenants);
  for (std::uint64_t request = 0; request < requests; ++request) {
    ++counts.at(draw.of(RequestIndex{request}).raw());
  }
  return counts;
}

TEST(TenantDrawSpec, UniformAsksForEveryTenantAboutEquallyOften) {
  for (const std::uint64_t times : count(TenantDraw{10, Uniformly{}, 1}, 10)) {
    EXPECT_NEAR(static_cast<double>(times), requests / 10.0, requests / 200.0);
  }
}

TEST(TenantDrawSpec, ZipfAsksForTheSecondTenantHalfAsOftenAsForTheFirst) {
  const auto counts = count(TenantDraw{200, ZipfExponent{1.0}, 1}, 200);
  EXPECT_NEAR(static_cast<double>(counts[1]) / static_cast<double>(counts[0]), 0.5, 0.02);
  EXPECT_NEAR(static_cast<double>(counts[9]) / static_cast<double>(counts[0]), 0.1, 0.02);
  EXPECT_GT(counts[199], 0U);
}

TEST(TenantDrawSpec, TheSameSeedDrawsTheSame) {
  const TenantDraw one{1000, ZipfExponent{0.99}, 42};
  const TenantDraw other{1000, ZipfExponent{0.99}, 42};
  const TenantDraw different{1000, ZipfExponent{0.99}, 43};
  int differences = 0;
  for (std::uint64_t request = 0; request < 1000; ++request) {
    EXPECT_EQ(one.of(RequestIndex{request}), other.of(RequestIndex{request}));
    differences += one.of(RequestIndex{request}) != different.of(RequestIndex{request}) ? 1 : 0;
  }
  EXPECT_GT(differences, 100);
}

TEST(TenantDrawSpec, OneTenantIsAlwaysAskedFor) {
  const TenantDraw draw{1, ZipfExponent{1.2}, 7};
  EXPECT_EQ(draw.of(RequestIndex{5}), TenantIndex{0});
}

TEST(TenantDrawSpec, ARunLongerThanTheSequenceGoesRound) {
  const TenantDraw draw{100, Uniformly{}, 1};
  EXPECT_EQ(draw.of(RequestIndex{3}), draw.of(RequestIndex{3 + (std::uint64_t{1} << 20)}));
}

TEST(TenantDrawSpec, InTurnAsksForEachTenantOnceARound) {
  const TenantDraw draw{3, InTurn{}, 1};
  EXPECT_EQ(draw.of(RequestIndex{0}), TenantIndex{0});
  EXPECT_EQ(draw.of(RequestIndex{2}), TenantIndex{2});
  EXPECT_EQ(draw.of(RequestIndex{3}), TenantIndex{0});
}

}  // namespace
}  // namespace sluice::bench
