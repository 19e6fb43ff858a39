// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about sharing.
#include "actors/tenant/sharing/sharing_text.hpp"
#include "storage/sqlite/sqlite_store_impl.hpp"

namespace sluice {

Result<std::vector<SharingPolicy>> SqliteStore::policies() {
  return attempt<std::vector<SharingPolicy>>([&] { return sharing_.policies(); });
}

Result<std::optional<SharingPolicy>> SqliteStore::policy(PolicyId id) {
  return attempt<std::optional<SharingPolicy>>([&] { return sharing_.policy(id); });
}

Result<SharingPage> SqliteStore::sharing_requests(const SharingQuery& query) {
  if (auto fault = object_to_page_size(query.page_size)) {
    return *std::move(fault);
  }
  return attempt<SharingPage>([&] { return sharing_.requests(query); });
}

Result<std::optional<SharingRequest>> SqliteStore::sharing_request(SharingId id) {
  return attempt<std::optional<SharingRequest>>([&] { return sharing_.request(id); });
}

Result<bool> SqliteStore::was_revoked(PolicyId policy, TenantId consumer) {
  return attempt<bool>([&] { return sharing_.was_revoked(policy, consumer); });
}

Result<SharedUsePage> SqliteStore::shared_uses(const SharedUseQuery& query) {
  if (auto fault = object_to_page_size(query.page_size)) {
    return *std::move(fault);
  }
  return attempt<SharedUsePage>([&] { return shared_hours_.uses(query); });
}

Result<std::vector<SharedHourRow>> SqliteStore::shared_usage(const SharedUsageQuery& query) {
  return attempt<std::vector<SharedHourRow>>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    return shared_hours_.hours(query);
  });
}

Result<SharingDue> SqliteStore::due_sharing(WallTime by, std::size_t count_max) {
  return attempt<SharingDue>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    return sharing_.due(by, count_max);
  });
}

Result<Done> SqliteStore::change_sharing(const SharedDeed& deed, const SharingChange& change) {
  return write_as<Done>(deed.epoch, [&]() -> Result<Done> {
    if (auto written = write_sharing(change); !written.ok()) {
      return written;
    }
    for (const AuditDraft& event : deed.audit) {
      audit_.append(event);
    }
    return Done{};
  });
}

Result<Done> SqliteStore::write_sharing(const SharingChange& change) {
  if (change.put) {
    if (!statements_.tenant(change.put->owner)) {
      return Fault{FaultCode::not_found, "there is no tenant " + to_string(change.put->owner)};
    }
    if (auto put = sharing_.put(*change.put); !put.ok()) {
      return put;
    }
    books_.put_terms(*change.put);
  }
  for (const RequestStep& step : change.requests) {
    if (auto put = sharing_.put(step); !put.ok()) {
      return put;
    }
  }
  for (const TenantDefinition& consumer : change.consumers) {
    if (auto updated = update(consumer); !updated.ok()) {
      return updated;
    }
    sharing_.put_grants(consumer);
  }
  if (change.grants_max &&
      sharing_.grants_of(change.requests.front().request.policy) > *change.grants_max) {
    return Fault{FaultCode::limit_exceeded, "max_consumers: the policy has all that it may have"};
  }
  if (change.swept) {
    sharing_.sweep(*change.swept);
  }
  return change.removed ? sharing_.remove(*change.removed) : Result<Done>{Done{}};
}

}  // namespace sluice
