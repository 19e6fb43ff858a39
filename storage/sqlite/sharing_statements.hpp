// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "actors/tenant/sharing/sharing_change.hpp"
#include "actors/tenant/store.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about sharing, compiled once for each connection.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`. Others as `Store` says.
class SharingStatements {
public:
  explicit SharingStatements(SqliteConnection& connection);

  /// What a tenant holds, in the order of the ids.
  [[nodiscard]] std::vector<SharingGrant> grants(TenantId consumer);
  [[nodiscard]] std::vector<SharingPolicy> policies();
  [[nodiscard]] std::optional<SharingPolicy> policy(PolicyId id);
  [[nodiscard]] SharingPage requests(const SharingQuery& query);
  [[nodiscard]] std::optional<SharingRequest> request(SharingId id);
  [[nodiscard]] bool was_revoked(PolicyId policy, TenantId consumer);
  [[nodiscard]] SharingDue due(WallTime by, std::size_t count_max);

  [[nodiscard]] Result<Done> put(const SharingPolicy& policy);
  [[nodiscard]] Result<Done> remove(PolicyId id);
  void sweep(PolicyId id);
  [[nodiscard]] Result<Done> put(const RequestStep& step);
  /// These are all that the consumer holds.
  void put_grants(const TenantDefinition& consumer);
  [[nodiscard]] std::size_t grants_of(PolicyId policy);

private:
  [[nodiscard]] Result<Done> insert(const SharingPolicy& policy);
  [[nodiscard]] Result<Done> insert(const SharingRequest& request);
  [[nodiscard]] std::size_t count(Statement& statement, std::span<const std::byte> key);

  SqliteConnection& connection_;
  Statement select_grants_;
  Statement select_policies_;
  Statement select_policy_;
  Statement select_resource_;
  Statement select_of_owner_;
  Statement select_of_consumer_;
  Statement select_request_;
  Statement select_open_;
  Statement select_last_end_;
  Statement due_grants_;
  Statement due_policies_;
  Statement count_policies_;
  Statement count_pending_;
  Statement count_grants_;
  Statement insert_policy_;
  Statement update_policy_;
  Statement sweep_policy_;
  Statement delete_policy_;
  Statement insert_request_;
  Statement update_request_;
  Statement put_grant_;
  Statement delete_grant_;
};

}  // namespace sluice
