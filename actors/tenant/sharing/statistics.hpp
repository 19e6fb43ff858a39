// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"
#include "actors/tenant/sharing/statement.hpp"

namespace sluice {

/// What is told of shared resources over time: to an owner of what it shares, to a consumer of what
/// it uses. Made of the same hours as statements.

enum class SharingGranularity : std::uint8_t { hour, day, period };

struct SharingStatisticsQuery {
  TenantId tenant{};
  SharingSide side = SharingSide::owner;
  SharingGranularity by = SharingGranularity::day;  ///< `period`: as each policy is billed.
  WallTime from{};  ///< The hours from this one on, but before `to`.
  WallTime to{};
  std::optional<PolicyId> policy{};
  std::size_t points_max = 1000;  ///< 1 to `sharing_points_max`; the earliest ones are told.
  std::size_t top_max = 10;       ///< 0 to `sharing_top_max`, of each currency.
};
inline constexpr std::size_t sharing_points_max = 10'000;
inline constexpr std::size_t sharing_top_max = 100;
inline constexpr Duration sharing_statistics_span_max = std::chrono::hours{24 * 366};
/// Grants that one query looks at; further ones are left out, and the answer says so.
inline constexpr std::size_t sharing_statistics_grants_max = 10'000;
/// `invalid_argument` names the field.
[[nodiscard]] Result<Done> validate(const SharingStatisticsQuery& query);

struct SharingCount {
  std::uint64_t uses = 0;
  Amount units{};
  std::uint64_t denied = 0;
  std::uint64_t amount_micros = 0;  ///< What consumers pay.
  std::uint64_t owner_micros = 0;   ///< The owner's part of it.
  friend bool operator==(const SharingCount&, const SharingCount&) = default;
};

/// One policy within one hour, day or period.
struct SharingPoint {
  WallTime start{};
  PolicyId policy{};
  std::string currency{};
  Resource resource{};
  SharingCount count{};
  friend bool operator==(const SharingPoint&, const SharingPoint&) = default;
};

/// All of the range, of one consumer (to an owner) or of one policy (to a consumer).
struct SharingTop {
  std::string currency{};
  TenantId consumer{};  ///< To an owner; otherwise nil.
  PolicyId policy{};    ///< To a consumer; otherwise nil.
  Resource resource{};  ///< Of the policy.
  SharingCount count{};
  friend bool operator==(const SharingTop&, const SharingTop&) = default;
};

struct SharingStatistics {
  std::vector<SharingPoint> points{};  ///< By start, policy and currency.
  std::vector<SharingTop> top{};       ///< By currency, then who pays most, then who uses most.
  bool cut = false;                    ///< Whether points or grants were left out.
  friend bool operator==(const SharingStatistics&, const SharingStatistics&) = default;
};

/// Adds up statistics, one grant after the other.
///
/// Role       Pure. What an hour costs is what it adds to the cost of its period up to then, so
///            hours and days add up to the period's line, graduated prices and rounding and all. A
///            fixed price falls on the hour in which the period began, or the grant in it.
/// Threading  Confined.
/// Ownership  Owns its sums.
/// Units      Millionths.
/// Errors     None.
/// Cost       Linear in hours; at most `points_max` points are kept, and `EarlierUses`.
class SharingTally {
public:
  explicit SharingTally(SharingStatisticsQuery query) : query_(std::move(query)) {}

  /// The hours of this grant that its statistics need: whole periods, because of graduated prices.
  [[nodiscard]] static Window hours_needed(const SharingStatisticsQuery& query,
                                           BillingPeriod period) noexcept;
  /// `terms` are all of its policy, ascending; `hours` its own, ascending. Grants of one policy and
  /// consumer come in the order of their ids.
  void add(const GrantSpan& grant, std::span<const SharingTerms> terms,
           std::span<const SharedHour> hours);
  /// Something was left out.
  void cut() noexcept { told_.cut = true; }
  [[nodiscard]] SharingStatistics take();

private:
  using PointKey = std::tuple<WallTime, PolicyId, std::string>;
  using TopKey = std::tuple<std::string, TenantId, PolicyId>;

  void add_period(const GrantSpan& grant, const SharingTerms& terms, const Window& period,
                  std::span<const SharedHour> hours);
  void count(const GrantSpan& grant, const SharingTerms& terms, WallTime at,
             const SharingCount& more);
  [[nodiscard]] WallTime bucket_of(WallTime at, BillingPeriod period) const noexcept;

  SharingStatisticsQuery query_;
  std::map<PointKey, SharingPoint> points_;
  std::map<TopKey, SharingTop> tops_;
  EarlierUses earlier_;
  SharingStatistics told_;
};

}  // namespace sluice
