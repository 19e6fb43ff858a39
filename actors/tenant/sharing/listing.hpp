// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// The marketplace: what owners tell others of the policies that they share by, so that consumers
/// find them. A listing grants nothing: what it leads to is a request, or a first use. Pure
/// functions; a fault names the field, as in `images[1]`.

/// A UUIDv7.
struct ListingId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend constexpr auto operator<=>(const ListingId&, const ListingId&) = default;
};

/// What becomes of a listing:
///
///   (none)       added                 draft
///   draft        PublishListing        published
///   published    UnpublishListing      unpublished
///   unpublished  PublishListing        published
///
/// Everything else is refused. Only a published one is found by others. It is edited and removed in
/// every state; an edit of a published one is seen at once.
enum class ListingState : std::uint8_t { draft, published, unpublished };

/// What the owner says.
struct ListingText {
  std::string title{};                ///< 1 to 200 characters.
  std::string description{};          ///< Up to `listing_description_bytes_max`, of several lines.
  std::string category{};             ///< `[a-z][a-z0-9_-]{0,62}`
  std::vector<std::string> tags{};    ///< `[a-z0-9][a-z0-9_-]{0,31}`, ascending, each once.
  std::vector<std::string> images{};  ///< `https` URLs, each once, in the order of the owner.
  friend bool operator==(const ListingText&, const ListingText&) = default;
};
inline constexpr std::size_t listing_title_characters_max = 200;
inline constexpr std::size_t listing_description_bytes_max = 10'000;
inline constexpr std::size_t listing_tags_max = 20;
inline constexpr std::size_t listing_tag_bytes_max = 32;
inline constexpr std::size_t listing_category_bytes_max = 63;
inline constexpr std::size_t listing_images_max = 10;
inline constexpr std::size_t listing_image_bytes_max = 2'048;

/// What consumers made of it; the store counts it with each change.
struct ListingTally {
  std::uint64_t stars = 0;     ///< Of all ratings together.
  std::uint64_t ratings = 0;   ///< One for each consumer at most.
  std::uint64_t reviews = 0;   ///< Ratings with a text.
  std::uint64_t installs = 0;  ///< Consumers that were ever granted access, each once.
  friend bool operator==(const ListingTally&, const ListingTally&) = default;
};
/// The average in hundredths of a star, rounded to the nearest; 0 without a rating.
[[nodiscard]] std::uint32_t rating_hundredths(const ListingTally& tally);

struct Listing {
  ListingId id{};
  PolicyId policy{};  ///< One of its owner's, which has no other listing.
  TenantId owner{};
  ListingText text{};
  ListingState state = ListingState::draft;
  bool featured = false;  ///< A mark of the platform, which a search may ask for.
  ListingTally tally{};
  WallTime created_at{};
  WallTime updated_at{};
  std::optional<WallTime> published_at{};  ///< The last time; kept when it is unpublished.
  Version version{};                       ///< Grows by one with each change by owner or platform.
  friend bool operator==(const Listing&, const Listing&) = default;
};

/// What is told of the policy behind a listing.
struct ListedPolicy {
  TenantId owner{};
  Resource resource{};
  Visibility visibility = Visibility::owner;
  PricingKind pricing = PricingKind::free;
  std::optional<WallTime> expires_at{};
  friend bool operator==(const ListedPolicy&, const ListedPolicy&) = default;
};

[[nodiscard]] ListedPolicy listed(const SharingPolicy& policy);

/// A listing with its policy.
struct FoundListing {
  Listing listing{};
  ListedPolicy policy{};
  friend bool operator==(const FoundListing&, const FoundListing&) = default;
};

struct AddListing {
  PolicyId policy{};
  ListingText text{};
};
/// Replaces all of the text.
struct EditListing {
  ListingText text{};
};
struct PublishListing {};
struct UnpublishListing {};
/// What the platform alone does.
struct FeatureListing {
  bool featured = true;
};
struct RemoveListing {};
using ListingEvent = std::variant<AddListing, EditListing, PublishListing, UnpublishListing,
                                  FeatureListing, RemoveListing>;

struct ListingWish {
  std::optional<TenantId> owner{};  ///< In whose name it is wished; nothing: the platform's.
  ListingId listing{};              ///< That a new one gets.
  std::optional<Version> expected{};
  ListingEvent event{};
};

/// What the store has to write: version 1 is a new one.
struct ListingChange {
  Listing listing{};  ///< As it is then, or as it was if it is removed.
  bool removed = false;
};

/// Checks every field.
[[nodiscard]] Result<Done> validate(const ListingText& text);

/// The change, checked; or why it cannot be. `current` is the listing that is wished about, nothing
/// for a new one and if there is none; `policy` is its policy, or that which a new one names. Of a
/// listing or a policy of another owner he learns no more than of one that is not there.
[[nodiscard]] Result<ListingChange> change_listing(const std::optional<Listing>& current,
                                                   const ListingWish& wish,
                                                   const std::optional<ListedPolicy>& policy,
                                                   WallTime now);

/// In the owner's chain; `before` is nothing of a new one.
[[nodiscard]] AuditDraft audit_of_listing(const std::optional<Listing>& before,
                                          const ListingWish& wish, const ListingChange& change);

[[nodiscard]] std::string_view to_string(ListingState state);
[[nodiscard]] std::optional<ListingState> parse_listing_state(std::string_view text);
/// As UUIDs are written.
[[nodiscard]] std::string to_string(ListingId id);
[[nodiscard]] std::optional<ListingId> parse_listing_id(std::string_view text);
[[nodiscard]] Fault no_listing(ListingId id);

}  // namespace sluice
