// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "actors/tenant/store.hpp"

namespace sluice::testing {

using MemoryTenants = std::map<TenantId, TenantRecord>;

inline std::optional<TenantId> owner_of_slug(const MemoryTenants& tenants, std::string_view slug) {
  const auto found = std::ranges::find_if(
      tenants, [&](const auto& tenant) { return tenant.second.definition.slug == slug; });
  return found == tenants.end() ? std::nullopt : std::optional{found->first};
}

/// How a store in memory saves rows: those of tenants and limits that do not exist are passed over.

inline bool has_limit(const TenantDefinition& definition, LimitId id) {
  return std::ranges::find(definition.limits, id, &Limit::id) != definition.limits.end();
}

inline void save_row(MemoryTenants& tenants, const CounterRow& row) {
  const auto found = tenants.find(row.tenant);
  if (found == tenants.end() || !has_limit(found->second.definition, row.counter.limit)) {
    return;
  }
  auto& counters = found->second.counters;
  std::erase_if(counters,
                [&](const Counter& counter) { return counter.limit == row.counter.limit; });
  counters.push_back(row.counter);
}

inline void save_row(MemoryTenants& tenants, const UsageRow& row) {
  const auto found = tenants.find(row.tenant);
  if (found != tenants.end()) {
    auto& usage = found->second.open_usage;
    std::erase_if(usage, [&](const UsageBucket& old) {
      return old.meter == row.bucket.meter && old.part == row.bucket.part;
    });
    usage.push_back(row.bucket);
  }
}

inline void save_entry(MemoryTenants& tenants, TenantId tenant, EntryId id, const Entry* entry) {
  const auto found = tenants.find(tenant);
  if (found != tenants.end()) {
    auto& entries = found->second.entries;
    std::erase_if(entries, [&](const Entry& old) { return old.id == id; });
    if (entry != nullptr) {
      entries.push_back(*entry);
    }
  }
}

}  // namespace sluice::testing
