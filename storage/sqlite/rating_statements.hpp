// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/sharing/rating.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about ratings, compiled once for each connection; the
/// tallies of listings follow by triggers.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`. Others as `Store` says.
class RatingStatements {
public:
  explicit RatingStatements(SqliteConnection& connection);

  [[nodiscard]] RaterStanding rater(ListingId listing, TenantId consumer);
  [[nodiscard]] Result<Done> write(const RatingChange& change);
  [[nodiscard]] RatingPage page(const RatingQuery& query);

private:
  SqliteConnection& connection_;
  Statement select_granted_;
  Statement select_;
  Statement select_page_;
  Statement select_given_;
  Statement insert_;
  Statement update_;
  Statement delete_;
};

}  // namespace sluice
