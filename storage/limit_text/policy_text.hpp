// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "actors/tenant/sharing/policy.hpp"

namespace sluice {

/// What both stores keep of a policy as JSON: what no column of its own has.
///
///   {"permissions":"read execute","block":["..."],"requires_approval":false,
///    "conditions":[{"kind":"region","operator":"in","values":["eu"]}],
///    "pricing":{"kind":"usage_based","currency":"USD","period":"month","per":1000,"price":5},
///    "revenue":{"owner":9000,"minimum":0,"schedule":"monthly"}}
///
/// Role       Pure functions.
/// Errors     What is read is refused if it is not what is written.
/// Cost       A few allocations for each member.

/// At most `policy_bytes_max` bytes of what is valid.
[[nodiscard]] std::string policy_body(const SharingPolicy& policy);
/// Fills in the same; false, and the policy is anything, if it cannot be read.
[[nodiscard]] bool read_policy_body(std::string_view text, SharingPolicy& policy);

}  // namespace sluice
