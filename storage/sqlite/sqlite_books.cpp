// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about money.
#include "storage/sqlite/sqlite_store_impl.hpp"

namespace sluice {

Result<BooksProgress> SqliteStore::books_progress() {
  return attempt<BooksProgress>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    return books_.progress();
  });
}

Result<std::vector<GrantSpan>> SqliteStore::grant_spans(const GrantSpanQuery& query) {
  return attempt<std::vector<GrantSpan>>([&] { return books_.spans(query); });
}

Result<std::vector<SharingTerms>> SqliteStore::sharing_terms(std::span<const PolicyId> policies) {
  return attempt<std::vector<SharingTerms>>([&] {
    std::vector<SharingTerms> all;
    for (const PolicyId policy : policies) {
      const std::vector<SharingTerms> terms = books_.terms(policy);
      all.insert(all.end(), terms.begin(), terms.end());
    }
    return all;
  });
}

Result<Done> SqliteStore::close_statements(Epoch epoch, const StatementClosing& closing) {
  return write_as<Done>(epoch, [&] {
    books_.close(closing);
    return Done{};
  });
}

Result<StatementPage> SqliteStore::statements(const StatementQuery& query) {
  if (const auto valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return attempt<StatementPage>([&] { return books_.statements(query); });
}

Result<std::vector<UnpaidPool>> SqliteStore::unpaid_pools(const UnpaidQuery& query) {
  return attempt<std::vector<UnpaidPool>>([&] { return books_.pools(query); });
}

Result<std::vector<UnpaidLine>> SqliteStore::unpaid_lines(const DuePayout& due, WallTime through,
                                                          std::size_t count_max) {
  return attempt<std::vector<UnpaidLine>>([&] { return books_.unpaid(due, through, count_max); });
}

Result<Done> SqliteStore::pay_out(const Deed& deed, const Payout& payout,
                                  std::span<const UnpaidLine> lines) {
  return write_as<Done>(deed, [&] { return books_.pay_out(payout, lines); });
}

Result<Payout> SqliteStore::mark_payout_paid(const Deed& deed, const PayoutKey& key, WallTime at,
                                             std::string_view reference) {
  return write_as<Payout>(deed, [&] { return books_.mark_paid(key, at, reference); });
}

Result<PayoutPage> SqliteStore::payouts(const PayoutQuery& query) {
  if (const auto valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return attempt<PayoutPage>([&] { return books_.payouts(query); });
}

}  // namespace sluice
