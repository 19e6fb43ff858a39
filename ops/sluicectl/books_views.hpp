// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/sharing/books.hpp"
#include "actors/tenant/sharing/statistics.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/report.hpp"

namespace sluice::ctl {

/// What commands about money print. Amounts are told as decimal numbers of the currency, exactly.

[[nodiscard]] Report statements_report(const StatementPage& page, Session& session);
/// The same for spreadsheets.
[[nodiscard]] Report statements_csv(const StatementPage& page, bool with_names);
[[nodiscard]] Report payouts_report(const PayoutPage& page, Session& session);
[[nodiscard]] Report payout_report(const Payout& payout, Session& session);
[[nodiscard]] Report sharing_statistics_report(const SharingStatistics& told, Session& session);

}  // namespace sluice::ctl
