// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(encode_enum<wire::ListingState>(ListingState::unpublished) ==
              wire::ListingState::UNPUBLISHED);
static_assert(encode_enum<wire::ListingSort>(ListingSort::relevance) ==
              wire::ListingSort::RELEVANCE);

namespace {

/// The value that a text names.
template <class Value, class Parse>
Value read_named(FieldReader& fields, capnp::Text::Reader in, std::string_view field, Parse parse,
                 std::string_view what) {
  const std::string text = fields.text(in, field);
  const auto value = parse(text);
  fields.require(value.has_value(), field, what);
  return value.value_or(Value{});
}

std::vector<std::string> read_texts(FieldReader& fields, capnp::List<capnp::Text>::Reader in,
                                    std::string_view field, std::size_t count_max,
                                    std::size_t bytes_max) {
  std::vector<std::string> texts;
  if (fields.require(in.size() <= count_max, field, "are too many")) {
    for (unsigned i = 0; i < in.size(); ++i) {
      texts.push_back(
          fields.part(decode_text(in[i], at_index(fields.path_of(field), i), bytes_max)));
    }
  }
  return texts;
}

Result<ListingText> decode_listing_text(wire::ListingText::Reader in) {
  FieldReader fields("");
  ListingText text;
  text.title = fields.text(in.getTitle(), "title");
  text.description =
      fields.part(decode_text(in.getDescription(), "description", listing_description_bytes_max));
  text.category = fields.text(in.getCategory(), "category");
  text.tags = read_texts(fields, in.getTags(), "tags", listing_tags_max, text_bytes_max);
  text.images =
      read_texts(fields, in.getImages(), "images", listing_images_max, listing_image_bytes_max);
  return fields.finish(std::move(text));
}

void encode_texts(const std::vector<std::string>& texts, capnp::List<capnp::Text>::Builder out) {
  for (unsigned i = 0; i < out.size(); ++i) {
    out.set(i, texts[i]);
  }
}

void encode_listing_text(const ListingText& text, wire::ListingText::Builder out) {
  out.setTitle(text.title);
  out.setDescription(text.description);
  out.setCategory(text.category);
  encode_texts(text.tags, out.initTags(static_cast<unsigned>(text.tags.size())));
  encode_texts(text.images, out.initImages(static_cast<unsigned>(text.images.size())));
}

constexpr std::string_view not_an_id = "is not a UUID";

ListedPolicy read_policy(FieldReader& fields, wire::Listing::Reader in, TenantId owner) {
  ListedPolicy policy{.owner = owner};
  policy.resource = read_named<Resource>(fields, in.getResource(), "resource", parse_resource,
                                         "is not a type and an id");
  policy.visibility = read_named<Visibility>(fields, in.getVisibility(), "visibility",
                                             parse_visibility, "is not known");
  policy.pricing = read_named<PricingKind>(fields, in.getPricing(), "pricing", parse_pricing_kind,
                                           "is not known");
  if (in.getHasExpiresAt()) {
    policy.expires_at = decode_time(in.getExpiresAtNs());
  }
  return policy;
}

}  // namespace

Result<ListingId> decode_listing_id(capnp::Text::Reader in) {
  FieldReader fields("");
  const auto id = read_named<ListingId>(fields, in, "listing", parse_listing_id, not_an_id);
  return fields.finish(id);
}

Result<FoundListing> decode_listing(wire::Listing::Reader in) {
  FieldReader fields("listing");
  Listing listing;
  listing.id = read_named<ListingId>(fields, in.getId(), "id", parse_listing_id, not_an_id);
  listing.policy =
      read_named<PolicyId>(fields, in.getPolicy(), "policy", parse_policy_id, not_an_id);
  listing.owner = decode_id(in.getOwner());
  listing.text = fields.part(decode_listing_text(in.getText()));
  listing.state = fields.enumerant(in.getState(), ListingState::unpublished, "state");
  listing.featured = in.getFeatured();
  listing.tally = {in.getStars(), in.getRatings(), in.getReviews(), in.getInstalls()};
  listing.created_at = decode_time(in.getCreatedAtNs());
  listing.updated_at = decode_time(in.getUpdatedAtNs());
  if (in.getHasPublishedAt()) {
    listing.published_at = decode_time(in.getPublishedAtNs());
  }
  listing.version = Version{in.getVersion()};
  ListedPolicy policy = read_policy(fields, in, listing.owner);
  return fields.finish(FoundListing{std::move(listing), std::move(policy)});
}

void encode_listing(const FoundListing& found, wire::Listing::Builder out) {
  const Listing& listing = found.listing;
  out.setId(to_string(listing.id));
  out.setPolicy(to_string(listing.policy));
  encode_id(listing.owner, out.initOwner());
  encode_listing_text(listing.text, out.initText());
  out.setState(encode_enum<wire::ListingState>(listing.state));
  out.setFeatured(listing.featured);
  out.setRatingHundredths(rating_hundredths(listing.tally));
  out.setStars(listing.tally.stars);
  out.setRatings(listing.tally.ratings);
  out.setReviews(listing.tally.reviews);
  out.setInstalls(listing.tally.installs);
  out.setCreatedAtNs(encode_time(listing.created_at));
  out.setUpdatedAtNs(encode_time(listing.updated_at));
  out.setHasPublishedAt(listing.published_at.has_value());
  out.setPublishedAtNs(listing.published_at ? encode_time(*listing.published_at) : 0);
  out.setVersion(listing.version.raw());
  out.setResource(to_string(found.policy.resource));
  out.setVisibility(std::string{to_string(found.policy.visibility)});
  out.setPricing(std::string{to_string(found.policy.pricing)});
  out.setHasExpiresAt(found.policy.expires_at.has_value());
  out.setExpiresAtNs(found.policy.expires_at ? encode_time(*found.policy.expires_at) : 0);
}

Result<ListingWish> decode_put_listing(wire::TenantAdmin::PutListingParams::Reader in) {
  FieldReader fields("");
  ListingWish wish;
  if (in.getVersion() != 0) {
    wish.expected = Version{in.getVersion()};
  }
  ListingText text = fields.part(decode_listing_text(in.getText()));
  if (in.getListing().size() == 0) {
    wish.event = AddListing{
        read_named<PolicyId>(fields, in.getPolicy(), "policy", parse_policy_id, not_an_id),
        std::move(text)};
  } else {
    wish.listing = fields.part(decode_listing_id(in.getListing()));
    fields.require(in.getPolicy().size() == 0, "policy", "stays as it is");
    wish.event = EditListing{std::move(text)};
  }
  return fields.finish(std::move(wish));
}

void encode_put_listing(const ListingWish& wish, wire::TenantAdmin::PutListingParams::Builder out) {
  out.setVersion(wish.expected.value_or(Version{}).raw());
  if (const auto* const add = std::get_if<AddListing>(&wish.event)) {
    out.setPolicy(to_string(add->policy));
    encode_listing_text(add->text, out.initText());
  } else {
    const auto* const edit = std::get_if<EditListing>(&wish.event);
    SLUICE_INVARIANT(edit != nullptr);
    out.setListing(to_string(wish.listing));
    encode_listing_text(edit->text, out.initText());
  }
}

Result<ListingQuery> decode_listing_search(wire::ListingSearch::Reader in) {
  FieldReader fields("");
  ListingQuery query;
  if (in.getText().size() != 0) {
    const std::string text = fields.part(decode_text(in.getText(), "text"));
    query.words = fields.part(search_words(text));
  }
  query.category = fields.text(in.getCategory(), "category");
  query.tag = fields.text(in.getTag(), "tag");
  if (const TenantId owner = decode_id(in.getOwner()); owner != TenantId{}) {
    query.owner = owner;
  }
  if (in.getPolicy().size() != 0) {
    query.policy =
        read_named<PolicyId>(fields, in.getPolicy(), "policy", parse_policy_id, not_an_id);
  }
  query.featured = in.getFeatured();
  if (in.getPricing().size() != 0) {
    query.pricing = read_named<PricingKind>(fields, in.getPricing(), "pricing", parse_pricing_kind,
                                            "is not free, fixed, usage_based or tiered");
  }
  query.sort = fields.enumerant(in.getSort(), ListingSort::relevance, "sort");
  if (in.getAfter().size() != 0) {
    const std::string after = fields.text(in.getAfter(), "after");
    query.after = fields.part(parse_cursor(query.sort, after));
  }
  query.page_size = in.getPageSize();
  query.own = in.getOwn();
  return fields.finish(std::move(query));
}

void encode_listing_search(const ListingQuery& query, std::string_view text,
                           wire::ListingSearch::Builder out) {
  out.setText(std::string{text});
  out.setCategory(query.category);
  out.setTag(query.tag);
  encode_id(query.owner.value_or(TenantId{}), out.initOwner());
  out.setFeatured(query.featured);
  out.setPricing(query.pricing ? std::string{to_string(*query.pricing)} : std::string{});
  out.setSort(encode_enum<wire::ListingSort>(query.sort));
  out.setAfter(query.after ? cursor_text(query.sort, *query.after) : std::string{});
  out.setPageSize(static_cast<std::uint32_t>(query.page_size));
  out.setOwn(query.own);
  out.setPolicy(query.policy ? to_string(*query.policy) : std::string{});
}

Result<ListingPage> decode_listing_page(ListingSort sort, wire::ListingPage::Reader in) {
  FieldReader fields("");
  ListingPage page;
  for (const auto listing : in.getListings()) {
    page.listings.push_back(fields.part(decode_listing(listing)));
  }
  if (in.getNext().size() != 0) {
    page.next = fields.part(parse_cursor(sort, fields.text(in.getNext(), "next")));
  }
  return fields.finish(std::move(page));
}

void encode_listing_page(ListingSort sort, const ListingPage& page,
                         wire::ListingPage::Builder out) {
  auto listings = out.initListings(static_cast<unsigned>(page.listings.size()));
  for (unsigned i = 0; i < listings.size(); ++i) {
    encode_listing(page.listings[i], listings[i]);
  }
  out.setNext(page.next ? cursor_text(sort, *page.next) : std::string{});
}

}  // namespace sluice
