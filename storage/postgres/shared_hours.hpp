// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/tenant/sharing/books.hpp"
#include "actors/tenant/sharing/shared_uses.hpp"
#include "actors/tenant/store.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about uses of what is shared.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`.

/// The hours of a batch, those that are open in its entries, too. An hour only grows: the greater
/// numbers stand, so writing it twice, or in another order, is writing it once.
void put_shared_hours(Transaction& transaction, const SaveBatch& batch);
[[nodiscard]] SharedUsePage select_shared_uses(Transaction& transaction,
                                               const SharedUseQuery& query);
[[nodiscard]] std::vector<SharedHourRow> select_shared_hours(Transaction& transaction,
                                                             const SharedUsageQuery& query);

}  // namespace sluice::postgres
