// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "actors/tenant/tier.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about tiers.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`.

/// In the order of a catalogue.
[[nodiscard]] TierCatalogue select_tiers(Transaction& transaction);
/// `limit_exceeded` if it is new and there are `tiers_max`.
[[nodiscard]] Result<Done> put_tier(Transaction& transaction, const Tier& tier);
/// `not_found` if there is none.
[[nodiscard]] Result<Done> delete_tier(Transaction& transaction, std::string_view name);

}  // namespace sluice::postgres
