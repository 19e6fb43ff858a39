// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/listing_statements.hpp"

#include <string>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "storage/limit_text/listing_text.hpp"
#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

// Who was granted access before there was a listing counts, too.
constexpr std::string_view insert_listing_sql =
    "INSERT INTO sharing_listings (id, policy, owner, title, description, category, tags, images,"
    " state, featured, created_at_ns, updated_at_ns, published_at_ns, version, installs)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
    " (SELECT count(DISTINCT consumer) FROM sharing_requests"
    "  WHERE policy = ?2 AND state IN (1, 4, 5)))"
    " ON CONFLICT DO NOTHING";
constexpr std::string_view update_listing_sql =
    "UPDATE sharing_listings SET title = ?4, description = ?5, category = ?6, tags = ?7,"
    " images = ?8, state = ?9, featured = ?10, created_at_ns = ?11, updated_at_ns = ?12,"
    " published_at_ns = ?13, version = ?14"
    " WHERE id = ?1 AND policy = ?2 AND owner = ?3 AND version = ?14 - 1";

IdBytes key_of(ListingId id) {
  return bytes_of(TenantId{id.high, id.low});
}
IdBytes key_of(PolicyId id) {
  return bytes_of(TenantId{id.high, id.low});
}

template <class Enum>
Enum read_enumerated(const Cursor& row, int column, Enum last, std::string_view what) {
  const std::int64_t raw = row.integer(column);
  if (raw < 0 || raw > static_cast<std::int64_t>(last)) {
    throw DamagedRow("the marketplace: an impossible " + std::string{what});
  }
  return static_cast<Enum>(raw);
}

std::uint64_t read_tally(const Cursor& row, int column) {
  const std::int64_t raw = row.integer(column);
  if (raw < 0) {
    throw DamagedRow("table sharing_listings: a count below zero");
  }
  return static_cast<std::uint64_t>(raw);
}

WallTime read_instant(const Cursor& row, int column) {
  return WallTime{Duration{row.integer(column)}};
}

std::optional<WallTime> read_instant_or_nothing(const Cursor& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional{read_instant(row, column)};
}

std::vector<std::string> read_texts(const Cursor& row, int column) {
  auto texts = parse_text_list(row.text(column));
  if (!texts) {
    throw DamagedRow("table sharing_listings, " + to_string(id_of(row.blob(0))) +
                     ": its tags or images cannot be read");
  }
  return *std::move(texts);
}

/// Of columns that begin at `first`.
ListedPolicy read_listed_policy(const Cursor& row, int first) {
  const auto pricing = parse_pricing_kind(row.text(first + 5));
  if (!pricing) {
    throw DamagedRow("table sharing_policies: a pricing that cannot be read");
  }
  return {.owner = id_of(row.blob(first)),
          .resource = {read_enumerated(row, first + 1, ResourceType::custom, "type of a resource"),
                       std::string{row.text(first + 2)}},
          .visibility = read_enumerated(row, first + 3, Visibility::everyone, "visibility"),
          .pricing = *pricing,
          .expires_at = read_instant_or_nothing(row, first + 4)};
}

}  // namespace

FoundListing read_found_listing(const Cursor& row) {
  const TenantId id = id_of(row.blob(0));
  const TenantId policy = id_of(row.blob(1));
  Listing listing{
      .id = {id.high, id.low}, .policy = {policy.high, policy.low}, .owner = id_of(row.blob(2))};
  listing.text = {std::string{row.text(3)}, std::string{row.text(4)}, std::string{row.text(5)},
                  read_texts(row, 6), read_texts(row, 7)};
  listing.state = read_enumerated(row, 8, ListingState::unpublished, "state of a listing");
  listing.featured = row.integer(9) != 0;
  listing.tally = {read_tally(row, 10), read_tally(row, 11), read_tally(row, 12),
                   read_tally(row, 13)};
  listing.created_at = read_instant(row, 14);
  listing.updated_at = read_instant(row, 15);
  listing.published_at = read_instant_or_nothing(row, 16);
  listing.version = Version{read_tally(row, 17)};
  return {std::move(listing), read_listed_policy(row, 18)};
}

ListingStatements::ListingStatements(SqliteConnection& connection)
    : connection_(connection),
      select_(connection, std::string{"SELECT "}
                              .append(found_listing_columns)
                              .append(" FROM sharing_listings l JOIN sharing_policies p"
                                      " ON p.id = l.policy WHERE l.id = ?1")),
      insert_(connection, insert_listing_sql),
      update_(connection, update_listing_sql),
      delete_(connection, "DELETE FROM sharing_listings WHERE id = ?1 AND version = ?2") {}

std::optional<FoundListing> ListingStatements::find(ListingId id) {
  const IdBytes key = key_of(id);
  Cursor row = select_.start(key);
  return row.next() ? std::optional{read_found_listing(row)} : std::nullopt;
}

Result<Done> ListingStatements::write(const ListingChange& change) {
  const Listing& listing = change.listing;
  const IdBytes id = key_of(listing.id);
  if (change.removed) {
    delete_.run(id, listing.version.raw());
    return connection_.changes() > 0 ? Result<Done>{Done{}} : no_listing(listing.id);
  }
  const IdBytes policy = key_of(listing.policy);
  const IdBytes owner = bytes_of(listing.owner);
  const std::string tags = text_list(listing.text.tags);
  const std::string images = text_list(listing.text.images);
  const bool is_new = listing.version == Version{1};
  (is_new ? insert_ : update_)
      .run(id, policy, owner, std::string_view{listing.text.title},
           std::string_view{listing.text.description}, std::string_view{listing.text.category},
           std::string_view{tags}, std::string_view{images}, static_cast<int>(listing.state),
           static_cast<int>(listing.featured), listing.created_at.time_since_epoch().count(),
           listing.updated_at.time_since_epoch().count(),
           listing.published_at ? std::optional{listing.published_at->time_since_epoch().count()}
                                : std::nullopt,
           listing.version.raw());
  if (connection_.changes() == 0) {
    return is_new ? Fault{FaultCode::already_exists, "policy: it has a listing"}
                  : Fault{FaultCode::conflict, "listing: it is not at the version before " +
                                                   std::to_string(listing.version.raw())};
  }
  return Done{};
}

}  // namespace sluice
