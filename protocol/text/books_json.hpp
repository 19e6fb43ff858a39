// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/books.hpp"
#include "actors/tenant/sharing/statistics.hpp"

namespace sluice::text {

/// What is owed for shared resources, as people and programs read it: over HTTP, and from
/// sluicectl. Pure functions. Money is in millionths; times are in UTC.

/// A page has the sums of its lines by currency, and, with more behind it, `next`.
[[nodiscard]] nlohmann::ordered_json json_of(const StatementPage& page);
[[nodiscard]] nlohmann::ordered_json json_of(const Payout& payout);
[[nodiscard]] nlohmann::ordered_json json_of(const PayoutPage& page);
[[nodiscard]] nlohmann::ordered_json json_of(const SharingStatistics& told);

/// RFC 4180, with a line of names; no field needs quotes.
[[nodiscard]] std::string csv_names();
[[nodiscard]] std::string csv_of(std::span<const StatementLine> lines);

/// `2026-03-01T00:00:00Z/0190...`: behind the line of that period and grant.
[[nodiscard]] std::string to_string(const StatementCursor& cursor);
[[nodiscard]] Result<StatementCursor> parse_statement_cursor(std::string_view text);
/// `USD/3`.
[[nodiscard]] std::string to_string(const PayoutKey& key);
[[nodiscard]] Result<PayoutKey> parse_payout_key(std::string_view text);

[[nodiscard]] std::string_view to_string(SharingSide side);
[[nodiscard]] std::string_view to_string(SharingGranularity by);
[[nodiscard]] Result<SharingSide> parse_sharing_side(std::string_view text);
[[nodiscard]] Result<SharingGranularity> parse_sharing_granularity(std::string_view text);

}  // namespace sluice::text
