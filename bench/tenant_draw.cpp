// SPDX-License-Identifier: Apache-2.0
#include "bench/tenant_draw.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

#include "actors/tenant/invariant.hpp"

namespace sluice::bench {

namespace {

// Long enough that a sequence that goes round does not look like a pattern to any cache.
constexpr std::size_t draws_min = std::size_t{1} << 20;
constexpr std::size_t draws_per_tenant = 4;

std::vector<double> cumulative_zipf(std::size_t tenants, ZipfExponent exponent) {
  std::vector<double> cumulative(tenants);
  double sum = 0;
  for (std::size_t rank = 0; rank < tenants; ++rank) {
    sum += std::pow(static_cast<double>(rank + 1), -exponent.raw());
    cumulative[rank] = sum;
  }
  return cumulative;
}

}  // namespace

TenantDraw::TenantDraw(std::size_t tenants, std::optional<ZipfExponent> zipf, std::uint64_t seed) {
  SLUICE_INVARIANT(tenants >= 1 && tenants <= load_tenants_max);
  drawn_.resize(std::bit_ceil(std::max(draws_min, tenants * draws_per_tenant)));
  mask_ = drawn_.size() - 1;
  std::mt19937_64 random{seed};
  if (!zipf) {
    std::uniform_int_distribution<std::uint32_t> any{0, static_cast<std::uint32_t>(tenants - 1)};
    std::generate(drawn_.begin(), drawn_.end(), [&] { return any(random); });
    return;
  }
  const std::vector<double> cumulative = cumulative_zipf(tenants, *zipf);
  std::uniform_real_distribution<double> share{0, cumulative.back()};
  std::generate(drawn_.begin(), drawn_.end(), [&] {
    const auto found = std::upper_bound(cumulative.begin(), cumulative.end() - 1, share(random));
    return static_cast<std::uint32_t>(found - cumulative.begin());
  });
}

}  // namespace sluice::bench
