// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pqxx/row>

#include "actors/tenant/sharing/books.hpp"

namespace sluice::postgres {

/// Between rows and what is said about money; what rows.hpp says holds.

inline constexpr const char* terms_columns =
    "policy, since_ns, owner, resource_type, resource_id, kind, currency, period, meter, "
    "price_micros, per, bands, owner_basis_points, minimum_micros, schedule";
inline constexpr const char* span_columns =
    "id, policy, owner, consumer, decided_at_ns, ended_at_ns, expires_at_ns";
inline constexpr const char* line_columns =
    "grant_id, period_start_ns, period_end_ns, policy, owner, consumer, resource_type, "
    "resource_id, uses, units, currency, amount_micros, owner_micros, platform_micros, schedule, "
    "minimum_micros, closed_at_ns";
inline constexpr const char* payout_columns =
    "owner, currency, number, schedule, through_ns, lines, amount_micros, made_at_ns, paid_at_ns, "
    "reference";

[[nodiscard]] SharingTerms read_terms(const pqxx::row& row);
[[nodiscard]] GrantSpan read_span(const pqxx::row& row);
[[nodiscard]] StatementLine read_line(const pqxx::row& row);
[[nodiscard]] Payout read_payout(const pqxx::row& row);
/// Owner, currency, policy, the sum, and schedule and minimum of the latest line.
[[nodiscard]] UnpaidPool read_pool(const pqxx::row& row);
/// Currency, how many lines, uses, what is owed, and its two parts.
[[nodiscard]] CurrencySum read_total(const pqxx::row& row);

}  // namespace sluice::postgres
