// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "actors/tenant/tier.hpp"
#include "ops/sluicectl/server_link.hpp"

namespace sluice::ctl {

/// Reads a tier from JSON: what `tier show --json` prints, or less.
///
///   {"name":"team","rank":25,"sla":"99.5 %",
///    "limits":["api_requests=api_requests:500k/month,throttle,soft=80%",
///              {"name":"storage","meter":"storage_bytes","size":20000000000,"period":"never"}],
///    "features":{"sso":true,"seats":50,"theme":"dark"}}
///
/// A limit is an object, or the short form of `tenant create --limit`. Members that are not known
/// are refused, but for `unit` and `version`, which are passed over.
///
/// Errors     Throws `Failure` that names the member. What the server checks (names, bounds) is
///            left to it.
[[nodiscard]] Tier tier_from(std::string_view json, ServerLink& link);

}  // namespace sluice::ctl
