// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/ownership.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about who owns it, compiled once for each connection.
///
/// Role       SQL, and values into and out of it. The caller holds a transaction that writes, so
///            what is asked here is still true when that commits.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     `fenced` and `conflict` as in `Store`. Throws `SqliteError` and `DamagedRow`.
class OwnershipStatements {
public:
  explicit OwnershipStatements(SqliteConnection& connection);

  /// `fenced` unless this is the newest epoch and it was not given back.
  [[nodiscard]] Result<Done> check(Epoch epoch);
  /// Nobody else has the file open, so no lease protects what another server did not give back.
  [[nodiscard]] Result<Ownership> acquire(const Claim& claim);
  /// Giving back twice is giving back once.
  [[nodiscard]] Result<Done> release(Epoch epoch);

  /// Never lowers it.
  void raise(ShardId shard, Watermark to);

private:
  struct Owner {
    Epoch epoch;
    std::string server;  ///< Empty: nobody yet.
    std::string name;
    bool clean;
  };
  [[nodiscard]] Owner owner();
  [[nodiscard]] std::optional<ClockKind> clock();
  [[nodiscard]] std::vector<Watermark> stored();

  SqliteConnection& connection_;
  Statement select_owner_;
  Statement select_clock_;
  Statement update_clock_;
  Statement update_owner_;
  Statement release_;
  Statement select_shards_;
  Statement raise_;
};

}  // namespace sluice
