// SPDX-License-Identifier: Apache-2.0
#include "bench/load_tenants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace sluice::bench {

namespace {

using namespace std::chrono_literals;

constexpr Amount never_reached{1'000'000'000'000};

struct PresetLimit {
  std::string_view name;
  std::string_view meter;
  Rule rule;
  bool by_user = false;
};

PresetLimit window(std::string_view name, std::string_view meter, Amount size, Period period) {
  return {name, meter, WindowRule{size, period}};
}

PresetLimit rate(std::string_view name, Amount per_second, Amount burst) {
  return {name, requests_meter, RateRule{per_second, 1s, burst}};
}

std::vector<PresetLimit> rows_of(const Quota& quota) {
  std::vector rows{window("requests", requests_meter, quota.size, Period::never)};
  if (quota.users > 0) {
    const Amount share{(quota.size.raw() + quota.users - 1) / quota.users};
    rows.push_back(window("requests-of-a-user", requests_meter, share, Period::never));
    rows.back().by_user = true;
  }
  return rows;
}

std::vector<PresetLimit> rows_of(LimitPreset preset, const Quota& quota) {
  const PresetLimit month =
      window("requests-a-month", requests_meter, never_reached, Period::month);
  const PresetLimit rapid = rate("requests-a-second", Amount{100'000'000}, Amount{100'000'000});
  switch (preset) {
    case LimitPreset::none:
      return {};
    case LimitPreset::roomy:
      return {month, rapid};
    case LimitPreset::tight:
      return {window("requests-a-month", requests_meter, Amount{1'000}, Period::month),
              rate("requests-a-second", Amount{100}, Amount{200}),
              window("tokens-a-month", tokens_meter, Amount{500'000}, Period::month)};
    case LimitPreset::six:
      return {month,
              rapid,
              window("tokens-a-month", tokens_meter, never_reached, Period::month),
              window("storage", "storage_bytes", never_reached, Period::never),
              window("compute-a-month", "compute_seconds", never_reached, Period::month),
              window("users", "users", never_reached, Period::never)};
    case LimitPreset::quota:
      return rows_of(quota);
  }
  SLUICE_INVARIANT(false);
}

std::optional<MeterId> meter_named(const MeterTable& meters, std::string_view name) {
  const auto found = std::find_if(meters.begin(), meters.end(),
                                  [&](const Meter& meter) { return meter.name == name; });
  return found == meters.end() ? std::nullopt : std::optional{found->id};
}

}  // namespace

std::string_view to_string(LimitPreset preset) {
  switch (preset) {
    case LimitPreset::none:
      return "none";
    case LimitPreset::roomy:
      return "roomy";
    case LimitPreset::tight:
      return "tight";
    case LimitPreset::six:
      return "six";
    case LimitPreset::quota:
      return "quota";
  }
  SLUICE_INVARIANT(false);
}

Result<std::vector<Limit>> preset_limits(LimitPreset preset, const MeterTable& meters,
                                         const Quota& quota) {
  std::vector<Limit> limits;
  for (const PresetLimit& row : rows_of(preset, quota)) {
    const auto meter = meter_named(meters, row.meter);
    if (!meter) {
      return Fault{FaultCode::not_found, fmt::format("the server has no meter {}", row.meter)};
    }
    Limit& limit = limits.emplace_back();
    limit.name = row.name;
    limit.meter = *meter;
    limit.rule = row.rule;
    if (row.by_user) {
      limit.per = {std::string{user_label}};
    }
    if (std::holds_alternative<RateRule>(row.rule)) {
      limit.thresholds.clear();
    }
  }
  return limits;
}

TenantDefinition load_tenant(LimitPreset preset, TenantIndex tenant, std::vector<Limit> limits) {
  TenantDefinition draft;
  draft.id = load_tenant_id(preset, tenant);
  draft.slug = fmt::format("load-{}-{}", to_string(preset), tenant.raw());
  draft.name = draft.slug;
  draft.tier = "load";
  draft.limits = std::move(limits);
  return draft;
}

}  // namespace sluice::bench
