// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/ownership.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// Who owns the database.
///
/// `check` and `acquire` lock the same row until their transaction ends, so that what was checked
/// is still true at the commit; commits do not exclude each other. All moments are the database's
/// own: the clocks of two servers need not agree.
///
/// Errors     `fenced` and `conflict` as in `Store`. Throws what pqxx throws, and `DamagedRow`.

/// `fenced` unless this is the newest epoch and it was not given back.
[[nodiscard]] Result<Done> check(Transaction& transaction, Epoch epoch);
[[nodiscard]] Result<Ownership> acquire(Transaction& transaction, const Claim& claim);
/// The lease runs from now on for as long as it was claimed for.
[[nodiscard]] Result<Done> renew(Transaction& transaction, Epoch epoch);
[[nodiscard]] Result<Done> release(Transaction& transaction, Epoch epoch);

/// Takes the watermarks of these shards, each at most once, up to here and never down.
void raise(Transaction& transaction, std::vector<ShardId> shards, Watermark to);

}  // namespace sluice::postgres
