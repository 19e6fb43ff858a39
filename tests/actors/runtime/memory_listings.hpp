// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/listing_query.hpp"
#include "actors/tenant/sharing/rating.hpp"
#include "tests/actors/runtime/memory_sharing.hpp"

namespace sluice::testing {

/// The marketplace of a database in memory. It orders by popularity, whatever is asked, and finds
/// words anywhere in a text. Its owner locks.
class MemoryListings {
public:
  explicit MemoryListings(const MemorySharing& sharing) : sharing_(sharing) {}

  [[nodiscard]] std::optional<FoundListing> find(ListingId id) const {
    const auto found = listings_.find(id);
    return found == listings_.end() ? std::nullopt : with_policy(found->second);
  }
  [[nodiscard]] Result<Done> write(const ListingChange& change) {
    const auto stored = listings_.find(change.listing.id);
    if (change.removed) {
      std::erase_if(ratings_, [&](const auto& of) { return of.first.first == change.listing.id; });
      return listings_.erase(change.listing.id) == 1 ? Result<Done>{Done{}}
                                                     : no_listing(change.listing.id);
    }
    if (change.listing.version == Version{1}) {
      Listing added = change.listing;
      added.tally = {};
      const bool taken = std::ranges::any_of(
          listings_, [&](const auto& of) { return of.second.policy == added.policy; });
      if (taken) {
        return Fault{FaultCode::already_exists, "policy: it has a listing"};
      }
      listings_[added.id] = std::move(added);
      return Done{};
    }
    if (stored == listings_.end() ||
        stored->second.version.raw() + 1 != change.listing.version.raw()) {
      return Fault{FaultCode::conflict, "listing: it is at another version"};
    }
    const ListingTally tally = stored->second.tally;
    stored->second = change.listing;
    stored->second.tally = tally;
    return Done{};
  }
  [[nodiscard]] ListingPage search(const ListingQuery& query) const {
    std::vector<std::pair<ListingPlace, FoundListing>> found;
    for (const auto& [id, stored] : listings_) {
      const auto listing = with_policy(stored);
      if (listing && sees(query, *listing) && matches(query, *listing)) {
        found.push_back({place_of(listing->listing), *listing});
      }
    }
    std::ranges::sort(found, [](const auto& a, const auto& b) { return before(a.first, b.first); });
    ListingPageMaker page{query.page_size};
    for (auto& [place, listing] : found) {
      if ((!query.after || before(*query.after, place)) && !page.add(std::move(listing), place)) {
        break;
      }
    }
    return page.take();
  }
  [[nodiscard]] RaterStanding rater(ListingId listing, TenantId consumer) const {
    const auto of = listings_.find(listing);
    const auto rating = ratings_.find({listing, consumer});
    return {of != listings_.end() && sharing_.granted(of->second.policy).contains(consumer),
            rating == ratings_.end() ? std::nullopt : std::optional{rating->second}};
  }
  [[nodiscard]] Result<Done> write(const RatingChange& change) {
    const Rating& rating = change.rating;
    const std::pair key{rating.listing, rating.consumer};
    if (const auto old = ratings_.find(key); old != ratings_.end()) {
      count(old->second, -1);
      ratings_.erase(old);
    } else if (!change.is_new) {
      return Fault{FaultCode::not_found, "rating"};
    }
    if (!change.removed) {
      count(rating, 1);
      ratings_[key] = rating;
    }
    return Done{};
  }
  [[nodiscard]] RatingPage ratings(const RatingQuery& query) const {
    RatingPage page;
    for (const auto& [key, rating] : ratings_) {
      const bool is_meant = query.listing == ListingId{} ? rating.consumer == query.asking
                                                         : key.first == query.listing;
      if (is_meant && (!query.after || rating.id < *query.after)) {
        page.ratings.push_back(rating);
      }
    }
    std::ranges::sort(page.ratings, std::ranges::greater{}, &Rating::id);
    page.more = page.ratings.size() > query.page_size;
    page.ratings.resize(std::min(page.ratings.size(), query.page_size));
    return page;
  }

private:
  static bool before(const ListingPlace& a, const ListingPlace& b) {
    return std::tie(a.first, a.second, a.id) > std::tie(b.first, b.second, b.id);
  }
  static ListingPlace place_of(const Listing& listing) {
    return {static_cast<std::int64_t>(listing.tally.installs), rating_hundredths(listing.tally),
            listing.id};
  }
  /// Nothing of one whose policy is gone, and the listing with it.
  [[nodiscard]] std::optional<FoundListing> with_policy(const Listing& stored) const {
    const auto policy = sharing_.policy(stored.policy);
    if (!policy) {
      return std::nullopt;
    }
    FoundListing found{stored, listed(*policy)};
    found.listing.tally.installs = sharing_.granted(stored.policy).size();
    return found;
  }
  [[nodiscard]] bool sees(const ListingQuery& query, const FoundListing& found) const {
    const auto& [listing, policy] = found;
    const bool is_own = listing.owner == query.asking;
    if (query.own || (query.id && is_own)) {
      return is_own;
    }
    const std::vector<TenantId> blocked = sharing_.policy(listing.policy).value().block;
    return listing.state == ListingState::published &&
           (policy.visibility == Visibility::marketplace ||
            policy.visibility == Visibility::everyone) &&
           (!policy.expires_at || *policy.expires_at > query.now) &&
           std::ranges::count(blocked, query.asking) == 0;
  }
  static bool matches(const ListingQuery& query, const FoundListing& found) {
    const auto& [listing, policy] = found;
    const ListingText& text = listing.text;
    const auto has = [&](const std::string& word) {
      return text.title.find(word) != text.title.npos ||
             text.description.find(word) != text.description.npos;
    };
    return (!query.id || *query.id == listing.id) &&
           (query.category.empty() || query.category == text.category) &&
           (query.tag.empty() || std::ranges::count(text.tags, query.tag) > 0) &&
           (!query.owner || *query.owner == listing.owner) &&
           (!query.policy || *query.policy == listing.policy) &&
           (!query.featured || listing.featured) &&
           (!query.pricing || *query.pricing == policy.pricing) &&
           std::ranges::all_of(query.words, has);
  }
  void count(const Rating& rating, int by) {
    ListingTally& tally = listings_.at(rating.listing).tally;
    const auto add = [by](std::uint64_t& sum, std::uint64_t part) {
      sum = by > 0 ? sum + part : sum - part;
    };
    add(tally.stars, rating.stars.raw());
    add(tally.ratings, 1);
    add(tally.reviews, rating.review.empty() ? 0 : 1);
  }

  const MemorySharing& sharing_;
  std::map<ListingId, Listing> listings_;
  std::map<std::pair<ListingId, TenantId>, Rating> ratings_;
};

}  // namespace sluice::testing
