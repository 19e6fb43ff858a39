// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/listing.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// How consumers look for listings. Pure functions.

/// By falling keys; what is alike in them, by falling id: the one added last comes first.
enum class ListingSort : std::uint8_t {
  popularity,  ///< Installs, then the average rating.
  rating,      ///< The average, then how many.
  newest,      ///< When it was published last.
  relevance,   ///< What the words of the text are found in: see `relevance_of_title`.
};

/// A word of the text counts so much where it is found: in the title, in the category or a tag, in
/// the description. Whole numbers, so that both stores order alike and a cursor keeps its meaning.
inline constexpr std::int64_t relevance_of_title = 4;
inline constexpr std::int64_t relevance_of_labels = 2;
inline constexpr std::int64_t relevance_of_description = 1;

/// The place of a listing in an order: its two keys and its id.
struct ListingPlace {
  std::int64_t first = 0;
  std::int64_t second = 0;
  ListingId id{};
  friend bool operator==(const ListingPlace&, const ListingPlace&) = default;
};

/// Which listings to tell. Empty texts match all.
struct ListingQuery {
  /// In whose name it is asked: told is what is published, under a policy that is live, visible to
  /// this tenant and does not block it, of an owner that may spend.
  TenantId asking{};
  bool own = false;                  ///< Instead: those of `asking` itself, in every state.
  std::optional<ListingId> id{};     ///< That one alone; one of its own, in every state.
  std::vector<std::string> words{};  ///< By `search_words`: all of them must be found.
  std::string category{};
  std::string tag{};
  std::optional<TenantId> owner{};
  std::optional<PolicyId> policy{};  ///< Its listing alone.
  bool featured = false;             ///< Only those.
  std::optional<PricingKind> pricing{};
  ListingSort sort = ListingSort::popularity;
  std::optional<ListingPlace> after{};  ///< The cursor: only those behind it.
  std::size_t page_size = 20;           ///< 1 to `listing_page_size_max`.
  WallTime now{};
};
inline constexpr std::size_t listing_page_size_max = 100;
inline constexpr std::size_t search_words_max = 8;
inline constexpr std::size_t search_bytes_max = 200;

struct ListingPage {
  std::vector<FoundListing> listings;
  /// Of the last one, if there are others behind it.
  std::optional<ListingPlace> next{};
  friend bool operator==(const ListingPage&, const ListingPage&) = default;
};

/// What the texts of a page are together, so that it fits into a frame of the protocol.
inline constexpr std::size_t listing_page_bytes_max = 600'000;

/// Gathers a page from listings that come in their order.
///
/// Role       Ends the page before it has more than was asked for, or than may be told at once; it
///            has one listing at the least, if there is one.
/// Threading  Confined.
/// Ownership  Owns the page.
/// Units      Bytes of texts, not of any encoding.
/// Errors     None.
class ListingPageMaker {
public:
  explicit ListingPageMaker(std::size_t page_size) : page_size_(page_size) {}

  /// False: the page was full already, and goes on elsewhere. Nothing is added any more.
  bool add(FoundListing found, const ListingPlace& place);
  [[nodiscard]] ListingPage take() { return std::move(page_); }

private:
  std::size_t page_size_;
  std::size_t bytes_ = 0;
  ListingPlace last_{};
  ListingPage page_{};
};

/// Whether this may be asked.
[[nodiscard]] Result<Done> validate(const ListingQuery& query);

/// The words of a text, in lower case as far as they are ASCII: what stands between blanks and
/// punctuation. A fault if they are too many or none.
[[nodiscard]] Result<std::vector<std::string>> search_words(std::string_view text);

/// A place as callers carry it from page to page. It is good for the order that it was made for.
[[nodiscard]] std::string cursor_text(ListingSort sort, const ListingPlace& place);
[[nodiscard]] Result<ListingPlace> parse_cursor(ListingSort sort, std::string_view text);

[[nodiscard]] std::string_view to_string(ListingSort sort);
[[nodiscard]] std::optional<ListingSort> parse_listing_sort(std::string_view text);

}  // namespace sluice
