// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"

namespace sluice::text {

/// What is shared, as people and programs read and write it: over HTTP, and in the files of
/// sluicectl. Pure functions. Meters are told by their names; `meters` is all there are.

[[nodiscard]] nlohmann::ordered_json json_of(const SharingPolicy& policy, const MeterTable& meters);
[[nodiscard]] nlohmann::ordered_json json_of(const PolicyPage& page, const MeterTable& meters);
[[nodiscard]] nlohmann::ordered_json json_of(const SharingRequest& request);
[[nodiscard]] nlohmann::ordered_json json_of(const SharingPage& page);

/// Reads a whole policy: what is not there has its default. Who owns it, and the times, are passed
/// over; a `version` is the one that is expected, and 0 is any. Without `revenue` that stays as it
/// is. A fault names the member, as in `policy.conditions[2].operator`.
[[nodiscard]] Result<PolicyWish> parse_policy(const nlohmann::ordered_json& json,
                                              const MeterTable& meters);

}  // namespace sluice::text
