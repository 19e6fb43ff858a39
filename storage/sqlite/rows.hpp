// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/counter.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/usage.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// Between rows and our types. What is read is not believed: whatever no writer of ours can have
/// written is thrown as `DamagedRow`.

/// Most significant byte first.
using IdBytes = std::array<std::byte, 16>;
[[nodiscard]] IdBytes bytes_of(TenantId id);
[[nodiscard]] IdBytes bytes_of(EntryId id);
[[nodiscard]] TenantId id_of(Blob bytes);

/// The columns that `read_...` expects, in this order, from column 0.
inline constexpr std::string_view meter_columns = "id, name, unit";
inline constexpr std::string_view tenant_columns =
    "id, slug, name, tier, timezone, billing_anchor_day, created_at_ns, updated_at_ns, version, "
    "last_limit_id, status, trial_days, trial_ends_at_ns, suspended_at_ns, suspend_reason, "
    "deactivated_at_ns, purge_at_ns, region, currency, billing_company, billing_email, "
    "billing_address, billing_tax_id, members, owners, roles, "
    "pending_tier, pending_tier_at_ns, features, compliance, unpaid, settings";
inline constexpr std::string_view limit_columns =
    "id, name, meter, enforcement, period, size, rate_amount, rate_per_ns, rate_burst, soft_limit, "
    "thresholds, shadow, span_ns, overage_price_micros, overage_per, overage_cap, holder_ttl_ns, "
    "releases_on_expiry, labels, override, prepaid, from_tier, rate_refill";
inline constexpr std::string_view member_columns =
    "user_id, email, role, status, invited_at_ns, joined_at_ns";
inline constexpr std::string_view counter_columns =
    "limit_id, used, until_ns, fired, over_size, previous, paced_until_ns";
inline constexpr std::string_view open_usage_columns =
    "meter, minute, used, allowed, denied, throttled, overage, price_micros";
inline constexpr std::string_view usage_columns =
    "meter, start, used, allowed, denied, throttled, overage, price_micros";
inline constexpr std::string_view window_columns =
    "limit_id, meter, ended_at_ns, used, over_size, price_micros, paid_by";
inline constexpr std::string_view entry_columns = "id, state, due_ns, body";
inline constexpr std::string_view watermark_columns = "shard, epoch, sequence";

[[nodiscard]] Meter read_meter(const Cursor& row);
/// Without its limits.
[[nodiscard]] TenantDefinition read_tenant(const Cursor& row);
[[nodiscard]] Limit read_limit(const Cursor& row, TenantId tenant);
[[nodiscard]] Member read_member(const Cursor& row, TenantId tenant);
[[nodiscard]] Counter read_counter(const Cursor& row, TenantId tenant);
[[nodiscard]] UsageBucket read_open_usage(const Cursor& row, TenantId tenant);
[[nodiscard]] UsagePoint read_usage(const Cursor& row, TenantId tenant);
[[nodiscard]] ClosedWindow read_window(const Cursor& row, TenantId tenant);
/// All of it is in the body; the other columns must say the same.
[[nodiscard]] Entry read_entry(const Cursor& row, TenantId tenant);
/// Of the shard that must come next.
[[nodiscard]] Watermark read_watermark(const Cursor& row, std::size_t shard);

/// A limit's rule and the rest of it as the columns have them. Throws `UnwritableLimit`.
struct LimitRow {
  explicit LimitRow(const Limit& limit);

  std::string_view enforcement;
  std::optional<std::string_view> period;  ///< Nothing: another kind of rule.
  std::optional<std::uint64_t> size;       ///< Nothing with a period: unlimited.
  std::optional<std::int64_t> span_ns;
  std::optional<std::int64_t> holder_ttl_ns;
  std::optional<std::uint64_t> rate_amount;
  std::optional<std::int64_t> rate_per_ns;
  std::optional<std::uint64_t> rate_burst;
  std::string_view rate_refill;
  std::optional<std::uint64_t> soft_limit;
  std::optional<std::uint64_t> overage_price_micros;
  std::optional<std::uint64_t> overage_per;
  std::optional<std::uint64_t> overage_cap;
  std::vector<std::byte> thresholds;   ///< One byte for each, in percent.
  std::optional<std::string> labels;   ///< JSON, as is the next one.
  std::optional<std::string> instead;  ///< Column `override`.
  int prepaid = 0;
};

}  // namespace sluice
