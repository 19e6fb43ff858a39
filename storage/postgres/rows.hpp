// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <pqxx/row>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/tenant/counter.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice::postgres {

/// Between rows and our types. What is read is not believed: whatever no writer of ours can have
/// written is thrown as `DamagedRow`.

/// The columns that `read_...` expects, in this order, from column 0. Those that end in `tenant`
/// are of many tenants at once; that column is read with `read_tenant_id`.
inline constexpr const char* tenant_columns =
    "id, slug, name, tier, timezone, billing_anchor_day, created_at_ns, updated_at_ns, version, "
    "last_limit_id, status, trial_days, trial_ends_at_ns, suspended_at_ns, suspend_reason, "
    "deactivated_at_ns, purge_at_ns, region, currency, billing_company, billing_email, "
    "billing_address, billing_tax_id, members, owners, roles, "
    "pending_tier, pending_tier_at_ns, features, compliance, unpaid, settings";
/// Beside those, in what is read; they are written apart.
inline constexpr const char* placement_columns = "isolation, instance";
inline constexpr const char* limit_columns =
    "id, name, meter, enforcement, period, size, rate_amount, rate_per_ns, rate_burst, soft_limit, "
    "array_to_string(thresholds, ' '), shadow::int, span_ns, overage_price_micros, overage_per, "
    "overage_cap, holder_ttl_ns, releases_on_expiry::int, labels, override, prepaid::int, "
    "from_tier::int, rate_refill, tenant";
inline constexpr const char* member_columns =
    "user_id, email, role, status, invited_at_ns, joined_at_ns";
inline constexpr const char* counter_columns =
    "limit_id, used, until_ns, fired, over_size, previous, paced_until_ns, tenant";
inline constexpr const char* open_usage_columns =
    "meter, extract(epoch FROM minute)::bigint / 60, used, allowed, denied, throttled, overage, "
    "price_micros, tenant";
inline constexpr const char* window_columns =
    "limit_id, meter, ended_at_ns, used, over_size, price_micros, paid_by";
inline constexpr const char* entry_columns = "id, state, due_ns, body, tenant";

[[nodiscard]] TenantId read_tenant_id(const pqxx::row& row, int column);
[[nodiscard]] Meter read_meter(const pqxx::row& row);
/// Without its limits.
[[nodiscard]] TenantDefinition read_tenant(const pqxx::row& row);
/// Of columns of those names.
[[nodiscard]] Placement read_placement(const pqxx::row& row);
[[nodiscard]] Member read_member(const pqxx::row& row, TenantId tenant);
[[nodiscard]] Limit read_limit(const pqxx::row& row, TenantId tenant);
[[nodiscard]] Counter read_counter(const pqxx::row& row, TenantId tenant);
[[nodiscard]] UsageBucket read_open_usage(const pqxx::row& row, TenantId tenant);
/// Meter, start as minutes since 1970, used, allowed, denied, throttled, overage.
[[nodiscard]] UsagePoint read_usage(const pqxx::row& row, TenantId tenant);
[[nodiscard]] ClosedWindow read_window(const pqxx::row& row, TenantId tenant);
/// All of it is in the body; the other columns must say the same.
[[nodiscard]] Entry read_entry(const pqxx::row& row, TenantId tenant);
/// Shard, which must be the one that comes next, epoch and sequence.
[[nodiscard]] Watermark read_watermark(const pqxx::row& row, std::size_t shard);
[[nodiscard]] ShardCount read_shards(const pqxx::row& row);

/// The text of an array, made value by value: many rows go to the database as one array for each
/// column.
class ArrayText {
public:
  template <std::integral Integer>
  void add(Integer value) {
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    add_plain({digits, static_cast<std::size_t>(end - digits)});
  }
  void add(TenantId id) { add_plain(to_string(id)); }
  void add(EntryId id) { add_plain(to_string(TenantId{id.high, id.low})); }
  void add(std::string_view text);             ///< Any text.
  void add(std::span<const std::byte> bytes);  ///< For a bytea.
  template <class Value>
  void add(const std::optional<Value>& value) {
    value ? add(*value) : add_plain("NULL");
  }

  /// As a parameter.
  [[nodiscard]] std::string text() const { return '{' + values_ + '}'; }

private:
  void add_plain(std::string_view text) { values_.append(values_.empty() ? "" : ",").append(text); }

  std::string values_;
};

/// The rows in the order of their keys, of equal keys only the last.
template <class Row, class KeyOf>
[[nodiscard]] std::vector<const Row*> last_of_each(std::span<const Row> rows, KeyOf key_of) {
  std::vector<const Row*> kept;
  kept.reserve(rows.size());
  for (const Row& row : rows) {
    kept.push_back(&row);
  }
  // The address breaks ties: a later row has a higher one.
  std::ranges::sort(kept, {}, [&](const Row* row) { return std::pair{key_of(*row), row}; });
  const auto same_as_next = [&](const Row*& row) {
    const Row** const next = &row + 1;
    return next != kept.data() + kept.size() && key_of(*row) == key_of(**next);
  };
  std::vector<const Row*> last;
  last.reserve(kept.size());
  std::ranges::remove_copy_if(kept, std::back_inserter(last), same_as_next);
  return last;
}

}  // namespace sluice::postgres
