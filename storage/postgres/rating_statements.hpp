// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/sharing/rating.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about ratings; the tallies of listings follow by triggers.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`. Others as `Store` says.

/// Not for a transaction that is confined to a tenant: the listing is another's.
[[nodiscard]] RaterStanding select_rater(Transaction& transaction, ListingId listing,
                                         TenantId consumer);
[[nodiscard]] Result<Done> write_rating(Transaction& transaction, const RatingChange& change);
[[nodiscard]] RatingPage select_ratings(Transaction& transaction, const RatingQuery& query);

}  // namespace sluice::postgres
