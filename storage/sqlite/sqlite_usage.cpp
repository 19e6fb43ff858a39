// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about the usage of all tenants.
#include "storage/sqlite/sqlite_store_impl.hpp"

namespace sluice {

Result<std::vector<TopTenant>> SqliteStore::top_tenants(const TopQuery& query) {
  return attempt<std::vector<TopTenant>>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    return usage_.top(query);
  });
}

Result<std::vector<UsagePoint>> SqliteStore::usage_of_all(const PlatformUsageQuery& query) {
  return attempt<std::vector<UsagePoint>>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    return usage_.of_all(query);
  });
}

Result<BusyPage> SqliteStore::busy_hours(const BusyQuery& query) {
  return attempt<BusyPage>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    return usage_.busy(query);
  });
}

Result<Rest> SqliteStore::forget_usage(Epoch epoch, const UsageForgetting& what) {
  return write_as<Rest>(epoch, [&] {
    const bool more_values = values_.forget(what);
    return Result<Rest>{usage_.forget(what) || more_values ? Rest::some : Rest::none};
  });
}

}  // namespace sluice
