// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/feature.hpp"
#include "actors/tenant/tier.hpp"

namespace sluice {

/// What both stores keep of features and tiers as JSON.
///
///   {"seats":5,"sso":true,"theme":"dark"}
///   {"features":{},"limits":[{"enforcement":"block","meter":1,"name":"api_requests",
///    "rule":{"period":"month","size":10000},"thresholds":[80,100]}],"sla":"99 %"}
///
/// A limit has also `soft_limit`, `overage` (`price_micros`, `per`, and perhaps `cap`), `labels`
/// (as in limit_text.hpp), `shadow` and `releases_on_expiry`, where they are not the default. A
/// rule is as in an override, or `{"credit_period":"month"}`.
///
/// Role       Pure functions.
/// Errors     What is read gives nothing if it is not what is written.
/// Cost       A few allocations for each member.

[[nodiscard]] std::string features_text(const Features& features);
[[nodiscard]] std::optional<Features> parse_features(std::string_view text);

/// What of a tier has no column of its own: limits, features and SLA.
[[nodiscard]] std::string tier_body_text(const Tier& tier);
/// With nothing else than that filled in.
[[nodiscard]] std::optional<Tier> parse_tier_body(std::string_view text);

}  // namespace sluice
