// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/memory_books_store.hpp"

#include <optional>
#include <string>

namespace sluice::testing {

Result<BooksProgress> MemoryBooksStore::books_progress() {
  return read<BooksProgress>([&] { return database_.books_.progress(); });
}

Result<std::vector<GrantSpan>> MemoryBooksStore::grant_spans(const GrantSpanQuery& query) {
  return read<std::vector<GrantSpan>>([&] {
    std::vector<GrantSpan> spans;
    for (const GrantSpan& grant : database_.sharing_.spans()) {
      if (spans.size() < query.count_max && database_.books_.matches(query, grant)) {
        spans.push_back(grant);
      }
    }
    return spans;
  });
}

Result<std::vector<SharingTerms>> MemoryBooksStore::sharing_terms(
    std::span<const PolicyId> policies) {
  return read<std::vector<SharingTerms>>([&] { return database_.books_.terms(policies); });
}

Result<SharedUsePage> MemoryBooksStore::shared_uses(const SharedUseQuery& query) {
  return read<SharedUsePage>([&] { return database_.books_.uses(query); });
}

Result<std::vector<SharedHourRow>> MemoryBooksStore::shared_usage(const SharedUsageQuery& query) {
  return read<std::vector<SharedHourRow>>([&] { return database_.books_.hours(query); });
}

Result<Done> MemoryBooksStore::close_statements(Epoch epoch, const StatementClosing& closing) {
  return database_.write(epoch, [&] {
    database_.books_.close(closing);
    database_.asked();
    return Done{};
  });
}

Result<StatementPage> MemoryBooksStore::statements(const StatementQuery& query) {
  return read<StatementPage>([&] { return database_.books_.statements(query); });
}

Result<std::vector<UnpaidPool>> MemoryBooksStore::unpaid_pools(const UnpaidQuery& query) {
  return read<std::vector<UnpaidPool>>([&] { return database_.books_.pools(query); });
}

Result<std::vector<UnpaidLine>> MemoryBooksStore::unpaid_lines(const DuePayout& due,
                                                               WallTime through,
                                                               std::size_t count_max) {
  return read<std::vector<UnpaidLine>>(
      [&] { return database_.books_.unpaid(due, through, count_max); });
}

Result<Done> MemoryBooksStore::pay_out(const Deed& deed, const Payout& payout,
                                       std::span<const UnpaidLine> lines) {
  return database_.write(deed, [&] { return database_.books_.pay_out(payout, lines); });
}

Result<Payout> MemoryBooksStore::mark_payout_paid(const Deed& deed, const PayoutKey& key,
                                                  WallTime at, std::string_view reference) {
  std::optional<Payout> marked;
  const auto written = database_.write(deed, [&]() -> Result<Done> {
    auto payout = database_.books_.mark_paid(key, at, reference);
    if (!payout.ok()) {
      return payout.fault();
    }
    marked = std::move(payout).value();
    return Done{};
  });
  return written.ok() ? Result<Payout>{*std::move(marked)} : written.fault();
}

Result<PayoutPage> MemoryBooksStore::payouts(const PayoutQuery& query) {
  return read<PayoutPage>([&] { return database_.books_.payouts(query); });
}

}  // namespace sluice::testing
