// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "actors/tenant/sharing/books.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about money.
///
/// Errors     As in `SharingBooks`. Throws what pqxx throws, and `DamagedRow`.
/// Cost       Lists go to the database as one statement, however long they are.

/// Keeps what the policy costs from its last change on, if that is something new. Terms that no
/// period can begin with go.
void put_terms(Transaction& transaction, const SharingPolicy& policy);
[[nodiscard]] std::vector<SharingTerms> select_terms(Transaction& transaction,
                                                     std::span<const PolicyId> policies);
[[nodiscard]] BooksProgress select_progress(Transaction& transaction);
[[nodiscard]] std::vector<GrantSpan> select_spans(Transaction& transaction,
                                                  const GrantSpanQuery& query);
void close_statements(Transaction& transaction, const StatementClosing& closing);
[[nodiscard]] StatementPage select_statements(Transaction& transaction,
                                              const StatementQuery& query);
[[nodiscard]] std::vector<UnpaidPool> select_pools(Transaction& transaction,
                                                   const UnpaidQuery& query);
[[nodiscard]] std::vector<UnpaidLine> select_unpaid(Transaction& transaction, const DuePayout& due,
                                                    WallTime through, std::size_t count_max);
[[nodiscard]] Result<Done> pay_out(Transaction& transaction, const Payout& payout,
                                   std::span<const UnpaidLine> lines);
[[nodiscard]] Result<Payout> mark_payout_paid(Transaction& transaction, const PayoutKey& key,
                                              WallTime at, std::string_view reference);
[[nodiscard]] PayoutPage select_payouts(Transaction& transaction, const PayoutQuery& query);

}  // namespace sluice::postgres
