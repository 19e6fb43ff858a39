// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "tests/actors/runtime/memory_books_store.hpp"

namespace sluice::testing {

/// What a connection to a `MemoryDatabase` says about usage: it adds up minutes whenever it is
/// asked.
class MemoryUsageStore : public MemoryBooksStore {
public:
  using MemoryBooksStore::MemoryBooksStore;

  Result<std::vector<UsagePoint>> usage(const UsageQuery& query) override;
  Result<std::vector<TopTenant>> top_tenants(const TopQuery& query) override;
  Result<std::vector<UsagePoint>> usage_of_all(const PlatformUsageQuery& query) override;
  Result<BusyPage> busy_hours(const BusyQuery& query) override;
  Result<Rest> forget_usage(Epoch epoch, const UsageForgetting& what) override;

private:
  /// Calls with all minutes, closed ones and those that are open.
  void each_minute(const std::function<void(const UsageRow&)>& each) const;
  /// The sums of minutes that are wanted, by start and meter.
  [[nodiscard]] std::vector<UsagePoint> sums(
      const UsageRange& range, const std::function<bool(const UsageRow&)>& wanted) const;
  [[nodiscard]] bool is_of(const std::string& tier, TenantId tenant) const;
};

}  // namespace sluice::testing
