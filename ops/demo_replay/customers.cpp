// SPDX-License-Identifier: Apache-2.0
#include "ops/demo_replay/customers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice::demo {
namespace {

constexpr std::array<std::string_view, customers_count> names{
    "acorn",   "beacon",  "cobalt",  "dunlin",  "ember",    "fathom",  "gimlet", "harrier",
    "indigo",  "juniper", "kestrel", "lumen",   "meridian", "nimbus",  "osprey", "parsec",
    "quartz",  "rowan",   "saffron", "tundra",  "umbra",    "vesper",  "willow", "xenon",
    "yarrow",  "zephyr",  "anvil",   "bramble", "cirrus",   "delta",   "eider",  "foundry",
    "granite", "heron",   "isobar",  "jasper",  "krill",    "lattice", "magnet", "nacre"};

/// Labels, not tiers of the server's catalogue: their limits are scaled to the sample. Every one
/// has busy tenants and quiet ones; there are more small customers than large ones.
constexpr std::array<std::string_view, 10> tiers{
    "demo-professional", "demo-enterprise",   "demo-starter", "demo-free",    "demo-free",
    "demo-starter",      "demo-professional", "demo-free",    "demo-starter", "demo-free"};

/// What a tier gets, as shares of the sample: one in `requests_part` of its requests, and so on.
struct Shares {
  std::string_view tier;
  std::uint64_t requests_part;
  std::uint64_t tokens_part;
  Enforcement enforcement;
  double mean_rates;  ///< The rate, in means of the sample.
  std::uint64_t burst;
};
constexpr std::array<Shares, 3> bounded_tiers{{
    {"demo-free", 160, 150, Enforcement::block, 1.0 / 40, 5},
    {"demo-starter", 13, 26, Enforcement::block, 1.0 / 5, 20},
    {"demo-professional", 2, 6, Enforcement::alert, 1.0, 50},
}};
constexpr double enterprise_mean_rates = 4.0;
constexpr std::uint64_t enterprise_burst = 200;

Limit window(std::string name, MeterId meter, std::optional<Amount> size, Period period,
             Enforcement enforcement) {
  Limit limit;
  limit.name = std::move(name);
  limit.meter = meter;
  limit.rule = WindowRule{size, period};
  limit.enforcement = enforcement;
  if (!size) {
    limit.thresholds.clear();
  }
  return limit;
}

/// One request for each so many milliseconds: a share of the mean pace of the sample.
Limit pace(const SampleSize& size, MeterId meter, double mean_rates, std::uint64_t burst) {
  const double mean_gap_ms =
      static_cast<double>(size.length.count()) / 1e6 / static_cast<double>(size.requests);
  const auto gap_ms =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(mean_gap_ms / mean_rates));
  Limit limit;
  limit.name = "pace";
  limit.meter = meter;
  limit.rule = RateRule{Amount{1}, std::chrono::milliseconds{gap_ms}, Amount{burst}};
  limit.thresholds.clear();
  return limit;
}

Amount part_of(Amount whole, std::uint64_t part) {
  return Amount{std::max<std::uint64_t>(1, whole.raw() / part)};
}

}  // namespace

Result<Meters> find_meters(const MeterTable& meters) {
  std::array<MeterId, 2> found;
  const std::array<std::string_view, 2> wanted{"api_requests", "llm_tokens"};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto meter = std::find_if(meters.begin(), meters.end(),
                                    [&](const Meter& m) { return m.name == wanted[i]; });
    if (meter == meters.end()) {
      return Fault{FaultCode::not_found,
                   "the server has no meter '" + std::string{wanted[i]} + "'"};
    }
    found[i] = meter->id;
  }
  return Meters{found[0], found[1]};
}

std::vector<Limit> limits_of_tier(const std::string& tier, const SampleSize& size,
                                  const Meters& meters) {
  for (const Shares& shares : bounded_tiers) {
    if (shares.tier == tier) {
      return {window("monthly-requests", meters.requests,
                     part_of(Amount{size.requests}, shares.requests_part), Period::month,
                     shares.enforcement),
              window("daily-tokens", meters.tokens, part_of(size.tokens, shares.tokens_part),
                     Period::day, shares.enforcement),
              pace(size, meters.requests, shares.mean_rates, shares.burst)};
    }
  }
  return {
      window("monthly-requests", meters.requests, std::nullopt, Period::month, Enforcement::block),
      window("daily-tokens", meters.tokens, std::nullopt, Period::day, Enforcement::block),
      pace(size, meters.requests, enterprise_mean_rates, enterprise_burst)};
}

TenantDefinition customer(std::size_t rank, const SampleSize& size, const Meters& meters) {
  SLUICE_INVARIANT(rank < customers_count);
  TenantDefinition tenant;
  tenant.slug = names[rank];
  tenant.name = names[rank];
  tenant.tier = tiers[rank % tiers.size()];
  tenant.limits = limits_of_tier(tenant.tier, size, meters);
  return tenant;
}

std::vector<std::string> customer_slugs() {
  return {names.begin(), names.end()};
}

}  // namespace sluice::demo
