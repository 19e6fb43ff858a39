// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about the marketplace.
#include "storage/sqlite/sqlite_store_impl.hpp"

namespace sluice {

Result<std::optional<FoundListing>> SqliteStore::listing(ListingId id) {
  return attempt<std::optional<FoundListing>>([&] { return listings_.find(id); });
}

Result<Done> SqliteStore::change_listing(const Deed& deed, const ListingChange& change) {
  return write_as<Done>(deed, [&] { return listings_.write(change); });
}

Result<ListingPage> SqliteStore::search_listings(const ListingQuery& query) {
  if (auto valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return attempt<ListingPage>([&] { return listings_.search(query); });
}

Result<RaterStanding> SqliteStore::rater(ListingId listing, TenantId consumer) {
  return attempt<RaterStanding>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    return ratings_.rater(listing, consumer);
  });
}

Result<Done> SqliteStore::change_rating(const Deed& deed, const RatingChange& change) {
  return write_as<Done>(deed, [&] { return ratings_.write(change); });
}

Result<RatingPage> SqliteStore::ratings(const RatingQuery& query) {
  if (auto valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return attempt<RatingPage>([&] { return ratings_.page(query); });
}

}  // namespace sluice
