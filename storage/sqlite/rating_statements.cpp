// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/rating_statements.hpp"

#include <string>

#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

constexpr std::string_view select_granted_sql =
    "SELECT EXISTS (SELECT 1 FROM sharing_requests r JOIN sharing_listings l"
    " ON l.policy = r.policy WHERE l.id = ?1 AND r.consumer = ?2 AND r.state IN (1, 4, 5))";
constexpr std::string_view insert_rating_sql =
    "INSERT INTO sharing_ratings (id, listing, consumer, stars, review, created_at_ns,"
    " updated_at_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
constexpr std::string_view update_rating_sql =
    "UPDATE sharing_ratings SET stars = ?3, review = ?4, updated_at_ns = ?5"
    " WHERE id = ?1 AND consumer = ?2";

std::string select_ratings(const char* rest) {
  return std::string{
      "SELECT id, listing, consumer, stars, review, created_at_ns, updated_at_ns"
      " FROM sharing_ratings WHERE "}
      .append(rest);
}

IdBytes listing_key(ListingId id) {
  return bytes_of(TenantId{id.high, id.low});
}

Rating read_rating(const Cursor& row) {
  const TenantId id = id_of(row.blob(0));
  const TenantId listing = id_of(row.blob(1));
  const std::int64_t stars = row.integer(3);
  if (stars < 1 || stars > stars_max) {
    throw DamagedRow("table sharing_ratings, " + to_string(id) + ": impossible stars");
  }
  return {.id = {id.high, id.low},
          .listing = {listing.high, listing.low},
          .consumer = id_of(row.blob(2)),
          .stars = Stars{static_cast<std::uint8_t>(stars)},
          .review = std::string{row.text(4)},
          .created_at = WallTime{Duration{row.integer(5)}},
          .updated_at = WallTime{Duration{row.integer(6)}}};
}

}  // namespace

RatingStatements::RatingStatements(SqliteConnection& connection)
    : connection_(connection),
      select_granted_(connection, select_granted_sql),
      select_(connection, select_ratings("consumer = ?2 AND listing = ?1")),
      select_page_(connection, select_ratings("listing = ?1 AND (?2 IS NULL OR id < ?2)"
                                              " ORDER BY id DESC LIMIT ?3")),
      select_given_(connection, select_ratings("consumer = ?1 AND (?2 IS NULL OR id < ?2)"
                                               " ORDER BY id DESC LIMIT ?3")),
      insert_(connection, insert_rating_sql),
      update_(connection, update_rating_sql),
      delete_(connection, "DELETE FROM sharing_ratings WHERE id = ?1 AND consumer = ?2") {}

RaterStanding RatingStatements::rater(ListingId listing, TenantId consumer) {
  const IdBytes key = listing_key(listing);
  const IdBytes by = bytes_of(consumer);
  RaterStanding rater;
  {
    Cursor row = select_granted_.start(key, by);
    rater.was_granted = row.next() && row.integer(0) != 0;
  }
  Cursor row = select_.start(key, by);
  if (row.next()) {
    rater.rating = read_rating(row);
  }
  return rater;
}

Result<Done> RatingStatements::write(const RatingChange& change) {
  const Rating& rating = change.rating;
  const IdBytes id = bytes_of(TenantId{rating.id.high, rating.id.low});
  const IdBytes consumer = bytes_of(rating.consumer);
  const std::int64_t updated = rating.updated_at.time_since_epoch().count();
  if (change.is_new) {
    const IdBytes listing = listing_key(rating.listing);
    insert_.run(id, listing, consumer, rating.stars.raw(), std::string_view{rating.review},
                rating.created_at.time_since_epoch().count(), updated);
    return Done{};
  }
  if (change.removed) {
    delete_.run(id, consumer);
  } else {
    update_.run(id, consumer, rating.stars.raw(), std::string_view{rating.review}, updated);
  }
  return connection_.changes() > 0
             ? Result<Done>{Done{}}
             : Fault{FaultCode::not_found, "rating " + to_string(rating.id) + " does not exist"};
}

RatingPage RatingStatements::page(const RatingQuery& query) {
  const bool is_of_listing = query.listing != ListingId{};
  const IdBytes of = is_of_listing ? listing_key(query.listing) : bytes_of(query.asking);
  const auto after = query.after
                         ? std::optional{bytes_of(TenantId{query.after->high, query.after->low})}
                         : std::nullopt;
  // One more than asked tells whether there are more.
  Statement& select = is_of_listing ? select_page_ : select_given_;
  Cursor row = select.start(Blob{of}, after ? std::optional{Blob{*after}} : std::nullopt,
                            query.page_size + 1);
  RatingPage page;
  while (row.next()) {
    if (page.ratings.size() == query.page_size) {
      page.more = true;
      break;
    }
    page.ratings.push_back(read_rating(row));
  }
  return page;
}

}  // namespace sluice
