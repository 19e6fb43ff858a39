// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

namespace {

/// An id that must be there.
RatingId read_rating_id(FieldReader& fields, capnp::Text::Reader in, std::string_view field) {
  const auto id = parse_rating_id(fields.text(in, field));
  fields.require(id.has_value(), field, "is not a UUID");
  return id.value_or(RatingId{});
}

/// Stars beyond what a byte holds are none.
Stars read_stars(FieldReader& fields, std::uint8_t raw) {
  fields.require(raw >= 1 && raw <= stars_max, "stars", "is not from 1 to 5");
  return Stars{std::clamp<std::uint8_t>(raw, 1, stars_max)};
}

}  // namespace

Result<Rating> decode_rating(wire::Rating::Reader in) {
  FieldReader fields("rating");
  Rating rating;
  rating.id = read_rating_id(fields, in.getId(), "id");
  rating.listing = fields.part(decode_listing_id(in.getListing()));
  rating.consumer = decode_id(in.getConsumer());
  rating.stars = read_stars(fields, in.getStars());
  rating.review = fields.part(decode_text(in.getReview(), "rating.review", review_bytes_max));
  rating.created_at = decode_time(in.getCreatedAtNs());
  rating.updated_at = decode_time(in.getUpdatedAtNs());
  return fields.finish(std::move(rating));
}

void encode_rating(const Rating& rating, wire::Rating::Builder out) {
  out.setId(to_string(rating.id));
  out.setListing(to_string(rating.listing));
  encode_id(rating.consumer, out.initConsumer());
  out.setStars(rating.stars.raw());
  out.setReview(rating.review);
  out.setCreatedAtNs(encode_time(rating.created_at));
  out.setUpdatedAtNs(encode_time(rating.updated_at));
}

Result<RatingWish> decode_rate_listing(wire::TenantAdmin::RateListingParams::Reader in) {
  FieldReader fields("");
  RatingWish wish;
  wish.listing = fields.part(decode_listing_id(in.getListing()));
  wish.stars = read_stars(fields, in.getStars());
  wish.review = fields.part(decode_text(in.getReview(), "review", review_bytes_max));
  return fields.finish(std::move(wish));
}

Result<RatingQuery> decode_rating_query(wire::TenantAdmin::ListRatingsParams::Reader in) {
  FieldReader fields("");
  RatingQuery query;
  if (in.getListing().size() != 0) {
    query.listing = fields.part(decode_listing_id(in.getListing()));
  }
  if (in.getAfter().size() != 0) {
    query.after = read_rating_id(fields, in.getAfter(), "after");
  }
  query.page_size = in.getPageSize();
  return fields.finish(std::move(query));
}

Result<RatingPage> decode_rating_page(wire::RatingPage::Reader in) {
  FieldReader fields("");
  RatingPage page;
  for (const auto rating : in.getRatings()) {
    page.ratings.push_back(fields.part(decode_rating(rating)));
  }
  page.more = in.getMore();
  return fields.finish(std::move(page));
}

void encode_rating_page(const RatingPage& page, wire::RatingPage::Builder out) {
  auto ratings = out.initRatings(static_cast<unsigned>(page.ratings.size()));
  for (unsigned i = 0; i < ratings.size(); ++i) {
    encode_rating(page.ratings[i], ratings[i]);
  }
  out.setMore(page.more);
}

}  // namespace sluice
