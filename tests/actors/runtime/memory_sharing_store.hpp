// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/actors/runtime/memory_alert_store.hpp"

namespace sluice::testing {

/// What a connection to a `MemoryDatabase` says about what tenants share.
class MemorySharingStore : public MemoryAlertStore {
public:
  using MemoryAlertStore::MemoryAlertStore;

  Result<std::vector<SharingPolicy>> policies() override;
  Result<std::optional<SharingPolicy>> policy(PolicyId id) override;
  Result<SharingPage> sharing_requests(const SharingQuery& query) override;
  Result<std::optional<SharingRequest>> sharing_request(SharingId id) override;
  Result<bool> was_revoked(PolicyId policy, TenantId consumer) override;
  Result<SharingDue> due_sharing(WallTime by, std::size_t count_max) override;
  Result<Done> change_sharing(const SharedDeed& deed, const SharingChange& change) override;
  Result<std::optional<FoundListing>> listing(ListingId id) override;
  Result<Done> change_listing(const Deed& deed, const ListingChange& change) override;
  Result<ListingPage> search_listings(const ListingQuery& query) override;
  Result<RaterStanding> rater(ListingId listing, TenantId consumer) override;
  Result<Done> change_rating(const Deed& deed, const RatingChange& change) override;
  Result<RatingPage> ratings(const RatingQuery& query) override;

protected:
  /// Writes the next version of a tenant that is there.
  Result<Done> update(const TenantDefinition& definition);

private:
  Result<Done> write_sharing(const SharingChange& change);
};

}  // namespace sluice::testing
