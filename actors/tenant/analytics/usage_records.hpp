// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/analytics/unusual.hpp"
#include "actors/tenant/analytics/usage_range.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

enum class Rest : std::uint8_t;

/// What tenants are ranked by: an amount of one meter, or a number of checks.
enum class TopBy : std::uint8_t { used, allowed, denied, throttled, overage };

/// Which tenants to rank.
struct TopQuery {
  TopBy by = TopBy::used;
  std::optional<MeterId> meter{};  ///< Nothing: all, which only numbers of checks can be.
  UsageRange range{};
  std::size_t count = 10;  ///< 1 to `top_tenants_max`.
  std::string tier{};      ///< That they are of now; empty: any.
};
inline constexpr std::size_t top_tenants_max = 100;
/// Fills in the range. `invalid_argument` names the field.
[[nodiscard]] Result<TopQuery> settled(TopQuery asked, WallTime now);

struct TopTenant {
  TenantId id{};
  std::string slug{};
  std::string name{};
  std::string tier{};
  Amount used{};  ///< Zero, as `overage`, if it is of all meters.
  std::uint64_t allowed = 0;
  std::uint64_t denied = 0;
  std::uint64_t throttled = 0;
  Amount overage{};
  friend bool operator==(const TopTenant&, const TopTenant&) = default;
};
[[nodiscard]] std::uint64_t sum_of(const TopTenant& tenant, TopBy by) noexcept;
/// The greatest sum first, equal ones by id.
[[nodiscard]] bool ranks_before(const TopTenant& a, const TopTenant& b, TopBy by) noexcept;

struct TopTenants {
  std::vector<TopTenant> tenants{};  ///< Those with nothing are left out.
  UsageRange range{};
};

/// Of which usage to tell the sums of all tenants.
struct PlatformUsageQuery {
  std::optional<MeterId> meter{};
  UsageRange range{};
  std::string tier{};             ///< That they are of now; empty: any.
  std::size_t points_max = 1000;  ///< 0 to `usage_points_max`: the earliest ones.
};
[[nodiscard]] Result<PlatformUsageQuery> settled(PlatformUsageQuery asked, WallTime now);

/// Where a walk through the tenants of an hour has come.
struct BusyMark {
  std::size_t place = 0;  ///< The store's own.
  TenantId tenant{};
  MeterId meter{};
  friend bool operator==(const BusyMark&, const BusyMark&) = default;
};
/// What was used in an hour: a part of the tenants with each call, those with more than `above`.
struct BusyQuery {
  WallTime hour;
  Amount above{};
  BusyMark after{};
  std::size_t rows_max = 2'000;  ///< That are looked at.
};
struct BusyPage {
  std::vector<ComparedHour> hours{};  ///< By tenant and meter.
  std::optional<BusyMark> next{};     ///< Nothing: that was the last part.
};

/// How long usage is kept, by the length of its buckets; zero: for ever.
struct UsageRetention {
  Duration minutes = std::chrono::hours{14 * 24};
  Duration hours = std::chrono::hours{400 * 24};
  Duration days = std::chrono::hours{3'653 * 24};
};

/// What may be forgotten of usage: what began before; the epoch: nothing.
struct UsageForgetting {
  WallTime minutes_before{};
  WallTime hours_before{};
  WallTime days_before{};
};
/// Rows that one call deletes of a table.
inline constexpr std::size_t usage_forgotten_at_once = 5'000;

/// The history of usage of all tenants, as `Store` keeps it; all of that holds here.
///
/// Minutes, hours and days are three tables. A minute is appended once and then added to its hour
/// and its day, all in one transaction, so each can be forgotten by itself: nothing is summed up
/// later. A minute that came again after it was forgotten would count twice; so only those are to
/// be forgotten that nobody has to save any more.
class UsageRecords {
public:
  virtual ~UsageRecords() = default;

  /// Of a query that is settled. What has not been closed yet is counted, too.
  [[nodiscard]] virtual Result<std::vector<TopTenant>> top_tenants(const TopQuery& query) = 0;
  /// The sums by start and meter, in this order, of a query that is settled: all of the range,
  /// whatever its `points_max`. What has not been closed yet is counted, too.
  [[nodiscard]] virtual Result<std::vector<UsagePoint>> usage_of_all(
      const PlatformUsageQuery& query) = 0;
  /// As the store has it at that moment; so ask once everything of the hour is saved.
  [[nodiscard]] virtual Result<BusyPage> busy_hours(const BusyQuery& query) = 0;
  /// Deletes a part of what may be forgotten; a store may keep it until it can drop a month.
  [[nodiscard]] virtual Result<Rest> forget_usage(Epoch epoch, const UsageForgetting& what) = 0;
};

}  // namespace sluice
