// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/memory_sharing_store.hpp"

#include <algorithm>
#include <utility>

#include "tests/actors/runtime/memory_rows.hpp"

namespace sluice::testing {

Result<std::vector<SharingPolicy>> MemorySharingStore::policies() {
  const auto guard = database_.enter();
  return database_.sharing_.policies();
}

Result<std::optional<SharingPolicy>> MemorySharingStore::policy(PolicyId id) {
  const auto guard = database_.enter();
  using Found = Result<std::optional<SharingPolicy>>;
  return database_.read_fault_ ? Found{*database_.read_fault_}
                               : Found{database_.sharing_.policy(id)};
}

Result<SharingPage> MemorySharingStore::sharing_requests(const SharingQuery& query) {
  const auto guard = database_.enter();
  return database_.read_fault_ ? Result<SharingPage>{*database_.read_fault_}
                               : database_.sharing_.page(query);
}

Result<std::optional<SharingRequest>> MemorySharingStore::sharing_request(SharingId id) {
  const auto guard = database_.enter();
  using Found = Result<std::optional<SharingRequest>>;
  return database_.read_fault_ ? Found{*database_.read_fault_}
                               : Found{database_.sharing_.request(id)};
}

Result<bool> MemorySharingStore::was_revoked(PolicyId policy, TenantId consumer) {
  const auto guard = database_.enter();
  return database_.read_fault_ ? Result<bool>{*database_.read_fault_}
                               : database_.sharing_.was_revoked(policy, consumer);
}

Result<SharingDue> MemorySharingStore::due_sharing(WallTime by, std::size_t count_max) {
  const auto guard = database_.enter();
  return database_.read_fault_ ? Result<SharingDue>{*database_.read_fault_}
                               : database_.sharing_.due(by, count_max);
}

Result<Done> MemorySharingStore::change_sharing(const SharedDeed& deed,
                                                const SharingChange& change) {
  return database_.write(deed, [&] { return write_sharing(change); });
}

Result<std::optional<FoundListing>> MemorySharingStore::listing(ListingId id) {
  const auto guard = database_.enter();
  return database_.listings_.find(id);
}

Result<Done> MemorySharingStore::change_listing(const Deed& deed, const ListingChange& change) {
  return database_.write(deed, [&] { return database_.listings_.write(change); });
}

Result<ListingPage> MemorySharingStore::search_listings(const ListingQuery& query) {
  const auto guard = database_.enter();
  return database_.listings_.search(query);
}

Result<RaterStanding> MemorySharingStore::rater(ListingId listing, TenantId consumer) {
  const auto guard = database_.enter();
  return database_.listings_.rater(listing, consumer);
}

Result<Done> MemorySharingStore::change_rating(const Deed& deed, const RatingChange& change) {
  return database_.write(deed, [&] { return database_.listings_.write(change); });
}

Result<RatingPage> MemorySharingStore::ratings(const RatingQuery& query) {
  const auto guard = database_.enter();
  return database_.listings_.ratings(query);
}

Result<Done> MemorySharingStore::update(const TenantDefinition& definition) {
  const auto found = database_.tenants_.find(definition.id);
  if (found == database_.tenants_.end()) {
    return Fault{FaultCode::not_found, "tenant"};
  }
  TenantRecord& record = found->second;
  if (record.definition.version.raw() + 1 != definition.version.raw()) {
    return Fault{FaultCode::conflict, "version"};
  }
  if (owner_of_slug(database_.tenants_, definition.slug).value_or(definition.id) != definition.id) {
    return Fault{FaultCode::already_exists, "slug: is taken"};
  }
  record.definition = definition;
  std::erase_if(record.counters,
                [&](const Counter& counter) { return !has_limit(definition, counter.limit); });
  return Done{};
}

Result<Done> MemorySharingStore::write_sharing(const SharingChange& change) {
  if (auto objection = database_.sharing_.object_to(change)) {
    return *std::move(objection);
  }
  const auto stands = [&](const SharingGrant& grant) {
    return grant.policy == change.requests.front().request.policy;
  };
  std::ptrdiff_t grants = 0;
  for (const auto& [id, record] : database_.tenants_) {
    grants += change.grants_max ? std::ranges::count_if(record.definition.shares, stands) : 0;
  }
  if (change.grants_max && grants >= static_cast<std::ptrdiff_t>(*change.grants_max)) {
    return Fault{FaultCode::limit_exceeded, "max_consumers"};
  }
  for (const TenantDefinition& consumer : change.consumers) {
    if (auto updated = update(consumer); !updated.ok()) {
      return updated;
    }
  }
  database_.sharing_.write(change);
  if (change.put) {
    database_.books_.put_terms(*change.put);
  }
  return Done{};
}

}  // namespace sluice::testing
