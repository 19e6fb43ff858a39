// SPDX-License-Identifier: Apache-2.0
// What is read of the marketplace.
#include <utility>

#include "actors/runtime/store_reader.hpp"

namespace sluice {

Result<FoundListing> StoreReader::seen_listing(const ListingQuery& query) {
  auto page = store_->search_listings(query);
  if (!page.ok()) {
    return page.fault();
  }
  if (page.value().listings.empty()) {
    return no_listing(query.id.value_or(ListingId{}));
  }
  return std::move(page.value().listings.front());
}

Result<RatingPage> StoreReader::ratings(const RatingQuery& query) {
  if (query.listing == ListingId{}) {
    return store_->ratings(query);
  }
  const auto listing =
      seen_listing({.asking = query.asking, .id = query.listing, .page_size = 1, .now = query.now});
  if (!listing.ok()) {
    return listing.fault();
  }
  auto page = store_->ratings(query);
  if (page.ok()) {
    hide_raters(page.value(), listing.value().listing.owner, query.asking);
  }
  return page;
}

}  // namespace sluice
