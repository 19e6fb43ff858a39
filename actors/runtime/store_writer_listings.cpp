// SPDX-License-Identifier: Apache-2.0
// How listings and ratings are changed. Nothing of them is in memory, so a commit in doubt leaves
// nothing to be settled: who looks again sees what the store has.
#include <utility>

#include "actors/runtime/store_writer.hpp"

namespace sluice {

Result<FoundListing> StoreWriter::change_listing(const ChangeListing& asked) {
  const ListingWish& wish = asked.wish;
  const auto found = store_->listing(wish.listing);
  if (!found.ok()) {
    return found.fault();
  }
  std::optional<Listing> before;
  std::optional<ListedPolicy> policy;
  const auto* const add = std::get_if<AddListing>(&wish.event);
  if (found.value()) {
    before = found.value()->listing;
    policy = found.value()->policy;
  } else if (add != nullptr) {
    const auto named = store_->policy(add->policy);
    if (!named.ok()) {
      return named.fault();
    }
    if (named.value()) {
      policy = listed(*named.value());
    }
  }
  auto change =
      sluice::change_listing(before, wish, policy, shared_.surroundings.clock->now().wall);
  if (!change.ok()) {
    if (change.fault().code == FaultCode::not_found && policy && wish.owner &&
        policy->owner != *wish.owner) {
      deny(asked.author, policy->owner, "listing.put");
    }
    return change.fault();
  }
  const auto written = store_->change_listing(
      deed_of(audit_of_listing(before, wish, change.value()), asked.author), change.value());
  if (!written.ok()) {
    return written.fault();
  }
  // Of a new one the store alone knows how many were granted access before.
  return add != nullptr ? read_listing(wish.listing)
                        : FoundListing{std::move(change).value().listing, *policy};
}

Result<FoundListing> StoreWriter::read_listing(ListingId id) {
  auto found = store_->listing(id);
  if (!found.ok()) {
    return Fault{FaultCode::outcome_unknown, found.fault().context};
  }
  return found.value() ? Result(*std::move(found).value()) : no_listing(id);
}

Result<Rating> StoreWriter::rate_listing(const RateListing& wish) {
  const RatingWish& rating = wish.rating;
  const auto rater = store_->rater(rating.listing, rating.consumer);
  const auto found = store_->listing(rating.listing);
  if (!rater.ok() || !found.ok()) {
    return rater.ok() ? found.fault() : rater.fault();
  }
  std::optional<Listing> listing;
  if (found.value()) {
    listing = found.value()->listing;
  }
  auto change = wish.withdraws ? withdraw_rating(rating.listing, rater.value())
                               : sluice::rate_listing(rating, listing, rater.value(),
                                                      shared_.surroundings.clock->now().wall);
  if (!change.ok()) {
    return change.fault();
  }
  const auto written = store_->change_rating(
      deed_of(audit_of_rating(rater.value(), change.value()), wish.author), change.value());
  return written.ok() ? Result(std::move(change).value().rating) : written.fault();
}

}  // namespace sluice
