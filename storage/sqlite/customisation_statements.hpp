// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/tenant/customisation.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// What the store says to the database about customisations and domains, compiled once for each
/// connection.
///
/// Role       SQL, and values into and out of it; transactions are the caller's.
/// Threading  As the connection.
/// Ownership  Borrows the connection, which must outlive it.
/// Errors     Throws `SqliteError` and `DamagedRow`. Others as `Store` says.
class CustomisationStatements {
public:
  explicit CustomisationStatements(SqliteConnection& connection);

  [[nodiscard]] Customised find(TenantId tenant);
  [[nodiscard]] std::vector<HostedDomain> hosted();
  [[nodiscard]] std::vector<HostedDomain> pending(WallTime added_before, std::size_t count_max);
  /// Of a tenant that there is.
  [[nodiscard]] Result<Done> write(const CustomisationChange& change);

private:
  [[nodiscard]] Result<Done> put(TenantId tenant, const Customisation& custom);
  [[nodiscard]] Result<Done> put(TenantId tenant, const Domain& domain);

  SqliteConnection& connection_;
  Statement select_;
  Statement insert_;
  Statement update_;
  Statement select_domains_;
  Statement select_hosted_;
  Statement select_pending_;
  Statement insert_domain_;
  Statement verify_domain_;
  Statement delete_domain_;
};

}  // namespace sluice
