// SPDX-License-Identifier: Apache-2.0
// How all that tenants spent is put to their records.
#include <algorithm>

#include "actors/tenant/plan.hpp"
#include "storage/postgres/entry_statements.hpp"
#include "storage/postgres/rows.hpp"
#include "storage/postgres/spending_statements.hpp"
#include "storage/postgres/value_statements.hpp"

namespace sluice::postgres {

namespace {

/// Where limits are bare rows, the counter of one that is gone may stay until its row goes, too.
bool has_limit(const TenantDefinition& definition, const Counter& counter) {
  return std::ranges::find(definition.limits, counter.limit, &Limit::id) != definition.limits.end();
}

}  // namespace

std::string array_of(std::span<const TenantId> ids) {
  ArrayText text;
  for (const TenantId id : ids) {
    text.add(id);
  }
  return text.text();
}

TenantRecord& find_record(std::span<TenantRecord> records, TenantId id) {
  const auto at = std::ranges::lower_bound(
      records, id, {}, [](const TenantRecord& record) { return record.definition.id; });
  if (at == records.end() || at->definition.id != id) {
    throw DamagedRow("there are rows of tenant " + to_string(id) + ", but not itself");
  }
  return *at;
}

void select_spent(Transaction& transaction, std::span<const TenantId> ids,
                  std::span<TenantRecord> records) {
  const std::string wanted = array_of(ids);
  const RecordOf record_of = [&](TenantId id) -> TenantRecord& { return find_record(records, id); };
  select_counters(transaction, wanted, record_of);
  select_open_usage(transaction, wanted, record_of);
  if (std::ranges::any_of(
          ids, [&](TenantId id) { return !history_of(record_of(id).definition.limits).empty(); })) {
    select_open_values(transaction, wanted, record_of);
  }
  select_entries(transaction, wanted, record_of);
  for (const TenantId id : ids) {
    TenantRecord& record = record_of(id);
    if (record.definition.placement.isolation != Isolation::shared) {
      std::erase_if(record.counters,
                    [&](const Counter& counter) { return !has_limit(record.definition, counter); });
    }
  }
}

}  // namespace sluice::postgres
