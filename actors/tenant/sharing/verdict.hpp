// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sluice {

/// What sharing says of a check that names a resource. Everything but `admitted` refuses it as
/// `access_denied`, before any limit is looked at. New ones come last: they travel, and are kept.
enum class ShareVerdict : std::uint8_t {
  none,            ///< The check names no resource, or was refused before anybody looked at it.
  admitted,        ///< As far as sharing goes; limits may be in the way all the same.
  no_such_policy,  ///< Nobody shares it, or not any more: resolve the resource again.
  policy_expired,
  blocked,   ///< The tenant is on the owner's block list.
  no_grant,  ///< The tenant has no grant, or not any more.
  grant_expired,
  permission,  ///< Neither the grant nor `admin` covers what is asked for.
  // A condition of the policy does not hold:
  tier_minimum,
  tier_exact,
  region,
  compliance,
  cost_limit,
  usage_limit,
  time_window,
  ip_allowlist,
  first_use,       ///< Of a public policy: it is granted as soon as it was asked for.
  owner_inactive,  ///< The owner is suspended, deactivated, or at the end of its trial.
  made_private,    ///< The tenant has a grant, but the owner shares it with nobody for now.
};
inline constexpr ShareVerdict share_verdict_last = ShareVerdict::made_private;

/// Such as `no_grant`, or `condition: region`.
[[nodiscard]] const char* to_string(ShareVerdict verdict);

}  // namespace sluice
