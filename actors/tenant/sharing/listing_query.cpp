// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/listing_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sluice {
namespace {

constexpr std::array<std::string_view, 4> listing_sort_names{"popularity", "rating", "newest",
                                                             "relevance"};

/// What the characters beyond ASCII are, the stores know; here they belong to words.
bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

char in_lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

Fault not_a_cursor() {
  return {FaultCode::invalid_argument, "after: is not what a page in this order gave as next"};
}

/// Takes the number off that stands before the next dot.
std::optional<std::int64_t> take_key(std::string_view& text) {
  std::int64_t key = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || length >= text.size() || text[length] != '.') {
    return std::nullopt;
  }
  text.remove_prefix(length + 1);
  return key;
}

std::size_t bytes_of(const FoundListing& found) {
  constexpr std::size_t fixed = 512;  // Ids, numbers, and what stands around texts.
  const ListingText& text = found.listing.text;
  std::size_t bytes = fixed + text.title.size() + text.description.size() + text.category.size() +
                      found.policy.resource.id.size();
  for (const auto* const list : {&text.tags, &text.images}) {
    for (const std::string& each : *list) {
      bytes += each.size() + 16;
    }
  }
  return bytes;
}

}  // namespace

bool ListingPageMaker::add(FoundListing found, const ListingPlace& place) {
  if (page_.next) {
    return false;
  }
  const std::size_t bytes = bytes_of(found);
  const bool is_full = page_.listings.size() >= page_size_ ||
                       (!page_.listings.empty() && bytes_ + bytes > listing_page_bytes_max);
  if (is_full) {
    page_.next = last_;
    return false;
  }
  bytes_ += bytes;
  last_ = place;
  page_.listings.push_back(std::move(found));
  return true;
}

Result<Done> validate(const ListingQuery& query) {
  const auto wrong = [](std::string_view what) {
    return Fault{FaultCode::invalid_argument, std::string{what}};
  };
  if (query.page_size < 1 || query.page_size > listing_page_size_max) {
    return wrong("page_size: must be from 1 to 100");
  }
  if (query.sort == ListingSort::relevance && query.words.empty()) {
    return wrong("sort: relevance needs a text");
  }
  if (query.own && query.owner && *query.owner != query.asking) {
    return wrong("owner: is another one than who asks for what is its own");
  }
  return Done{};
}

Result<std::vector<std::string>> search_words(std::string_view text) {
  if (text.size() > search_bytes_max) {
    return Fault{FaultCode::invalid_argument, "text: is longer than 200 bytes"};
  }
  std::vector<std::string> words;
  for (auto from = text.begin(); from != text.end();) {
    from = std::find_if(from, text.end(), is_word_byte);
    const auto to = std::find_if_not(from, text.end(), is_word_byte);
    std::string word(from, to);
    std::ranges::transform(word, word.begin(), in_lower_case);
    if (!word.empty() && std::ranges::find(words, word) == words.end()) {
      words.push_back(std::move(word));
    }
    from = to;
  }
  if (words.empty()) {
    return Fault{FaultCode::invalid_argument, "text: has no word"};
  }
  if (words.size() > search_words_max) {
    return Fault{FaultCode::invalid_argument, "text: has more than 8 words"};
  }
  return words;
}

std::string cursor_text(ListingSort sort, const ListingPlace& place) {
  return std::string{to_string(sort).substr(0, 2)}
      .append(".")
      .append(std::to_string(place.first))
      .append(".")
      .append(std::to_string(place.second))
      .append(".")
      .append(to_string(place.id));
}

Result<ListingPlace> parse_cursor(ListingSort sort, std::string_view text) {
  const std::string start = std::string{to_string(sort).substr(0, 2)} + '.';
  if (!text.starts_with(start)) {
    return not_a_cursor();
  }
  text.remove_prefix(start.size());
  const auto first = take_key(text);
  const auto second = first ? take_key(text) : std::nullopt;
  const auto id = parse_listing_id(text);
  if (!second || !id) {
    return not_a_cursor();
  }
  return ListingPlace{*first, *second, *id};
}

std::string_view to_string(ListingSort sort) {
  return listing_sort_names.at(static_cast<std::size_t>(sort));
}

std::optional<ListingSort> parse_listing_sort(std::string_view text) {
  const auto found = std::ranges::find(listing_sort_names, text);
  return found == listing_sort_names.end()
             ? std::nullopt
             : std::optional{static_cast<ListingSort>(found - listing_sort_names.begin())};
}

}  // namespace sluice
