// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "actors/tenant/alert.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// Whether an hour's usage of a meter is like the same hour of earlier weeks.
///
/// Compared  With the same hour of up to 8 earlier weeks, as far back as the meter was in use; an
///           hour without usage counts as zero. With less than 3 of them nothing is said.
/// Expected  Their median, which one odd week does not move. The spread is the median of how far
///           each of them is from it.
/// Unusual   More than expected by over 6 spreads, and by over as much again, and by over 100
///           units; or less by over 6 spreads, and by over three quarters, and by over 100 units.
///           For what has no outliers 6 spreads are 4 standard deviations. The two others keep
///           quiet what is steady, or small.
/// Pure; integers only. Weeks are of 168 hours, so where clocks are set the hour is another one
/// for a while.
inline constexpr std::size_t unusual_weeks_max = 8;
inline constexpr std::size_t unusual_weeks_min = 3;
inline constexpr std::uint64_t unusual_spreads = 6;
inline constexpr Amount unusual_least{100};
inline constexpr Duration one_week = std::chrono::hours{7 * 24};

/// One hour with those that it is compared with.
struct ComparedHour {
  TenantId tenant{};
  MeterId meter{};
  WallTime hour{};
  Amount used{};
  std::array<Amount, unusual_weeks_max> earlier{};  ///< One week before, two weeks, ...
  std::size_t weeks = 0;                            ///< The first ones of these count.
  friend bool operator==(const ComparedHour&, const ComparedHour&) = default;
};

/// How many weeks before the hour the meter was in use already; it first was on that day.
[[nodiscard]] std::size_t weeks_in_use(WallTime hour, WallTime first_day) noexcept;

/// What is usual.
struct UsualUsage {
  Amount expected{};
  Amount spread{};
  Amount lowest{};   ///< Less is unusual.
  Amount highest{};  ///< More is unusual.
  friend bool operator==(const UsualUsage&, const UsualUsage&) = default;
};
/// Nothing if there are too few weeks to say.
[[nodiscard]] std::optional<UsualUsage> usual_of(const ComparedHour& hour);

struct UnusualHour {
  WallTime start{};
  Amount used{};
  UsualUsage usual{};
  std::size_t weeks = 0;
  friend bool operator==(const UnusualHour&, const UnusualHour&) = default;
};
struct UnusualMeter {
  MeterId meter{};
  std::uint32_t hours_judged = 0;
  std::vector<UnusualHour> hours{};  ///< The latest first.
  friend bool operator==(const UnusualMeter&, const UnusualMeter&) = default;
};
struct UnusualUsage {
  std::vector<UnusualMeter> meters{};  ///< By id: those that were used at all.
  WallTime from{};
  WallTime to{};
  friend bool operator==(const UnusualUsage&, const UnusualUsage&) = default;
};

/// The hours that are looked at: the last 24 that are over.
struct UnusualSpan {
  WallTime from{};
  WallTime to{};
};
[[nodiscard]] UnusualSpan unusual_span(WallTime now) noexcept;

/// Collects what a tenant used in the hours of a day and of the same day of earlier weeks.
///
/// Role       Pure; as above.
/// Threading  Confined.
/// Ownership  Owns what it was told.
/// Units      Hours of UTC.
/// Errors     None; what is not of the hours that are looked at is passed over.
/// Cost       24 hours and 9 weeks of each meter.
class UnusualSearch {
public:
  explicit UnusualSearch(UnusualSpan span) : span_(span) {}

  /// A day in which the meter was in use.
  void add_day(const UsagePoint& day);
  /// An hour of the span, or so many weeks before it.
  void add_hour(const UsagePoint& hour);
  [[nodiscard]] UnusualUsage found() const;

private:
  static constexpr std::size_t hours_looked_at = 24;
  struct OfMeter {
    MeterId meter;
    WallTime first_day = wall_time_never;
    std::array<Amount, hours_looked_at*(unusual_weeks_max + 1)> used{};  ///< The span's first.
  };
  [[nodiscard]] OfMeter& of(MeterId meter);

  UnusualSpan span_;
  std::vector<OfMeter> meters_;  ///< By id.
};

/// An alert if more was used than is usual: once for tenant, meter and hour. That less was used is
/// told to who asks, and alerts nobody: after an outage it would be everybody.
[[nodiscard]] std::optional<Alert> alert_of_unusual(const ComparedHour& hour, WallTime at);

}  // namespace sluice
