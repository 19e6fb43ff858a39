// SPDX-License-Identifier: Apache-2.0
// The catalogue that a new store starts with.
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/tier.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>

namespace sluice {
namespace {

constexpr std::uint64_t gigabyte = 1'000'000'000;
constexpr std::uint64_t hour = 3'600;  ///< In the unit of the meters of compute.
constexpr std::uint64_t soft_percent = 80;

MeterId meter(std::string_view name) {
  const auto found = std::ranges::find(default_meters(), name, &Meter::name);
  SLUICE_INVARIANT(found != default_meters().end());
  return found->id;
}

/// A price in millionths for each so many units.
OverageTerms price(std::uint64_t micros, std::uint64_t per) {
  return OverageTerms{.price_micros = micros, .per = Amount{per}, .cap = std::nullopt};
}

/// One row of the table; the cells say how much of it a tier has.
struct Row {
  const char* name;
  const char* meter_name;
  Period period;

  [[nodiscard]] Limit unlimited() const {
    Limit limit;
    limit.name = name;
    limit.meter = meter(meter_name);
    limit.rule = WindowRule{std::nullopt, period};
    limit.enforcement = Enforcement::alert;
    limit.thresholds.clear();  // There is nothing to have a share of.
    limit.origin = Origin::tier;
    return limit;
  }
  [[nodiscard]] Limit of(std::uint64_t size, Enforcement enforcement,
                         std::optional<OverageTerms> overage = std::nullopt) const {
    Limit limit = unlimited();
    limit.rule = WindowRule{Amount{size}, period};
    limit.thresholds = {usual_thresholds.begin(), usual_thresholds.end()};
    limit.enforcement = enforcement;
    limit.soft_limit = Amount{size * soft_percent / 100};
    limit.overage = overage;
    return limit;
  }
  [[nodiscard]] Limit none() const {
    Limit limit = of(0, Enforcement::block);
    limit.soft_limit.reset();
    limit.thresholds.clear();
    return limit;
  }
};

constexpr Row api_requests{"api_requests", "api_requests", Period::month};
constexpr Row storage{"storage", "storage_bytes", Period::never};
constexpr Row compute{"compute", "compute_seconds", Period::month};
constexpr Row gpu{"gpu", "gpu_seconds", Period::month};
constexpr Row users{"users", "users", Period::never};
constexpr Row services{"services", "services", Period::never};

/// All that the tier below has, and these.
Features and_also(Features features, std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    put_feature(features, {name, true});
  }
  return features;
}

TierCatalogue make() {
  using enum Enforcement;
  const Features free = and_also({}, {"api_access"});
  const Features starter = and_also(free, {"advanced_analytics", "ai_recommendations", "webhooks"});
  const Features professional = and_also(starter, {"custom_branding", "sso", "advanced_security",
                                                   "priority_support", "custom_domain"});
  const Features enterprise = and_also(professional, {"white_label", "dedicated_schema"});
  return {
      {.name = "free",
       .rank = 10,
       .limits = {api_requests.of(10'000, block), storage.of(1 * gigabyte, block),
                  compute.of(10 * hour, block), gpu.none(), users.of(3, block),
                  services.of(5, block)},
       .features = free,
       .sla = "",
       .version = Version{1}},
      {.name = "starter",
       .rank = 20,
       .limits = {api_requests.of(100'000, throttle, price(1'000, 1)),
                  storage.of(10 * gigabyte, alert, price(150'000, gigabyte)),
                  compute.of(100 * hour, throttle, price(50'000, hour)), gpu.none(),
                  users.of(10, block), services.of(25, block)},
       .features = starter,
       .sla = "99 %",
       .version = Version{1}},
      {.name = "professional",
       .rank = 30,
       .limits = {api_requests.of(1'000'000, alert, price(500, 1)),
                  storage.of(100 * gigabyte, alert, price(100'000, gigabyte)),
                  compute.of(500 * hour, alert, price(30'000, hour)),
                  gpu.of(50 * hour, alert, price(2'000'000, hour)), users.of(50, alert),
                  services.of(100, alert)},
       .features = professional,
       .sla = "99.9 %",
       .version = Version{1}},
      {.name = "enterprise",
       .rank = 40,
       .limits = {api_requests.unlimited(), storage.unlimited(), compute.unlimited(),
                  gpu.unlimited(), users.unlimited(), services.unlimited()},
       .features = enterprise,
       .sla = "99.99 %",
       .version = Version{1}},
  };
}

}  // namespace

const TierCatalogue& shipped_tiers() {
  static const TierCatalogue tiers = make();
  return tiers;
}

}  // namespace sluice
