// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "actors/tenant/sharing/books.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/rows.hpp"

namespace sluice {

/// Between rows and what is said about money; what rows.hpp says holds.

inline constexpr std::string_view terms_columns =
    "policy, since_ns, owner, resource_type, resource_id, kind, currency, period, meter, "
    "price_micros, per, bands, owner_basis_points, minimum_micros, schedule";
inline constexpr std::string_view span_columns =
    "id, policy, owner, consumer, decided_at_ns, ended_at_ns, expires_at_ns";
inline constexpr std::string_view line_columns =
    "grant_id, period_start_ns, period_end_ns, policy, owner, consumer, resource_type, "
    "resource_id, uses, units, currency, amount_micros, owner_micros, platform_micros, schedule, "
    "minimum_micros, closed_at_ns";
inline constexpr std::string_view payout_columns =
    "owner, currency, number, schedule, through_ns, lines, amount_micros, made_at_ns, paid_at_ns, "
    "reference";

[[nodiscard]] SharingTerms read_terms(const Cursor& row);
[[nodiscard]] GrantSpan read_span(const Cursor& row);
[[nodiscard]] StatementLine read_line(const Cursor& row);
[[nodiscard]] Payout read_payout(const Cursor& row);
/// Owner, currency, policy, sums of whole currency and of the millionths beside it, the latest
/// period's start, and its schedule and minimum.
[[nodiscard]] UnpaidPool read_pool(const Cursor& row);
/// Currency, how many lines, and in two such parts each: uses, what is owed, the owner's of it.
[[nodiscard]] CurrencySum read_total(const Cursor& row);

/// The bytes of any id of two words.
template <class Id>
[[nodiscard]] IdBytes words_of(Id id) {
  return bytes_of(TenantId{id.high, id.low});
}
[[nodiscard]] inline std::int64_t nanoseconds_of(WallTime at) {
  return at.time_since_epoch().count();
}
[[nodiscard]] inline std::optional<std::int64_t> nanoseconds_of(const std::optional<WallTime>& at) {
  return at ? std::optional{nanoseconds_of(*at)} : std::nullopt;
}

}  // namespace sluice
