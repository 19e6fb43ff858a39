// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/tenant/tenant.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// When limits are used up, if use goes on at its present pace.
///
/// Source   The hours of a meter in the last 7 days, and the one that runs; for a window of up to
///          2 hours the minutes of the last hour instead. Limits with conditions, in which not
///          every use of their meter counts, and those without history go by what was used of
///          themselves since their window began.
/// Pace     A weighted mean: the time that is looked back to falls into 7 blocks of a day, or 6 of
///          10 minutes, and the latest block has the weight 7 (or 6), the earliest 1. Whole days
///          level out what differs between day and night. Time before the meter was first used is
///          not counted; less than a block's bucket counts as a whole one, so that the first use of
///          all does not look like a flood.
/// Told     What will be used at the end of the window, and when the size is reached if that is
///          before. Rates, sliding windows and what is in flight run full and empty again all the
///          time: there is nothing to foretell, nor of limits with labels, which have a counter for
///          each combination.
/// Pure; integers only, so the same numbers give the same forecast everywhere.
enum class ForecastBasis : std::uint8_t { nothing, hours, minutes, window };

struct LimitForecast {
  LimitId limit{};
  std::string name{};
  MeterId meter{};
  std::optional<Amount> size{};  ///< Of credit: what is used and what is left.
  Amount used{};
  WallTime until = wall_time_never;  ///< The end of its window.
  ForecastBasis basis = ForecastBasis::nothing;
  Amount pace_per_hour{};  ///< Rounded up.
  Amount last_day{};       ///< Of the meter, within the last 24 hours and the hour that runs.
  Amount day_before{};     ///< In the 24 hours before those.
  Amount projected{};      ///< At `projected_at`.
  WallTime projected_at{};
  std::optional<WallTime> exhausted_at{};  ///< Nothing: not before `until`.
  std::uint32_t buckets = 0;               ///< That the pace rests on.
  std::uint32_t hours_seen = 0;            ///< From the first of them to now, rounded up.
  friend bool operator==(const LimitForecast&, const LimitForecast&) = default;
};

struct Forecast {
  std::vector<LimitForecast> limits{};  ///< In the order of the tenant's limits.
  WallTime now{};
  friend bool operator==(const Forecast&, const Forecast&) = default;
};

/// How far ahead of what has no end something is foretold.
inline constexpr Duration forecast_horizon = std::chrono::hours{30 * 24};
/// Windows of up to this length go by minutes.
inline constexpr Duration forecast_by_minutes_max = std::chrono::hours{2};

/// The history that a forecast is made of, of all meters, in any order.
struct ForecastSource {
  std::vector<UsagePoint> hours{};    ///< From `forecast_hours_from` on.
  std::vector<UsagePoint> minutes{};  ///< From `forecast_minutes_from` on.
};
[[nodiscard]] WallTime forecast_hours_from(WallTime now) noexcept;
[[nodiscard]] WallTime forecast_minutes_from(WallTime now) noexcept;

[[nodiscard]] Forecast forecast(std::span<const LimitUsage> limits, const ForecastSource& source,
                                WallTime now);

}  // namespace sluice
