// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about sharing.
#include <algorithm>

#include "storage/postgres/postgres_store_impl.hpp"
#include "storage/postgres/shared_hours.hpp"
#include "storage/postgres/sharing_statements.hpp"

namespace sluice::postgres {

Result<std::vector<SharingPolicy>> PostgresStore::policies() {
  return read<std::vector<SharingPolicy>>(select_policies);
}

Result<std::optional<SharingPolicy>> PostgresStore::policy(PolicyId id) {
  return read<std::optional<SharingPolicy>>(
      [&](Transaction& transaction) { return select_policy(transaction, id); });
}

Result<SharingPage> PostgresStore::sharing_requests(const SharingQuery& query) {
  if (auto fault = object_to_page_size(query.page_size)) {
    return *std::move(fault);
  }
  return read_of<SharingPage>(
      query.tenant, [&](Transaction& transaction) { return select_requests(transaction, query); });
}

Result<std::optional<SharingRequest>> PostgresStore::sharing_request(SharingId id) {
  return read<std::optional<SharingRequest>>(
      [&](Transaction& transaction) { return select_request(transaction, id); });
}

Result<bool> PostgresStore::was_revoked(PolicyId policy, TenantId consumer) {
  return read_of<bool>(consumer, [&](Transaction& transaction) {
    return select_was_revoked(transaction, policy, consumer);
  });
}

Result<SharedUsePage> PostgresStore::shared_uses(const SharedUseQuery& query) {
  if (auto fault = object_to_page_size(query.page_size)) {
    return *std::move(fault);
  }
  return read_of<SharedUsePage>(query.tenant, [&](Transaction& transaction) {
    return select_shared_uses(transaction, query);
  });
}

// Of many tenants at once: it is for the books.
Result<std::vector<SharedHourRow>> PostgresStore::shared_usage(const SharedUsageQuery& query) {
  return read<std::vector<SharedHourRow>>(
      [&](Transaction& transaction) { return select_shared_hours(transaction, query); });
}

Result<SharingDue> PostgresStore::due_sharing(WallTime by, std::size_t count_max) {
  return read<SharingDue>(
      [&](Transaction& transaction) { return select_due_sharing(transaction, by, count_max); });
}

// Confined to one tenant after the other: what two tenants agree on is written for both.
Result<Done> PostgresStore::change_sharing(const SharedDeed& deed, const SharingChange& change) {
  std::set<std::chrono::year_month> months;
  for (const AuditDraft& event : deed.audit) {
    months.insert(month_of(event.at));
  }
  if (const Result<Done> ensured = ensure_months(deed.epoch, std::move(months)); !ensured.ok()) {
    return ensured.fault();
  }
  std::vector<AuditDraft> events = deed.audit;  // Those of one chain together, in their order.
  std::ranges::stable_sort(events, {}, &AuditDraft::tenant);
  auto written = write_as<Done>(deed.epoch, [&](Transaction& transaction) -> Result<Done> {
    const auto owner = policy_owner(transaction, change);
    if (!owner.ok()) {
      return owner.fault();
    }
    for (const AuditDraft& event : events) {
      transaction.confine_to(event.tenant);
      append_audit(transaction, event);
    }
    return write_sharing(transaction, change, owner.value());
  });
  if (!written.ok()) {
    months_.clear();  // As with one event.
  }
  return written;
}

}  // namespace sluice::postgres
