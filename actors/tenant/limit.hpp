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

/// How a rate gets back what was taken of it.
enum class Refill : std::uint8_t {
  greedy,    ///< Evenly, as time passes on the steady clock.
  interval,  ///< All of `amount` at once, whenever `per` is over; see below.
};

/// A token bucket (GCRA): `amount` for each `per`, and up to `burst` at once. Starts full. `per` is
/// from `rate_period_min` to `rate_period_max`, and the burst must fill up within
/// `rate_refill_max`, so that every moment that a rate can speak of fits into the clocks. A rate
/// that only alerts never owes more than its burst: what it admits beyond that is not made up for
/// later.
///
/// One that is refilled by interval goes by steps: multiples of `per` since 1970 on the wall clock,
/// as the spans of a sliding window. Steps go forward only, so that a clock that steps back brings
/// nothing twice.
struct RateRule {
  Amount amount{1};
  Duration per{};
  Amount burst{1};
  Refill refill = Refill::greedy;
  friend bool operator==(const RateRule&, const RateRule&) = default;
};

/// How much is in flight at once: what open reservations hold. A holder that is not extended within
/// `ttl` is let go. Only reservations can be in flight, so a meter with such a limit is reserved.
struct ConcurrencyRule {
  Amount size;
  Duration ttl{};
  friend bool operator==(const ConcurrencyRule&, const ConcurrencyRule&) = default;
};

/// What grants have paid in advance. Use that none of them covers is overage, paid by the next one
/// that becomes effective. Each period starts with what grants roll over, and owes nothing.
struct CreditRule {
  Period period = Period::never;
  friend bool operator==(const CreditRule&, const CreditRule&) = default;
};

using Rule = std::variant<WindowRule, RateRule, SlidingRule, ConcurrencyRule, CreditRule>;

/// Something that the labels of a request must be for a limit to apply: the label has one of the
/// values, or (`negated`) none of them. A label that is missing has the empty value.
struct Condition {
  std::string label;
  bool negated = false;
  std::vector<std::string> values;
  friend bool operator==(const Condition&, const Condition&) = default;
};

/// What holds instead of a limit's rule and soft limit until a moment. What is used stays.
struct Override {
  Rule rule;  ///< Of the same kind, and of a window the same period.
  std::optional<Amount> soft_limit{};
  WallTime expires_at = wall_time_never;
  std::string author{};  ///< 1 to 200 characters.
  std::string reason{};  ///< 1 to 200 characters.
  friend bool operator==(const Override&, const Override&) = default;
};

/// What units above a limit cost, and how many of them there may be.
struct OverageTerms {
  std::uint64_t price_micros = 0;  ///< Millionths of the tenant's currency, for each `per` units.
  Amount per{1};
  std::optional<Amount> cap;  ///< Above the size, in one window; a charge that would pass it is
                              ///< denied, whatever the enforcement.
  friend bool operator==(const OverageTerms&, const OverageTerms&) = default;
};

inline constexpr std::array usual_thresholds{Percent{80}, Percent{90}, Percent{95}, Percent{100}};

/// Where a limit comes from.
enum class Origin : std::uint8_t {
  own,   ///< Somebody gave it to the tenant, and only somebody takes it away.
  tier,  ///< It goes and changes with the tier.
};

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
  /// Windows of a bounded size that throttle, alert or are for overage; credit that does not block.
  std::optional<OverageTerms> overage;
  /// Shares of the size that are reported once a window each, ascending; of what is in flight, and
  /// of what grants gave and is burnt, once until it is less again. They say nothing about rates
  /// and unlimited windows.
  std::vector<Percent> thresholds{usual_thresholds.begin(), usual_thresholds.end()};
  /// Labels of requests: there is a counter for each combination of their values.
  std::vector<std::string> per{};
  /// The limit applies to requests of which all of these are true.
  std::vector<Condition> when{};
  /// What holds of a reservation or a lease that nobody ended: by default what was reported of a
  /// reservation was used, and all of a lease; otherwise no more was used than is known.
  bool releases_on_expiry = false;
  /// Labels of requests: the history of the limit's meter is kept for each of their values, too.
  std::vector<std::string> history_by{};
  std::optional<Override> instead{};
  Origin origin = Origin::own;
  friend bool operator==(const Limit&, const Limit&) = default;
};

inline constexpr std::size_t limits_per_tenant_max = 64;
inline constexpr std::size_t thresholds_per_limit_max = 8;
/// Limits with a counter for each combination of labels.
inline constexpr std::size_t limits_per_label_max = 8;
inline constexpr std::size_t labels_per_limit_max = 4;
inline constexpr std::size_t conditions_per_limit_max = 4;
/// By which history is kept, of a tenant: counting a label once for each meter.
inline constexpr std::size_t history_labels_max = 4;
inline constexpr std::size_t values_per_condition_max = 16;
inline constexpr std::size_t limit_name_bytes_max = 63;
inline constexpr std::size_t label_name_bytes_max = 32;
inline constexpr std::size_t label_value_bytes_max = 64;
inline constexpr Duration rate_period_min = std::chrono::milliseconds{1};
inline constexpr Duration rate_period_max = std::chrono::hours{24 * 366};
inline constexpr Duration rate_refill_max = 100 * rate_period_max;
/// Of sliding windows.
inline constexpr Duration span_min = std::chrono::milliseconds{1};
inline constexpr Duration span_max = std::chrono::hours{24 * 366};
/// For how long a holder may be in flight without being extended.
inline constexpr Duration ttl_min = std::chrono::milliseconds{1};
inline constexpr Duration ttl_max = std::chrono::hours{24 * 7};

}  // namespace sluice
