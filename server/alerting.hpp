// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/clock.hpp"
#include "actors/tenant/store.hpp"
#include "server/config/config.hpp"
#include "server/webhooks/courier.hpp"

namespace sluice {

/// What the configuration says of webhooks, made ready.
///
/// Errors     `invalid_argument` names the option, or the file that is of no use.
[[nodiscard]] Result<webhooks::CourierOptions> open_webhooks(const ServerConfig& config);

/// Delivers alerts from now on, with a connection to the store of its own. The engine must have
/// started, and outlives what is answered.
[[nodiscard]] Result<std::unique_ptr<webhooks::Courier>> start_courier(
    webhooks::CourierOptions options, const StoreFactory& stores, const Engine& engine,
    const Clock& clock, Observer& observer);

}  // namespace sluice
