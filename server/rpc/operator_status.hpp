// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/runtime/engine.hpp"
#include "protocol/codec.hpp"
#include "server/rpc/service.hpp"

namespace sluice {

/// What `Operator.status` tells, put together of its parts.
///
/// Threading  Confined to its reactor, but for the counts of connections, which are atomic.
/// Errors     None.
[[nodiscard]] ServerStatus status_of(const RpcEnvironment& environment,
                                     const OwnershipStatus& ownership,
                                     std::vector<ReactorStatus> reactors);

}  // namespace sluice
