// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "actors/tenant/analytics/usage_records.hpp"
#include "actors/tenant/store.hpp"
#include "storage/postgres/session.hpp"
#include "storage/postgres/spending_statements.hpp"

namespace sluice::postgres {

/// What the store says to the database about history by the values of labels: of rows that are
/// parts of buckets, and of no others.
///
/// Role       SQL, and values into and out of it; transactions are the caller's. What is written
///            for a tenant that does not exist is passed over.
/// Threading  As the transaction.
/// Errors     Throws what libpqxx throws, and `DamagedRow`.

void select_open_values(Transaction& transaction, const std::string& ids,
                        const RecordOf& record_of);
/// Counts minutes that are not there yet in their hours and days, puts those that are open, and
/// ends what was open of a closed one.
void write_values(Transaction& transaction, std::span<const UsageRow> closed,
                  std::span<const UsageRow> open);
/// Of a query that has a label: the first `points_max` of what is closed and what is still open,
/// summed.
[[nodiscard]] std::vector<UsagePoint> select_values(Transaction& transaction,
                                                    const UsageQuery& query);
/// Whether there may be more.
[[nodiscard]] bool forget_values(Transaction& transaction, const UsageForgetting& what);

}  // namespace sluice::postgres
