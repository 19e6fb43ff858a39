// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// The calendar unit after which a window starts again. `never` makes it a gauge.
enum class Period : std::uint8_t { minute, hour, day, week, month, year, never };

/// What happens to a charge that would pass the limit.
enum class Enforcement : std::uint8_t {
  block,     ///< Denied; nothing is charged anywhere.
  alert,     ///< Admitted and counted; the thresholds tell somebody.
  throttle,  ///< As block, or priced; from the soft limit on, what is left is spread in time.
  overage,   ///< Admitted, counted and priced.
};

/// A share of a limit in whole percent, 1 to 100.
using Percent = Strong<struct PercentTag, std::uint8_t>;

/// A counter that starts again on a calendar boundary of the tenant's time zone.
struct WindowRule {
  std::optional<Amount> size;  ///< Nothing means unlimited: counted, never denied.
  Period period = Period::month;
  friend bool operator==(const WindowRule&, const WindowRule&) = default;
};

/// What was used within the last `span`, as far as two counters can say: those of the present and
/// the previous span of the wall clock, the previous one by the share of it that is not yet past.
struct SlidingRule {
  Amount size;
  Duration span{};
  friend bool operator==(const SlidingRule&, const SlidingRule&) = default;
};

/// A token bucket (GCRA): `amount` for each `per`, and up to `burst` at once. Starts full. `per` is
/// from `rate_period_min` to `rate_period_max`, and the burst must fill up within
/// `rate_refill_max`, so that every moment that a rate can speak of fits into the clocks. A rate
/// that only alerts never owes more than its burst: what it admits beyond that is not made up for
/// later.
struct RateRule {
  Amount amount{1};
  Duration per{};
  Amount burst{1};
  friend bool operator==(const RateRule&, const RateRule&) = default;
};

using Rule = std::variant<WindowRule, RateRule, SlidingRule>;

/// What units above a limit cost, and how many of them there may be.
struct OverageTerms {
  std::uint64_t price_micros = 0;  ///< Millionths of the tenant's currency, for each `per` units.
  Amount per{1};
  std::optional<Amount> cap;  ///< Above the size, in one window; a charge that would pass it is
                              ///< denied, whatever the enforcement.
  friend bool operator==(const OverageTerms&, const OverageTerms&) = default;
};

inline constexpr std::array usual_thresholds{Percent{80}, Percent{90}, Percent{95}, Percent{100}};

/// One rule on one meter of one tenant. `name` is `[a-z0-9][a-z0-9_-]{0,62}`, unique in the tenant.
struct Limit {
  LimitId id;
  std::string name;
  MeterId meter;
  Rule rule;
  Enforcement enforcement = Enforcement::block;
  /// Evaluated, counted and told of, but never in anybody's way.
  bool shadow = false;
  /// From here on decisions carry a warning, and a throttle spreads what is left. Windows of a
  /// bounded size, and sliding ones.
  std::optional<Amount> soft_limit;
  /// Windows of a bounded size that throttle, alert or are for overage.
  std::optional<OverageTerms> overage;
  /// Shares of the size that are reported once a window each, ascending. They say nothing about
  /// rates and unlimited windows.
  std::vector<Percent> thresholds{usual_thresholds.begin(), usual_thresholds.end()};
  friend bool operator==(const Limit&, const Limit&) = default;
};

inline constexpr std::size_t limits_per_tenant_max = 64;
inline constexpr std::size_t thresholds_per_limit_max = 8;
inline constexpr Duration rate_period_min = std::chrono::milliseconds{1};
inline constexpr Duration rate_period_max = std::chrono::hours{24 * 366};
inline constexpr Duration rate_refill_max = 100 * rate_period_max;
/// Of sliding windows.
inline constexpr Duration span_min = std::chrono::milliseconds{1};
inline constexpr Duration span_max = std::chrono::hours{24 * 366};

}  // namespace sluice
