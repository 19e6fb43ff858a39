// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "edge/envoy/mapping.hpp"
#include "protocol/client/client.hpp"

namespace sluice::envoy {

/// Answers Envoy's rate limit filter: `envoy.service.ratelimit.v3.RateLimitService`.
///
/// A request is one check, whatever its descriptors: allowed is OK, and any refusal is OVER_LIMIT,
/// with `retry-after` where waiting helps. What the mapping has no tenant for is OK. A request
/// whose descriptors disagree is INVALID_ARGUMENT; when the server is away it is UNAVAILABLE, so
/// that Envoy's own `failure_mode_deny` decides.
///
/// Role       Translates; the client library asks.
/// Threading  Called on gRPC's threads, answers on the client's.
/// Ownership  Borrows both, which must outlive the gRPC server.
/// Errors     As above.
/// Cost       A few small allocations for each request, as gRPC has them, too.
[[nodiscard]] std::unique_ptr<grpc::Service> make_rate_limits(client::Client& client,
                                                              const Mapping& mapping);

}  // namespace sluice::envoy
