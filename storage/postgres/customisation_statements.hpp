// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/tenant/customisation.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about customisations and domains.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`. Others as `Store` says.

/// The domains stand in the center, whatever is customised where.
[[nodiscard]] Customisation select_customisation(Transaction& transaction, TenantId tenant);
[[nodiscard]] std::vector<Domain> select_domains(Transaction& transaction, TenantId tenant);
[[nodiscard]] std::vector<HostedDomain> select_hosted(Transaction& transaction);
/// Of a domain that is added; how many there are is not for a transaction that is confined.
[[nodiscard]] Result<Done> check_room_for(Transaction& transaction,
                                          const CustomisationChange& change);
[[nodiscard]] std::vector<HostedDomain> select_pending(Transaction& transaction,
                                                       WallTime added_before,
                                                       std::size_t count_max);
[[nodiscard]] Result<Done> write_customisation(Transaction& transaction,
                                               const CustomisationChange& change);

}  // namespace sluice::postgres
