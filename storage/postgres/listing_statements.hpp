// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <pqxx/row>

#include "actors/tenant/sharing/listing_query.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about listings.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`. Others as `Store` says.

/// Of a listing `l` and its policy `p`, as `read_found_listing` expects them from column 0.
inline constexpr const char* found_listing_columns =
    "l.id, l.policy, l.owner, l.title, l.description, l.category, l.tags, l.images, l.state, "
    "l.featured::int, l.stars, l.ratings, l.reviews, l.installs, l.created_at_ns, "
    "l.updated_at_ns, l.published_at_ns, l.version, "
    "p.owner, p.resource_type, p.resource_id, p.visibility, p.expires_at_ns, "
    "coalesce(p.body::jsonb #>> '{pricing,kind}', 'free')";
inline constexpr int found_listing_width = 24;

[[nodiscard]] FoundListing read_found_listing(const pqxx::row& row);

[[nodiscard]] std::optional<FoundListing> select_listing(Transaction& transaction, ListingId id);
[[nodiscard]] Result<Done> write_listing(Transaction& transaction, const ListingChange& change);
/// In listing_search.cpp.
[[nodiscard]] ListingPage search_for_listings(Transaction& transaction, const ListingQuery& query);

}  // namespace sluice::postgres
