// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about the marketplace. What is looked for spans tenants, and is
// read as who connected; what is written is confined to whose it is.
#include "storage/postgres/listing_statements.hpp"
#include "storage/postgres/postgres_store_impl.hpp"
#include "storage/postgres/rating_statements.hpp"

namespace sluice::postgres {

Result<std::optional<FoundListing>> PostgresStore::listing(ListingId id) {
  return read<std::optional<FoundListing>>(
      [&](Transaction& transaction) { return select_listing(transaction, id); });
}

Result<Done> PostgresStore::change_listing(const Deed& deed, const ListingChange& change) {
  return write_of<Done>(change.listing.owner, deed, [&](Transaction& transaction) {
    return write_listing(transaction, change);
  });
}

Result<ListingPage> PostgresStore::search_listings(const ListingQuery& query) {
  if (auto valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  if (has_nul(query.category) || has_nul(query.tag)) {
    return ListingPage{};
  }
  return read<ListingPage>(
      [&](Transaction& transaction) { return search_for_listings(transaction, query); });
}

Result<RaterStanding> PostgresStore::rater(ListingId listing, TenantId consumer) {
  return read<RaterStanding>(
      [&](Transaction& transaction) { return select_rater(transaction, listing, consumer); });
}

Result<Done> PostgresStore::change_rating(const Deed& deed, const RatingChange& change) {
  return write_of<Done>(change.rating.consumer, deed, [&](Transaction& transaction) {
    return write_rating(transaction, change);
  });
}

Result<RatingPage> PostgresStore::ratings(const RatingQuery& query) {
  if (auto valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return read<RatingPage>(
      [&](Transaction& transaction) { return select_ratings(transaction, query); });
}

}  // namespace sluice::postgres
