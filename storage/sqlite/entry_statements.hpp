// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "actors/tenant/entry.hpp"
#include "actors/tenant/ids.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about reservations and remembered answers, compiled once for
/// each connection.
///
/// Role       SQL, and values into and out of it; transactions are the caller's. What is written
///            for a tenant that does not exist is passed over.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`.
class EntryStatements {
public:
  explicit EntryStatements(SqliteConnection& connection);

  /// In the order of their ids.
  [[nodiscard]] std::vector<Entry> entries(TenantId id);
  /// Replaces the entry of the same id.
  void put(const EntryRow& row);
  void forget(const ForgottenRow& row);

private:
  Statement select_;
  Statement put_;
  Statement forget_;
  std::vector<std::byte> body_;  ///< Of the entry that is written, kept for its memory.
};

}  // namespace sluice
