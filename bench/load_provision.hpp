// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "actors/tenant/fault.hpp"
#include "bench/load_tenants.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::bench {

/// Creates the tenants of a load, and leaves those alone that are there already. Tells after each
/// how many there are.
[[nodiscard]] Result<Done> provision(client::OperatorClient& server, LimitPreset preset,
                                     const Quota& quota, std::size_t tenants,
                                     const std::function<void(std::size_t)>& progress);

}  // namespace sluice::bench
