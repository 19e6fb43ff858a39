// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "actors/tenant/sharing/listing_query.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about listings, compiled once for each connection; but for a
/// search, whose text depends on what is asked.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`. Others as `Store` says.
class ListingStatements {
public:
  explicit ListingStatements(SqliteConnection& connection);

  [[nodiscard]] std::optional<FoundListing> find(ListingId id);
  [[nodiscard]] Result<Done> write(const ListingChange& change);
  /// In listing_search.cpp.
  [[nodiscard]] ListingPage search(const ListingQuery& query);

private:
  SqliteConnection& connection_;
  Statement select_;
  Statement insert_;
  Statement update_;
  Statement delete_;
};

/// Of a listing `l` and its policy `p`, as `read_found_listing` expects them from column 0.
inline constexpr std::string_view found_listing_columns =
    "l.id, l.policy, l.owner, l.title, l.description, l.category, l.tags, l.images, l.state, "
    "l.featured, l.stars, l.ratings, l.reviews, l.installs, l.created_at_ns, l.updated_at_ns, "
    "l.published_at_ns, l.version, p.owner, p.resource_type, p.resource_id, p.visibility, "
    "p.expires_at_ns, coalesce(p.body ->> '$.pricing.kind', 'free')";
inline constexpr int found_listing_width = 24;

[[nodiscard]] FoundListing read_found_listing(const Cursor& row);

}  // namespace sluice
