// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about money.
#include "storage/postgres/books_statements.hpp"
#include "storage/postgres/postgres_store_impl.hpp"

namespace sluice::postgres {

Result<BooksProgress> PostgresStore::books_progress() {
  return read<BooksProgress>(select_progress);
}

Result<std::vector<GrantSpan>> PostgresStore::grant_spans(const GrantSpanQuery& query) {
  const auto select = [&](Transaction& transaction) { return select_spans(transaction, query); };
  using Spans = std::vector<GrantSpan>;
  // Which policies are billed by what is an owner's to see, so that is never asked of one tenant.
  return query.tenant && !query.billed ? read_of<Spans>(*query.tenant, select)
                                       : read<Spans>(select);
}

// Not confined: what a resource costs concerns those who use it, too, and they have no rows here.
Result<std::vector<SharingTerms>> PostgresStore::sharing_terms(std::span<const PolicyId> policies) {
  return read<std::vector<SharingTerms>>(
      [&](Transaction& transaction) { return select_terms(transaction, policies); });
}

Result<Done> PostgresStore::close_statements(Epoch epoch, const StatementClosing& closing) {
  return write_as<Done>(epoch, [&](Transaction& transaction) -> Result<Done> {
    postgres::close_statements(transaction, closing);
    return Done{};
  });
}

Result<StatementPage> PostgresStore::statements(const StatementQuery& query) {
  if (const auto valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return read_of<StatementPage>(query.tenant, [&](Transaction& transaction) {
    return select_statements(transaction, query);
  });
}

Result<std::vector<UnpaidPool>> PostgresStore::unpaid_pools(const UnpaidQuery& query) {
  return read<std::vector<UnpaidPool>>(
      [&](Transaction& transaction) { return select_pools(transaction, query); });
}

Result<std::vector<UnpaidLine>> PostgresStore::unpaid_lines(const DuePayout& due, WallTime through,
                                                            std::size_t count_max) {
  return read<std::vector<UnpaidLine>>([&](Transaction& transaction) {
    return select_unpaid(transaction, due, through, count_max);
  });
}

Result<Done> PostgresStore::pay_out(const Deed& deed, const Payout& payout,
                                    std::span<const UnpaidLine> lines) {
  return write_as<Done>(deed, [&](Transaction& transaction) {
    return postgres::pay_out(transaction, payout, lines);
  });
}

Result<Payout> PostgresStore::mark_payout_paid(const Deed& deed, const PayoutKey& key, WallTime at,
                                               std::string_view reference) {
  if (has_nul(reference)) {
    return Fault{FaultCode::invalid_argument, "reference: must not contain control characters"};
  }
  return write_as<Payout>(deed, [&](Transaction& transaction) {
    return postgres::mark_payout_paid(transaction, key, at, reference);
  });
}

Result<PayoutPage> PostgresStore::payouts(const PayoutQuery& query) {
  if (const auto valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return read_of<PayoutPage>(
      query.owner, [&](Transaction& transaction) { return select_payouts(transaction, query); });
}

}  // namespace sluice::postgres
