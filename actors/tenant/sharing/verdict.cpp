// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/verdict.hpp"

namespace sluice {

const char* to_string(ShareVerdict verdict) {
  switch (verdict) {
    case ShareVerdict::none:
      return "none";
    case ShareVerdict::admitted:
      return "admitted";
    case ShareVerdict::no_such_policy:
      return "no_such_policy";
    case ShareVerdict::policy_expired:
      return "policy_expired";
    case ShareVerdict::blocked:
      return "blocked";
    case ShareVerdict::no_grant:
      return "no_grant";
    case ShareVerdict::grant_expired:
      return "grant_expired";
    case ShareVerdict::permission:
      return "permission";
    case ShareVerdict::tier_minimum:
      return "condition: tier_minimum";
    case ShareVerdict::tier_exact:
      return "condition: tier_exact";
    case ShareVerdict::region:
      return "condition: region";
    case ShareVerdict::compliance:
      return "condition: compliance";
    case ShareVerdict::cost_limit:
      return "condition: cost_limit";
    case ShareVerdict::usage_limit:
      return "condition: usage_limit";
    case ShareVerdict::time_window:
      return "condition: time_window";
    case ShareVerdict::ip_allowlist:
      return "condition: ip_allowlist";
    case ShareVerdict::first_use:
      return "first_use";
    case ShareVerdict::owner_inactive:
      return "owner_inactive";
    case ShareVerdict::made_private:
      return "made_private";
  }
  return "unknown";
}

}  // namespace sluice
