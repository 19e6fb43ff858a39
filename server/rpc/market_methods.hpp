// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "server/rpc/operator_listings.hpp"
#include "server/rpc/sharing_methods.hpp"

namespace sluice {

/// The part of the `TenantAdmin` capability that is about the marketplace; the rest of it is built
/// on this.
///
/// Role       Hands each method on.
/// Threading  Confined to its reactor.
/// Ownership  As what it is built on.
/// Errors     As each method.
class MarketMethods : public SharingMethods {
protected:
  MarketMethods(std::shared_ptr<Service> service, Access access, std::string peer)
      : SharingMethods(std::move(service), std::move(access), std::move(peer)) {}

  kj::Promise<void> putListing(PutListingContext context) override {
    return calls_.run([&] { return answer_put_listing(calls_, context); });
  }
  kj::Promise<void> changeListing(ChangeListingContext context) override {
    return calls_.run([&] { return answer_change_listing(calls_, context); });
  }
  kj::Promise<void> removeListing(RemoveListingContext context) override {
    return calls_.run([&] { return answer_remove_listing(calls_, context); });
  }
  kj::Promise<void> showListing(ShowListingContext context) override {
    return calls_.run([&] { return answer_show_listing(calls_, context); });
  }
  kj::Promise<void> searchListings(SearchListingsContext context) override {
    return calls_.run([&] { return answer_search_listings(calls_, context); });
  }
  kj::Promise<void> rateListing(RateListingContext context) override {
    return calls_.run([&] { return answer_rate_listing(calls_, context); });
  }
  kj::Promise<void> removeRating(RemoveRatingContext context) override {
    return calls_.run([&] { return answer_remove_rating(calls_, context); });
  }
  kj::Promise<void> listRatings(ListRatingsContext context) override {
    return calls_.run([&] { return answer_list_ratings(calls_, context); });
  }
};

}  // namespace sluice
