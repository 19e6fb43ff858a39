// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "actors/tenant/entry.hpp"
#include "storage/postgres/session.hpp"
#include "storage/postgres/spending_statements.hpp"

namespace sluice::postgres {

/// What the store says to the database about reservations and remembered answers; in arrays, like
/// what was spent. What is written for a tenant that does not exist is passed over.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`.

/// Puts entries to their tenants, in the order of their ids; `ids` is an array of the tenants that
/// are wanted.
void select_entries(Transaction& transaction, const std::string& ids, const RecordOf& record_of);

/// The last of several rows of one entry is what counts.
void put_entries(Transaction& transaction, std::span<const EntryRow> rows);
void forget_entries(Transaction& transaction, std::span<const ForgottenRow> rows);

}  // namespace sluice::postgres
