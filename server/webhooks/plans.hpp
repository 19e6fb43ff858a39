// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "actors/tenant/customisation.hpp"
#include "actors/tenant/store.hpp"

namespace sluice::webhooks {

/// Alerts that were planned, and why not all.
struct PlannedAlerts {
  std::vector<Alert> alerts{};
  Result<Done> outcome{Done{}};
};

/// Writes to whom new alerts go, up to so many of them.
///
/// Threading  That of the store.
/// Errors     Those of the store; what was planned before is told all the same.
/// Cost       For each tenant that has one, two reads; a transaction for some dozens.
[[nodiscard]] PlannedAlerts plan_alerts(Store& store, std::span<const Webhook> platforms,
                                        WallTime now, std::size_t count_max, Epoch epoch);

/// The webhook of a delivery as it is now; nothing if there is none any more, or it is switched
/// off.
[[nodiscard]] Result<std::optional<Webhook>> find_webhook(Store& store, const DueDelivery& due,
                                                          std::span<const Webhook> platforms);

}  // namespace sluice::webhooks
