// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "actors/tenant/tier.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about tiers, compiled once for each connection.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`.
class TierStatements {
public:
  explicit TierStatements(SqliteConnection& connection);

  /// In the order of a catalogue.
  [[nodiscard]] TierCatalogue tiers();
  void put(const Tier& tier);
  /// False if there is none.
  [[nodiscard]] bool remove(std::string_view name);

private:
  SqliteConnection& connection_;
  Statement select_;
  Statement put_;
  Statement delete_;
};

}  // namespace sluice
