// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/member.hpp"
#include "actors/tenant/meter.hpp"

namespace sluice {

/// The meter whose gauges count members, if a server has it; otherwise its id is nobody's.
inline constexpr std::string_view users_meter = "users";

[[nodiscard]] inline MeterId users_in(const MeterTable& meters) {
  const auto found = std::ranges::find(meters, users_meter, &Meter::name);
  return found == meters.end() ? MeterId{} : found->id;
}

/// A wish of somebody who has the permissions of `giver` in the tenant.
struct MemberWish {
  TenantId tenant;
  MemberEvent event;
  PermissionSet giver = PermissionSet::all();
};

/// What a wish makes of a tenant, as it is written: all of it or nothing.
struct MemberChange {
  TenantDefinition definition;      ///< With the next version.
  std::vector<Member> put{};        ///< New ones, and those that are there by the same id.
  std::optional<Member> removed{};  ///< As he was.

  /// Whom the wish was about first; nothing if it was about a role.
  [[nodiscard]] const Member* told() const {
    return removed ? &*removed : put.empty() ? nullptr : &put.front();
  }
};

/// The tenant after the wish, or why it cannot be; `concerned` are those rows of
/// `concerned_by(wish.event)` that there are.
///
///   - A tenant with members has an active owner: he is the first of them, and the last owner can
///     be neither removed, suspended nor given another role (`conflict`).
///   - Nobody gives what he has not: a role, or what a role allows, needs all its permissions of
///     the giver; and so does whatever is done to somebody who has it (`permission_denied`).
[[nodiscard]] Result<MemberChange> change_members(TenantDefinition current,
                                                  std::span<const Member> concerned,
                                                  const MemberWish& wish, WallTime now);

/// The first owner of a tenant that is being created: `owner` has his id and email.
[[nodiscard]] Result<MemberChange> with_owner(TenantDefinition founded, const Member& owner,
                                              const MeterTable& meters);

}  // namespace sluice
