// SPDX-License-Identifier: Apache-2.0
#include "server/auth/principal.hpp"

namespace sluice::auth {

PermissionSet to_be_given_by(const Principal& operator_) {
  return operator_.permissions.has(Permission::ownership_write)
             ? PermissionSet::all()
             : PermissionSet::all().without(Permission::ownership_write);
}

void ClaimedRoles::find(const Principal& member, TenantId tenant, std::uint16_t /*reactor*/,
                        Answer answer) const {
  const bool is_member = member.role && member.covers(tenant);
  answer(is_member ? permissions_of(*member.role) : PermissionSet{});
}

}  // namespace sluice::auth
