// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "actors/tenant/sharing/books.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about money, compiled once for each connection.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`. Others as `SharingBooks` says.
class BooksStatements {
public:
  explicit BooksStatements(SqliteConnection& connection);

  /// Keeps what the policy costs from its last change on, if that is something new. Terms that no
  /// period can begin with go.
  void put_terms(const SharingPolicy& policy);
  [[nodiscard]] std::vector<SharingTerms> terms(PolicyId policy);

  [[nodiscard]] BooksProgress progress();
  [[nodiscard]] std::vector<GrantSpan> spans(const GrantSpanQuery& query);
  void close(const StatementClosing& closing);
  [[nodiscard]] StatementPage statements(const StatementQuery& query);
  [[nodiscard]] std::vector<UnpaidPool> pools(const UnpaidQuery& query);
  [[nodiscard]] std::vector<UnpaidLine> unpaid(const DuePayout& due, WallTime through,
                                               std::size_t count_max);
  [[nodiscard]] Result<Done> pay_out(const Payout& payout, std::span<const UnpaidLine> lines);
  [[nodiscard]] Result<Payout> mark_paid(const PayoutKey& key, WallTime at,
                                         std::string_view reference);
  [[nodiscard]] PayoutPage payouts(const PayoutQuery& query);

private:
  void append(const StatementLine& line);
  [[nodiscard]] std::vector<CurrencySum> totals(const StatementQuery& query);
  [[nodiscard]] std::optional<Payout> payout(const PayoutKey& key);
  [[nodiscard]] std::uint32_t last_number(const PayoutKey& key);

  SqliteConnection& connection_;
  Statement select_terms_;
  Statement insert_terms_;
  Statement delete_terms_;
  Statement select_begun_;
  Statement select_marks_;
  Statement put_mark_;
  Statement select_spans_;
  Statement select_spans_of_owner_;
  Statement select_spans_of_consumer_;
  Statement insert_line_;
  Statement insert_unpaid_;
  Statement select_lines_of_owner_;
  Statement select_lines_of_consumer_;
  Statement select_totals_of_owner_;
  Statement select_totals_of_consumer_;
  Statement select_pools_;
  Statement select_unpaid_;
  Statement delete_unpaid_;
  Statement insert_payout_;
  Statement insert_payout_line_;
  Statement select_payout_;
  Statement select_payouts_;
  Statement select_last_;
  Statement update_payout_;
};

}  // namespace sluice
