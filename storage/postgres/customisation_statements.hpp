// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/tenant/customisation.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about customisations and domains.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`. Others as `Store` says.

[[nodiscard]] Customised select_customisation(Transaction& transaction, TenantId tenant);
[[nodiscard]] std::vector<HostedDomain> select_hosted(Transaction& transaction);
[[nodiscard]] Result<Done> write_customisation(Transaction& transaction,
                                               const CustomisationChange& change);

}  // namespace sluice::postgres
