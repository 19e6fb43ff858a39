// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/listing.hpp"
#include "actors/tenant/strong.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What consumers say of listings: one rating of each tenant that was ever granted access. It may
/// change its rating and take it away; a listing's tally follows in the same transaction. Pure
/// functions.

/// A UUIDv7, so that ratings are ordered by when they were first given, and told without who gave
/// them.
struct RatingId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend constexpr auto operator<=>(const RatingId&, const RatingId&) = default;
};

/// 1 to 5.
using Stars = Strong<struct StarsTag, std::uint8_t>;
inline constexpr std::uint8_t stars_max = 5;
inline constexpr std::size_t review_bytes_max = 2'000;

struct Rating {
  RatingId id{};
  ListingId listing{};
  /// Told to the listing's owner and to the consumer itself; nil to all others.
  TenantId consumer{};
  Stars stars{1};
  std::string review{};  ///< Empty, or a text of several lines.
  WallTime created_at{};
  WallTime updated_at{};
  friend bool operator==(const Rating&, const Rating&) = default;
};

struct RatingWish {
  TenantId consumer{};
  ListingId listing{};
  RatingId id{};  ///< That a first rating gets.
  Stars stars{1};
  std::string review{};
};

/// What the store has of a consumer who rates a listing.
struct RaterStanding {
  bool was_granted = false;        ///< Access under its policy, at any time.
  std::optional<Rating> rating{};  ///< Its own.
};

/// What the store has to write.
struct RatingChange {
  Rating rating{};  ///< As it is then, or as it was if it is removed.
  bool is_new = false;
  bool removed = false;
};

/// The rating of a published listing, checked; or why it cannot be.
[[nodiscard]] Result<RatingChange> rate_listing(const RatingWish& wish,
                                                const std::optional<Listing>& listing,
                                                const RaterStanding& rater, WallTime now);
/// Whatever became of the listing.
[[nodiscard]] Result<RatingChange> withdraw_rating(ListingId listing, const RaterStanding& rater);

/// In the consumer's chain.
[[nodiscard]] AuditDraft audit_of_rating(const RaterStanding& before, const RatingChange& change);

/// Which ratings of a listing to tell, the latest first; or, without one, of those that a tenant
/// gave.
struct RatingQuery {
  TenantId asking{};  ///< In whose name it is asked; it must see the listing, or gave them itself.
  ListingId listing{};
  std::optional<RatingId> after{};  ///< The cursor: only those behind it.
  std::size_t page_size = 20;       ///< 1 to `rating_page_size_max`.
  WallTime now{};
};
inline constexpr std::size_t rating_page_size_max = 100;

struct RatingPage {
  std::vector<Rating> ratings;
  bool more = false;  ///< Whether there are ratings after the last one here.
  friend bool operator==(const RatingPage&, const RatingPage&) = default;
};
[[nodiscard]] Result<Done> validate(const RatingQuery& query);

/// Hides from `asking` who gave the ratings, unless it is the owner, or it was itself.
void hide_raters(RatingPage& page, TenantId owner, TenantId asking);

[[nodiscard]] std::string to_string(RatingId id);
[[nodiscard]] std::optional<RatingId> parse_rating_id(std::string_view text);

}  // namespace sluice
