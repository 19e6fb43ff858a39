// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that is about the marketplace.
#include <string>

#include "protocol/client/operator_client_impl.hpp"

namespace sluice::client {

namespace {

constexpr auto listing_of = [](auto& response) {
  return take<FoundListing>(response.getAnswer(), [](auto told) { return decode_listing(told); });
};

constexpr auto rating_of = [](auto& response) {
  return take<Rating>(response.getAnswer(), [](auto told) { return decode_rating(told); });
};

}  // namespace

Result<FoundListing> OperatorClient::put_listing(const TenantRef& owner, const ListingWish& wish) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.putListingRequest();
        encode_ref(owner, request.initTenant());
        encode_put_listing(wish, request);
        return request;
      },
      listing_of);
}

Result<FoundListing> OperatorClient::publish_listing(const TenantRef& owner, ListingId listing,
                                                     std::optional<Version> expected,
                                                     bool published) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.changeListingRequest();
        encode_ref(owner, request.initTenant());
        request.setListing(to_string(listing));
        request.setVersion(encode_version(expected));
        request.setAction(published ? wire::ListingAction::PUBLISH
                                    : wire::ListingAction::UNPUBLISH);
        return request;
      },
      listing_of);
}

Result<FoundListing> OperatorClient::feature_listing(ListingId listing,
                                                     std::optional<Version> expected,
                                                     bool featured) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.featureListingRequest();
        request.setListing(to_string(listing));
        request.setVersion(encode_version(expected));
        request.setFeatured(featured);
        return request;
      },
      listing_of);
}

Result<FoundListing> OperatorClient::remove_listing(const TenantRef& owner, ListingId listing,
                                                    std::optional<Version> expected) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.removeListingRequest();
        encode_ref(owner, request.initTenant());
        request.setListing(to_string(listing));
        request.setVersion(encode_version(expected));
        return request;
      },
      listing_of);
}

Result<FoundListing> OperatorClient::listing(const TenantRef& asking, ListingId listing) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.showListingRequest();
        encode_ref(asking, request.initTenant());
        request.setListing(to_string(listing));
        return request;
      },
      listing_of);
}

Result<ListingPage> OperatorClient::search_listings(const TenantRef& asking, std::string_view text,
                                                    const ListingQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.searchListingsRequest();
        encode_ref(asking, request.initTenant());
        encode_listing_search(query, text, request.initSearch());
        return request;
      },
      [&](auto& response) {
        return take<ListingPage>(response.getAnswer(),
                                 [&](auto page) { return decode_listing_page(query.sort, page); });
      });
}

Result<Rating> OperatorClient::rate_listing(const TenantRef& consumer, const RatingWish& wish) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.rateListingRequest();
        encode_ref(consumer, request.initTenant());
        request.setListing(to_string(wish.listing));
        request.setStars(wish.stars.raw());
        request.setReview(wish.review);
        return request;
      },
      rating_of);
}

Result<Rating> OperatorClient::remove_rating(const TenantRef& consumer, ListingId listing) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.removeRatingRequest();
        encode_ref(consumer, request.initTenant());
        request.setListing(to_string(listing));
        return request;
      },
      rating_of);
}

Result<RatingPage> OperatorClient::ratings(const TenantRef& asking, const RatingQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.listRatingsRequest();
        encode_ref(asking, request.initTenant());
        request.setListing(query.listing == ListingId{} ? "" : to_string(query.listing));
        request.setAfter(query.after ? to_string(*query.after) : std::string{});
        request.setPageSize(static_cast<std::uint32_t>(query.page_size));
        return request;
      },
      [](auto& response) {
        return take<RatingPage>(response.getAnswer(),
                                [](auto page) { return decode_rating_page(page); });
      });
}

}  // namespace sluice::client
