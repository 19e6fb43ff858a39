// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/tenant/api_key.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about API keys, compiled once for each connection.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`.
class KeyStatements {
public:
  explicit KeyStatements(SqliteConnection& connection);

  /// In the order of their ids.
  [[nodiscard]] std::vector<ApiKey> keys();
  [[nodiscard]] std::size_t count();
  void insert(const ApiKey& key);
  /// False if there is none.
  [[nodiscard]] bool remove(KeyId id);
  /// Takes a tenant out of those that keys name; who names no other is deleted.
  void uncover(TenantId tenant);

private:
  SqliteConnection& connection_;
  Statement select_;
  Statement count_;
  Statement insert_;
  Statement delete_;
  Statement delete_of_tenant_;
  Statement uncover_;
};

}  // namespace sluice
