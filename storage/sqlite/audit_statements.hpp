// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "actors/tenant/audit.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about the audit, compiled once for each connection.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`.
/// Cost       `append` a hash and three statements.
class AuditStatements {
public:
  explicit AuditStatements(SqliteConnection& connection);

  void append(const AuditDraft& draft);
  /// Unless it was appended before.
  void append(const AuditRow& row);
  [[nodiscard]] AuditPage page(const AuditQuery& query);
  [[nodiscard]] AuditCheck check(TenantId chain, const std::optional<AuditMark>& from);
  /// Of up to a few hundred chains.
  void forget(WallTime before);

private:
  struct Chain {
    AuditMark anchor;
    AuditMark last;
    bool there = false;
  };
  [[nodiscard]] bool has_tenant(TenantId tenant);
  [[nodiscard]] Chain chain(TenantId tenant);
  void append(const AuditDraft& draft, const EntryId* change);

  Statement chain_;
  Statement tenant_;
  Statement put_chain_;
  Statement insert_;
  Statement find_change_;
  Statement page_;
  Statement follow_;
  Statement old_chains_;
  Statement last_old_;
  Statement put_anchor_;
  Statement delete_;
};

}  // namespace sluice
