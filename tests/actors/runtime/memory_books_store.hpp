// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/actors/runtime/memory_store.hpp"

namespace sluice::testing {

/// What a connection to a `MemoryDatabase` says about money.
class MemoryBooksStore : public Store {
public:
  explicit MemoryBooksStore(MemoryDatabase& database) : database_(database) {}

  Result<BooksProgress> books_progress() override;
  Result<std::vector<GrantSpan>> grant_spans(const GrantSpanQuery& query) override;
  Result<std::vector<SharingTerms>> sharing_terms(std::span<const PolicyId> policies) override;
  Result<SharedUsePage> shared_uses(const SharedUseQuery& query) override;
  Result<std::vector<SharedHourRow>> shared_usage(const SharedUsageQuery& query) override;
  Result<Done> close_statements(Epoch epoch, const StatementClosing& closing) override;
  Result<StatementPage> statements(const StatementQuery& query) override;
  Result<std::vector<UnpaidPool>> unpaid_pools(const UnpaidQuery& query) override;
  Result<std::vector<UnpaidLine>> unpaid_lines(const DuePayout& due, WallTime through,
                                               std::size_t count_max) override;
  Result<Done> pay_out(const Deed& deed, const Payout& payout,
                       std::span<const UnpaidLine> lines) override;
  Result<Payout> mark_payout_paid(const Deed& deed, const PayoutKey& key, WallTime at,
                                  std::string_view reference) override;
  Result<PayoutPage> payouts(const PayoutQuery& query) override;

protected:
  MemoryDatabase& database_;

private:
  template <class Value, class Read>
  Result<Value> read(Read&& read) {
    const auto guard = database_.enter();
    database_.asked();
    return database_.read_fault_ ? Result<Value>{*database_.read_fault_} : Result<Value>{read()};
  }
};

}  // namespace sluice::testing
