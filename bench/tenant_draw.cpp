// SPDX-License-Identifier: Apache-2.0
#include "bench/tenant_draw.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "actors/tenant/invariant.hpp"

namespace sluice::bench {

namespace {

// Long enough that a sequence that goes round does not look like a pattern to any cache.
constexpr std::size_t draws_min = std::size_t{1} << 20;
constexpr std::size_t draws_per_tenant = 4;
constexpr std::size_t draws_max = std::size_t{1} << 24;

std::size_t draws_of(std::size_t tenants) {
  return std::min(std::max(draws_min, tenants * draws_per_tenant), draws_max);
}

std::vector<double> cumulative_zipf(std::size_t tenants, ZipfExponent exponent) {
  std::vector<double> cumulative(tenants);
  double sum = 0;
  for (std::size_t rank = 0; rank < tenants; ++rank) {
    sum += std::pow(static_cast<double>(rank + 1), -exponent.raw());
    cumulative[rank] = sum;
  }
  return cumulative;
}

/// Makes the sequence for each way to choose.
struct Drawing {
  std::size_t tenants;
  std::uint64_t seed;

  std::vector<std::uint32_t> operator()(Uniformly /*choice*/) const {
    std::vector<std::uint32_t> drawn(draws_of(tenants));
    std::mt19937_64 random{seed};
    std::uniform_int_distribution<std::uint32_t> any{0, static_cast<std::uint32_t>(tenants - 1)};
    std::generate(drawn.begin(), drawn.end(), [&] { return any(random); });
    return drawn;
  }

  std::vector<std::uint32_t> operator()(ZipfExponent exponent) const {
    std::vector<std::uint32_t> drawn(draws_of(tenants));
    const std::vector<double> cumulative = cumulative_zipf(tenants, exponent);
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> share{0, cumulative.back()};
    std::generate(drawn.begin(), drawn.end(), [&] {
      const auto found = std::upper_bound(cumulative.begin(), cumulative.end() - 1, share(random));
      return static_cast<std::uint32_t>(found - cumulative.begin());
    });
    return drawn;
  }

  std::vector<std::uint32_t> operator()(InTurn /*choice*/) const {
    std::vector<std::uint32_t> drawn(tenants);
    std::iota(drawn.begin(), drawn.end(), 0U);
    return drawn;
  }
};

}  // namespace

TenantDraw::TenantDraw(std::size_t tenants, TenantChoice choice, std::uint64_t seed) {
  SLUICE_INVARIANT(tenants >= 1 && tenants <= load_tenants_max);
  drawn_ = std::visit(Drawing{tenants, seed}, choice);
}

}  // namespace sluice::bench
