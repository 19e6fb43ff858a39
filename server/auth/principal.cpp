// SPDX-License-Identifier: Apache-2.0
#include "server/auth/principal.hpp"

namespace sluice::auth {

void ClaimedRoles::find(const Principal& member, TenantId tenant, Answer answer) const {
  const bool is_member = member.role && member.covers(tenant);
  answer(is_member ? permissions_of(*member.role) : PermissionSet{});
}

}  // namespace sluice::auth
