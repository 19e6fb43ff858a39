// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/books.hpp"
#include "actors/tenant/sharing/statistics.hpp"
#include "protocol/sluice.capnp.h"

namespace sluice {

/// The codec of money; what codec.hpp says holds. The tenant of a call the wire has by its name.

/// Which lines are asked for, and whether of periods that are not closed.
struct StatementsAsked {
  StatementQuery query{};
  bool running = false;
};
[[nodiscard]] Result<StatementsAsked> decode_statements_asked(
    wire::TenantAdmin::SharingStatementsParams::Reader in);
void encode_statements_asked(const StatementsAsked& asked,
                             wire::TenantAdmin::SharingStatementsParams::Builder out);
[[nodiscard]] Result<StatementPage> decode_statement_page(wire::SharingStatementPage::Reader in);
void encode_statement_page(const StatementPage& page, wire::SharingStatementPage::Builder out);
/// An upper bound of what it fills.
[[nodiscard]] std::uint64_t words_of(const StatementLine& line);

[[nodiscard]] Result<PayoutQuery> decode_payout_query(
    wire::TenantAdmin::SharingPayoutsParams::Reader in);
void encode_payout_query(const PayoutQuery& query,
                         wire::TenantAdmin::SharingPayoutsParams::Builder out);
[[nodiscard]] Result<Payout> decode_payout(wire::SharingPayout::Reader in);
void encode_payout(const Payout& payout, wire::SharingPayout::Builder out);
[[nodiscard]] std::uint64_t words_of(const Payout& payout);
[[nodiscard]] Result<PayoutPage> decode_payout_page(wire::SharingPayoutPage::Reader in);
void encode_payout_page(const PayoutPage& page, wire::SharingPayoutPage::Builder out);

/// Which payout was paid, and what that payment is called.
struct PayoutPaid {
  PayoutKey key{};
  std::string reference{};
};
[[nodiscard]] Result<PayoutPaid> decode_payout_paid(
    wire::Operator::MarkPayoutPaidParams::Reader in);
void encode_payout_paid(const PayoutPaid& paid, wire::Operator::MarkPayoutPaidParams::Builder out);

[[nodiscard]] Result<SharingStatisticsQuery> decode_statistics_query(
    wire::TenantAdmin::SharingStatisticsParams::Reader in);
void encode_statistics_query(const SharingStatisticsQuery& query,
                             wire::TenantAdmin::SharingStatisticsParams::Builder out);
[[nodiscard]] Result<SharingStatistics> decode_sharing_statistics(
    wire::SharingStatistics::Reader in);
void encode_sharing_statistics(const SharingStatistics& told, wire::SharingStatistics::Builder out);
[[nodiscard]] std::uint64_t words_of(const SharingPoint& point);

}  // namespace sluice
