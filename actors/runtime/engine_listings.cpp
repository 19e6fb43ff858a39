// SPDX-License-Identifier: Apache-2.0
// What the engine is asked about the marketplace.
#include <caf/send.hpp>
#include <random>
#include <utility>

#include "actors/runtime/engine_impl.hpp"

namespace sluice {

void Engine::change_listing(ReactorIndex here, Author author, ListingWish wish,
                            Reply<FoundListing> reply) {
  if (wish.listing == ListingId{} && std::holds_alternative<AddListing>(wish.event)) {
    std::mt19937_64& random = impl_->desk(here).random;
    const TenantId id = make_tenant_id(impl_->clock().now().wall, random(), random());
    wish.listing = {id.high, id.low};
  }
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(),
                   ChangeListing{std::move(author), std::move(wish), std::move(*caller)});
  }
}

void Engine::rate_listing(ReactorIndex here, Author author, RatingWish wish, Reply<Rating> reply) {
  std::mt19937_64& random = impl_->desk(here).random;
  const TenantId id = make_tenant_id(impl_->clock().now().wall, random(), random());
  wish.id = {id.high, id.low};
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(),
                   RateListing{std::move(author), std::move(wish), false, std::move(*caller)});
  }
}

void Engine::withdraw_rating(ReactorIndex here, Author author, ListingId listing, TenantId consumer,
                             Reply<Rating> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(), RateListing{std::move(author),
                                                {.consumer = consumer, .listing = listing},
                                                true,
                                                std::move(*caller)});
  }
}

void Engine::search_listings(ReactorIndex here, ListingQuery query, Reply<ListingPage> reply) {
  query.now = impl_->clock().now().wall;
  if (auto caller = impl_->admit(here, std::move(reply))) {
    if (const auto valid = validate(query); !valid.ok()) {
      return caller->answer(valid.fault());
    }
    caf::anon_send(impl_->next_reader(here), SearchListings{std::move(query), std::move(*caller)});
  }
}

void Engine::listing(ReactorIndex here, TenantId asking, ListingId id, Reply<FoundListing> reply) {
  const ListingQuery query{
      .asking = asking, .id = id, .page_size = 1, .now = impl_->clock().now().wall};
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), ShowListing{query, std::move(*caller)});
  }
}

void Engine::ratings(ReactorIndex here, RatingQuery query, Reply<RatingPage> reply) {
  query.now = impl_->clock().now().wall;
  if (auto caller = impl_->admit(here, std::move(reply))) {
    if (const auto valid = validate(query); !valid.ok()) {
      return caller->answer(valid.fault());
    }
    caf::anon_send(impl_->next_reader(here), TellRatings{query, std::move(*caller)});
  }
}

}  // namespace sluice
