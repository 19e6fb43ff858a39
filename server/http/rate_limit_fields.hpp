// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/check.hpp"
#include "actors/tenant/time.hpp"
#include "server/http/http_message.hpp"
#include "server/http/policies.hpp"

namespace sluice::http {

/// Adds what a decision tells in header fields: `RateLimit-Policy` and `RateLimit` of
/// draft-ietf-httpapi-ratelimit-headers (`"monthly";q=1000;w=86400` and `"monthly";r=12;t=3600`),
/// of the limit that decided, if it has a size and its name is known; and `Retry-After` in seconds,
/// rounded up, of a refusal that waiting helps.
void add_rate_limit_fields(Response& response, const Decision& decision, const Policy* policy,
                           WallTime now);

}  // namespace sluice::http
