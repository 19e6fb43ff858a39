// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/rating_statements.hpp"

#include <cstdint>
#include <string>

#include "storage/postgres/postgres_fault.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* select_rating_sql =
    "SELECT id, listing, consumer, stars, review, created_at_ns, updated_at_ns"
    " FROM sharing_ratings ";

Rating read_rating(const pqxx::row& row) {
  const TenantId id = read_tenant_id(row, 0);
  const TenantId listing = read_tenant_id(row, 1);
  const auto stars = row[3].as<int>();
  if (stars < 1 || stars > stars_max) {
    throw DamagedRow("table sharing_ratings, " + to_string(id) + ": impossible stars");
  }
  return {.id = {id.high, id.low},
          .listing = {listing.high, listing.low},
          .consumer = read_tenant_id(row, 2),
          .stars = Stars{static_cast<std::uint8_t>(stars)},
          .review = row[4].as<std::string>(),
          .created_at = WallTime{Duration{row[5].as<std::int64_t>()}},
          .updated_at = WallTime{Duration{row[6].as<std::int64_t>()}}};
}

}  // namespace

RaterStanding select_rater(Transaction& transaction, ListingId listing, TenantId consumer) {
  RaterStanding rater;
  const pqxx::result granted = transaction.run(
      "SELECT EXISTS (SELECT FROM sharing_requests r JOIN sharing_listings l"
      " ON l.policy = r.policy WHERE l.id = $1 AND r.consumer = $2 AND r.state IN (1, 4, 5))",
      to_string(listing), to_string(consumer));
  rater.was_granted = granted[0][0].as<bool>();
  const pqxx::result rows =
      transaction.run(std::string{select_rating_sql}.append("WHERE consumer = $2 AND listing = $1"),
                      to_string(listing), to_string(consumer));
  if (!rows.empty()) {
    rater.rating = read_rating(rows[0]);
  }
  return rater;
}

Result<Done> write_rating(Transaction& transaction, const RatingChange& change) {
  const Rating& rating = change.rating;
  const std::string id = to_string(rating.id);
  const auto stars = static_cast<int>(rating.stars.raw());
  if (change.is_new) {
    transaction.run(
        "INSERT INTO sharing_ratings (id, listing, consumer, stars, review, created_at_ns,"
        " updated_at_ns) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id, to_string(rating.listing), to_string(rating.consumer), stars, rating.review,
        rating.created_at.time_since_epoch().count(), rating.updated_at.time_since_epoch().count());
    return Done{};
  }
  const pqxx::result written =
      change.removed
          ? transaction.run("DELETE FROM sharing_ratings WHERE id = $1 AND consumer = $2", id,
                            to_string(rating.consumer))
          : transaction.run(
                "UPDATE sharing_ratings SET stars = $3, review = $4,"
                " updated_at_ns = $5 WHERE id = $1 AND consumer = $2",
                id, to_string(rating.consumer), stars, rating.review,
                rating.updated_at.time_since_epoch().count());
  return written.affected_rows() > 0
             ? Result<Done>{Done{}}
             : Fault{FaultCode::not_found, "rating " + id + " does not exist"};
}

RatingPage select_ratings(Transaction& transaction, const RatingQuery& query) {
  const bool is_of_listing = query.listing != ListingId{};
  // One more than asked tells whether there are more.
  const pqxx::result rows = transaction.run(
      std::string{select_rating_sql}
          .append(is_of_listing ? "WHERE listing = $1" : "WHERE consumer = $1")
          .append(" AND ($2 = '' OR id < nullif($2, '')::uuid) ORDER BY id DESC LIMIT $3"),
      is_of_listing ? to_string(query.listing) : to_string(query.asking),
      query.after ? to_string(*query.after) : std::string{}, query.page_size + 1);
  RatingPage page;
  for (const auto& row : rows) {
    page.ratings.push_back(read_rating(row));
  }
  page.more = page.ratings.size() > query.page_size;
  if (page.more) {
    page.ratings.pop_back();
  }
  return page;
}

}  // namespace sluice::postgres
