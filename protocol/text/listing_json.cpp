// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/listing_json.hpp"

#include <string_view>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "protocol/text/time_text.hpp"

namespace sluice::text {
namespace {

using ListingJson = nlohmann::ordered_json;

/// Thrown within this file.
struct WrongMember {
  std::string what;
};

[[noreturn]] void refuse_member(const std::string& name, std::string_view what) {
  throw WrongMember{name + ": " + std::string{what}};
}

ListingJson instant_json(const std::optional<WallTime>& at) {
  return at ? ListingJson(format_instant(*at)) : ListingJson();
}

std::string read_string(const ListingJson& json, const std::string& name) {
  if (!json.is_string()) {
    refuse_member(name, "must be a text");
  }
  return json.get<std::string>();
}

std::vector<std::string> read_strings(const ListingJson& json, const std::string& name) {
  if (!json.is_array()) {
    refuse_member(name, "must be a list of texts");
  }
  std::vector<std::string> texts;
  for (const ListingJson& each : json) {
    texts.push_back(read_string(each, name + '[' + std::to_string(texts.size()) + ']'));
  }
  return texts;
}

std::uint64_t read_number(const ListingJson& json, const std::string& name) {
  if (!json.is_number_unsigned()) {
    refuse_member(name, "must be a whole number");
  }
  return json.get<std::uint64_t>();
}

void require_object(const ListingJson& json) {
  if (!json.is_object()) {
    refuse_member("body", "must be an object");
  }
}

void read_listing_member(const ListingJson& value, const std::string& name, ListingBody& into) {
  ListingText& text = into.text;
  if (name == "title") {
    text.title = read_string(value, name);
  } else if (name == "description") {
    text.description = read_string(value, name);
  } else if (name == "category") {
    text.category = read_string(value, name);
  } else if (name == "tags") {
    text.tags = read_strings(value, name);
  } else if (name == "images") {
    text.images = read_strings(value, name);
  } else if (name == "policy") {
    into.policy = parse_policy_id(read_string(value, name));
    if (!into.policy) {
      refuse_member(name, "is not a UUID");
    }
  } else if (name == "version") {
    const std::uint64_t version = read_number(value, name);
    into.expected = version == 0 ? std::nullopt : std::optional{Version{version}};
  } else {
    refuse_member(name, "is not known here");
  }
}

void read_rating_member(const ListingJson& value, const std::string& name, RatingBody& into) {
  if (name == "stars") {
    const std::uint64_t stars = read_number(value, name);
    if (stars < 1 || stars > stars_max) {
      refuse_member(name, "must be from 1 to 5");
    }
    into.stars = Stars{static_cast<std::uint8_t>(stars)};
  } else if (name == "review") {
    into.review = read_string(value, name);
  } else {
    refuse_member(name, "is not known here");
  }
}

}  // namespace

ListingJson json_of(const FoundListing& found) {
  const Listing& listing = found.listing;
  const ListingTally& tally = listing.tally;
  return ListingJson{{"id", to_string(listing.id)},
                     {"policy", to_string(listing.policy)},
                     {"owner", to_string(listing.owner)},
                     {"title", listing.text.title},
                     {"description", listing.text.description},
                     {"category", listing.text.category},
                     {"tags", listing.text.tags},
                     {"images", listing.text.images},
                     {"state", to_string(listing.state)},
                     {"featured", listing.featured},
                     {"ratingHundredths", rating_hundredths(tally)},
                     {"ratings", tally.ratings},
                     {"reviews", tally.reviews},
                     {"installs", tally.installs},
                     {"resource", to_string(found.policy.resource)},
                     {"visibility", to_string(found.policy.visibility)},
                     {"pricing", to_string(found.policy.pricing)},
                     {"expiresAt", instant_json(found.policy.expires_at)},
                     {"createdAt", format_instant(listing.created_at)},
                     {"updatedAt", format_instant(listing.updated_at)},
                     {"publishedAt", instant_json(listing.published_at)},
                     {"version", listing.version.raw()}};
}

ListingJson json_of(ListingSort sort, const ListingPage& page) {
  ListingJson json{{"listings", ListingJson::array()}, {"next", nullptr}};
  for (const FoundListing& found : page.listings) {
    json["listings"].push_back(json_of(found));
  }
  if (page.next) {
    json["next"] = cursor_text(sort, *page.next);
  }
  return json;
}

ListingJson json_of(const Rating& rating) {
  return ListingJson{
      {"id", to_string(rating.id)},
      {"listing", to_string(rating.listing)},
      {"consumer",
       rating.consumer == TenantId{} ? ListingJson() : ListingJson(to_string(rating.consumer))},
      {"stars", rating.stars.raw()},
      {"review", rating.review},
      {"createdAt", format_instant(rating.created_at)},
      {"updatedAt", format_instant(rating.updated_at)}};
}

ListingJson json_of(const RatingPage& page) {
  ListingJson json{{"ratings", ListingJson::array()}, {"next", nullptr}};
  for (const Rating& rating : page.ratings) {
    json["ratings"].push_back(json_of(rating));
  }
  if (page.more && !page.ratings.empty()) {
    json["next"] = to_string(page.ratings.back().id);
  }
  return json;
}

Result<ListingBody> parse_listing(const ListingJson& json) {
  try {
    require_object(json);
    ListingBody body;
    for (const auto& [name, value] : json.items()) {
      read_listing_member(value, name, body);
    }
    return body;
  } catch (const WrongMember& wrong) {
    return Fault{FaultCode::invalid_argument, wrong.what};
  }
}

Result<RatingBody> parse_rating(const ListingJson& json) {
  try {
    require_object(json);
    RatingBody body;
    for (const auto& [name, value] : json.items()) {
      read_rating_member(value, name, body);
    }
    if (!json.contains("stars")) {
      refuse_member("stars", "is missing");
    }
    return body;
  } catch (const WrongMember& wrong) {
    return Fault{FaultCode::invalid_argument, wrong.what};
  }
}

std::string hundredths_text(std::uint32_t hundredths) {
  const std::string rest = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100).append(rest.size() == 1 ? ".0" : ".").append(rest);
}

}  // namespace sluice::text
