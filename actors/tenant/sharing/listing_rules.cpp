// SPDX-License-Identifier: Apache-2.0
// What may be written into a listing.
#include <algorithm>
#include <string>
#include <utility>

#include "actors/tenant/customisation.hpp"
#include "actors/tenant/sharing/listing.hpp"
#include "actors/tenant/text.hpp"

namespace sluice {
namespace {

Fault wrong_field(const std::string& field, std::string_view what) {
  return {FaultCode::invalid_argument, field + ": " + std::string{what}};
}

std::string listed_at(std::string_view list, std::size_t index) {
  return std::string{list} + '[' + std::to_string(index) + ']';
}

bool is_category(std::string_view name) {
  return !name.empty() && name.size() <= listing_category_bytes_max && name.front() >= 'a' &&
         name.front() <= 'z' && is_spelt_in(name, {.extra = "_-"});
}

bool is_tag(std::string_view name) {
  return !name.empty() && name.size() <= listing_tag_bytes_max && name.front() != '_' &&
         name.front() != '-' && is_spelt_in(name, {.extra = "_-"});
}

Result<Done> check_tags(const std::vector<std::string>& tags) {
  if (tags.size() > listing_tags_max) {
    return wrong_field("tags", "are more than 20");
  }
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (!is_tag(tags[i])) {
      return wrong_field(listed_at("tags", i), "must match [a-z0-9][a-z0-9_-]{0,31}");
    }
    if (i > 0 && tags[i] <= tags[i - 1]) {
      return wrong_field(listed_at("tags", i), "must come after the one before, each once");
    }
  }
  return Done{};
}

Result<Done> check_images(const std::vector<std::string>& images) {
  if (images.size() > listing_images_max) {
    return wrong_field("images", "are more than 10");
  }
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (images[i].size() > listing_image_bytes_max) {
      return wrong_field(listed_at("images", i), "is too long");
    }
    if (const Objection objection = object_to_url(images[i])) {
      return wrong_field(listed_at("images", i), *objection);
    }
    if (std::ranges::count(images, images[i]) > 1) {
      return wrong_field(listed_at("images", i), "is there twice");
    }
  }
  return Done{};
}

}  // namespace

Result<Done> validate(const ListingText& text) {
  if (const Objection objection = object_to_prose(text.title, listing_title_characters_max)) {
    return wrong_field("title", *objection);
  }
  if (text.description.size() > listing_description_bytes_max) {
    return wrong_field("description", "is longer than 10000 bytes");
  }
  if (!text.description.empty()) {
    if (const Objection objection =
            object_to_lines(text.description, listing_description_bytes_max)) {
      return wrong_field("description", *objection);
    }
  }
  if (!is_category(text.category)) {
    return wrong_field("category", "must match [a-z][a-z0-9_-]{0,62}");
  }
  if (auto tags = check_tags(text.tags); !tags.ok()) {
    return tags;
  }
  return check_images(text.images);
}

}  // namespace sluice
