// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/listing_statements.hpp"

#include <cstdint>
#include <string>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "storage/limit_text/listing_text.hpp"
#include "storage/postgres/postgres_fault.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

// Who was granted access before there was a listing counts, too.
constexpr const char* insert_listing_sql =
    "INSERT INTO sharing_listings (id, policy, owner, title, description, category, tags, images,"
    " state, featured, created_at_ns, updated_at_ns, published_at_ns, version, installs)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
    " (SELECT count(DISTINCT consumer) FROM sharing_requests"
    "  WHERE policy = $2 AND state IN (1, 4, 5)))"
    " ON CONFLICT DO NOTHING";
constexpr const char* update_listing_sql =
    "UPDATE sharing_listings SET title = $4, description = $5, category = $6, tags = $7,"
    " images = $8, state = $9, featured = $10, created_at_ns = $11, updated_at_ns = $12,"
    " published_at_ns = $13, version = $14"
    " WHERE id = $1 AND policy = $2 AND owner = $3 AND version + 1 = $14";

/// A number that must be one of an enumeration's.
template <class Enum>
Enum read_enumerated(const pqxx::row& row, int column, Enum last, std::string_view what) {
  const auto raw = row[column].as<int>();
  if (raw < 0 || raw > static_cast<int>(last)) {
    throw DamagedRow("the marketplace: an impossible " + std::string{what});
  }
  return static_cast<Enum>(raw);
}

std::optional<WallTime> read_time_or_nothing(const pqxx::row& row, int column) {
  return row[column].is_null() ? std::nullopt
                               : std::optional{WallTime{Duration{row[column].as<std::int64_t>()}}};
}

std::vector<std::string> read_texts(const pqxx::row& row, int column) {
  auto texts = parse_text_list(row[column].as<std::string>());
  if (!texts) {
    throw DamagedRow("table sharing_listings, " + row[0].as<std::string>() +
                     ": its tags or images cannot be read");
  }
  return *std::move(texts);
}

/// Of columns that begin at `first`.
ListedPolicy read_listed_policy(const pqxx::row& row, int first) {
  const auto pricing = parse_pricing_kind(row[first + 5].as<std::string>());
  if (!pricing) {
    throw DamagedRow("table sharing_policies: a pricing that cannot be read");
  }
  return {.owner = read_tenant_id(row, first),
          .resource = {read_enumerated(row, first + 1, ResourceType::custom, "type of a resource"),
                       row[first + 2].as<std::string>()},
          .visibility = read_enumerated(row, first + 3, Visibility::everyone, "visibility"),
          .pricing = *pricing,
          .expires_at = read_time_or_nothing(row, first + 4)};
}

}  // namespace

FoundListing read_found_listing(const pqxx::row& row) {
  const TenantId id = read_tenant_id(row, 0);
  const TenantId policy = read_tenant_id(row, 1);
  Listing listing{.id = {id.high, id.low},
                  .policy = {policy.high, policy.low},
                  .owner = read_tenant_id(row, 2)};
  listing.text = {row[3].as<std::string>(), row[4].as<std::string>(), row[5].as<std::string>(),
                  read_texts(row, 6), read_texts(row, 7)};
  listing.state = read_enumerated(row, 8, ListingState::unpublished, "state of a listing");
  listing.featured = row[9].as<int>() != 0;
  listing.tally = {row[10].as<std::uint64_t>(), row[11].as<std::uint64_t>(),
                   row[12].as<std::uint64_t>(), row[13].as<std::uint64_t>()};
  listing.created_at = WallTime{Duration{row[14].as<std::int64_t>()}};
  listing.updated_at = WallTime{Duration{row[15].as<std::int64_t>()}};
  listing.published_at = read_time_or_nothing(row, 16);
  listing.version = Version{row[17].as<std::uint64_t>()};
  return {std::move(listing), read_listed_policy(row, 18)};
}

std::optional<FoundListing> select_listing(Transaction& transaction, ListingId id) {
  const pqxx::result rows =
      transaction.run(std::string{"SELECT "}
                          .append(found_listing_columns)
                          .append(" FROM sharing_listings l JOIN sharing_policies p"
                                  " ON p.id = l.policy WHERE l.id = $1"),
                      to_string(id));
  return rows.empty() ? std::nullopt : std::optional{read_found_listing(rows[0])};
}

Result<Done> write_listing(Transaction& transaction, const ListingChange& change) {
  const Listing& listing = change.listing;
  const std::string id = to_string(listing.id);
  if (change.removed) {
    const pqxx::result gone =
        transaction.run("DELETE FROM sharing_listings WHERE id = $1 AND version = $2", id,
                        static_cast<std::int64_t>(listing.version.raw()));
    return gone.affected_rows() > 0 ? Result<Done>{Done{}} : no_listing(listing.id);
  }
  const bool is_new = listing.version == Version{1};
  const pqxx::result written = transaction.run(
      is_new ? insert_listing_sql : update_listing_sql, id, to_string(listing.policy),
      to_string(listing.owner), listing.text.title, listing.text.description, listing.text.category,
      text_list(listing.text.tags), text_list(listing.text.images), static_cast<int>(listing.state),
      listing.featured, listing.created_at.time_since_epoch().count(),
      listing.updated_at.time_since_epoch().count(),
      listing.published_at ? std::optional{listing.published_at->time_since_epoch().count()}
                           : std::nullopt,
      static_cast<std::int64_t>(listing.version.raw()));
  if (written.affected_rows() == 0) {
    return is_new ? Fault{FaultCode::already_exists, "policy: it has a listing"}
                  : Fault{FaultCode::conflict, "listing: it is not at the version before " +
                                                   std::to_string(listing.version.raw())};
  }
  return Done{};
}

}  // namespace sluice::postgres
