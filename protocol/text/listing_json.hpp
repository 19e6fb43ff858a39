// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/listing_query.hpp"
#include "actors/tenant/sharing/rating.hpp"

namespace sluice::text {

/// The marketplace as people and programs read and write it: over HTTP, and from sluicectl. Pure
/// functions.

[[nodiscard]] nlohmann::ordered_json json_of(const FoundListing& found);
/// With the cursor of the next page, or null.
[[nodiscard]] nlohmann::ordered_json json_of(ListingSort sort, const ListingPage& page);
/// `consumer` is null where it is not told.
[[nodiscard]] nlohmann::ordered_json json_of(const Rating& rating);
[[nodiscard]] nlohmann::ordered_json json_of(const RatingPage& page);

/// What somebody wants of a listing. Without an id it is a new one, which names its policy.
struct ListingBody {
  std::optional<PolicyId> policy{};
  std::optional<Version> expected{};
  ListingText text{};
};
/// Members are `policy`, `version` (0: any) and those of the text, all of which is replaced. A
/// fault names the member, as in `tags[1]`; whether the text is valid is not looked at.
[[nodiscard]] Result<ListingBody> parse_listing(const nlohmann::ordered_json& json);

struct RatingBody {
  Stars stars{1};
  std::string review{};
};
[[nodiscard]] Result<RatingBody> parse_rating(const nlohmann::ordered_json& json);

/// `4.50` of 450 hundredths.
[[nodiscard]] std::string hundredths_text(std::uint32_t hundredths);

}  // namespace sluice::text
