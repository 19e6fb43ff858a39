// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/rating.hpp"

#include "actors/tenant/audit_json.hpp"
#include "actors/tenant/customisation.hpp"
#include "actors/tenant/text.hpp"

namespace sluice {
namespace {

std::optional<Fault> object_to_rating(const RatingWish& wish) {
  if (wish.stars.raw() < 1 || wish.stars.raw() > stars_max) {
    return Fault{FaultCode::invalid_argument, "stars: must be from 1 to 5"};
  }
  if (wish.review.size() > review_bytes_max) {
    return Fault{FaultCode::invalid_argument, "review: is longer than 2000 bytes"};
  }
  const Objection objection =
      wish.review.empty() ? std::nullopt : object_to_lines(wish.review, review_bytes_max);
  return objection ? std::optional{Fault{FaultCode::invalid_argument,
                                         "review: " + std::string{*objection}}}
                   : std::nullopt;
}

std::string told(const Rating& rating) {
  return audit::Fields{}
      .add("stars", static_cast<unsigned>(rating.stars.raw()))
      .add("review", std::string_view{rating.review})
      .text();
}

}  // namespace

Result<RatingChange> rate_listing(const RatingWish& wish, const std::optional<Listing>& listing,
                                  const RaterStanding& rater, WallTime now) {
  if (listing && listing->owner == wish.consumer) {
    return Fault{FaultCode::permission_denied, "a tenant does not rate what is its own"};
  }
  if (!listing || listing->state != ListingState::published) {
    return no_listing(wish.listing);
  }
  if (!rater.was_granted) {
    return Fault{FaultCode::permission_denied,
                 "only a tenant that was granted access may rate the listing"};
  }
  if (auto fault = object_to_rating(wish)) {
    return *std::move(fault);
  }
  RatingChange change{
      .rating = rater.rating.value_or(Rating{
          .id = wish.id, .listing = wish.listing, .consumer = wish.consumer, .created_at = now}),
      .is_new = !rater.rating.has_value()};
  change.rating.stars = wish.stars;
  change.rating.review = wish.review;
  change.rating.updated_at = now;
  return change;
}

Result<RatingChange> withdraw_rating(ListingId listing, const RaterStanding& rater) {
  if (!rater.rating) {
    return Fault{FaultCode::not_found,
                 "there is no rating of listing " + to_string(listing) + " by this tenant"};
  }
  return RatingChange{.rating = *rater.rating, .removed = true};
}

AuditDraft audit_of_rating(const RaterStanding& before, const RatingChange& change) {
  AuditDraft draft{.tenant = change.rating.consumer,
                   .action = change.removed ? AuditAction::rating_removed : AuditAction::rating_put,
                   .subject = to_string(change.rating.listing)};
  if (before.rating) {
    draft.before = told(*before.rating);
  }
  if (!change.removed) {
    draft.after = told(change.rating);
  }
  return draft;
}

Result<Done> validate(const RatingQuery& query) {
  return query.page_size >= 1 && query.page_size <= rating_page_size_max
             ? Result<Done>{Done{}}
             : Fault{FaultCode::invalid_argument, "page_size: must be from 1 to 100"};
}

void hide_raters(RatingPage& page, TenantId owner, TenantId asking) {
  if (owner == asking) {
    return;
  }
  for (Rating& rating : page.ratings) {
    rating.consumer = rating.consumer == asking ? asking : TenantId{};
  }
}

std::string to_string(RatingId id) {
  return to_string(TenantId{id.high, id.low});
}

std::optional<RatingId> parse_rating_id(std::string_view text) {
  const auto id = parse_tenant_id(text);
  return id ? std::optional{RatingId{id->high, id->low}} : std::nullopt;
}

}  // namespace sluice
