// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"

namespace sluice {

/// What a caller may do: an area, and a verb.
enum class Permission : std::uint8_t {
  // Within a tenant:
  tenant_read,
  tenant_write,
  members_read,
  members_write,
  ownership_write,  ///< Makes somebody else the owner.
  quotas_read,
  quotas_write,
  usage_read,
  billing_read,
  billing_write,
  sharing_read,
  sharing_write,
  customization_read,
  customization_write,
  audit_read,
  // Of the platform:
  checks_write,  ///< Spends: what a gateway does.
  keys_read,
  keys_write,
  platform_read,
  platform_write,
};
inline constexpr std::size_t permission_count = 20;

struct PermissionName {
  Permission permission;
  std::string_view name;
};
/// In the order of `Permission`.
inline constexpr std::array<PermissionName, permission_count> permission_names{{
    {Permission::tenant_read, "tenant:read"},
    {Permission::tenant_write, "tenant:write"},
    {Permission::members_read, "members:read"},
    {Permission::members_write, "members:write"},
    {Permission::ownership_write, "ownership:write"},
    {Permission::quotas_read, "quotas:read"},
    {Permission::quotas_write, "quotas:write"},
    {Permission::usage_read, "usage:read"},
    {Permission::billing_read, "billing:read"},
    {Permission::billing_write, "billing:write"},
    {Permission::sharing_read, "sharing:read"},
    {Permission::sharing_write, "sharing:write"},
    {Permission::customization_read, "customization:read"},
    {Permission::customization_write, "customization:write"},
    {Permission::audit_read, "audit:read"},
    {Permission::checks_write, "checks:write"},
    {Permission::keys_read, "keys:read"},
    {Permission::keys_write, "keys:write"},
    {Permission::platform_read, "platform:read"},
    {Permission::platform_write, "platform:write"},
}};
static_assert(static_cast<std::size_t>(Permission::platform_write) + 1 == permission_count);

[[nodiscard]] constexpr std::string_view to_string(Permission permission) {
  return permission_names[static_cast<std::size_t>(permission)].name;
}

/// Any of the permissions.
class PermissionSet {
public:
  constexpr PermissionSet() = default;
  constexpr PermissionSet(std::initializer_list<Permission> permissions) {
    for (const Permission permission : permissions) {
      add(permission);
    }
  }
  [[nodiscard]] static constexpr PermissionSet all() {
    PermissionSet set;
    for (const PermissionName& row : permission_names) {
      set.add(row.permission);
    }
    return set;
  }
  /// Those that change nothing.
  [[nodiscard]] static constexpr PermissionSet reads() {
    PermissionSet set;
    for (const PermissionName& row : permission_names) {
      if (row.name.ends_with(":read")) {
        set.add(row.permission);
      }
    }
    return set;
  }

  constexpr void add(Permission permission) { bits_ |= bit(permission); }
  constexpr void add(PermissionSet others) { bits_ |= others.bits_; }
  [[nodiscard]] constexpr bool has(Permission permission) const {
    return (bits_ & bit(permission)) != 0;
  }
  [[nodiscard]] constexpr bool has_all(PermissionSet others) const {
    return (bits_ & others.bits_) == others.bits_;
  }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(PermissionSet, PermissionSet) = default;

private:
  static constexpr std::uint32_t bit(Permission permission) {
    return std::uint32_t{1} << static_cast<unsigned>(permission);
  }
  std::uint32_t bits_ = 0;
};

/// The names with blanks between; `*` for all, and `*:read` for all that change nothing, so that
/// what is stored of a caller who may do everything includes what is added later.
[[nodiscard]] std::string to_string(PermissionSet permissions);
/// Reads the same; names may repeat. The fault names what is no permission.
[[nodiscard]] Result<PermissionSet> parse_permissions(std::string_view text);

/// What a member is in a tenant.
enum class Role : std::uint8_t { owner, admin, member, viewer };
inline constexpr std::size_t role_count = 4;

struct RoleRow {
  Role role;
  std::string_view name;
  PermissionSet permissions;
};
/// What each role allows; docs/permissions.md is this table. No role lets a tenant raise its own
/// limits or change what it pays: `quotas:write` and `billing:write` are the operator's to give.
inline constexpr std::array<RoleRow, role_count> roles{{
    {Role::owner,
     "owner",
     {Permission::tenant_read, Permission::tenant_write, Permission::members_read,
      Permission::members_write, Permission::ownership_write, Permission::quotas_read,
      Permission::usage_read, Permission::billing_read, Permission::sharing_read,
      Permission::sharing_write, Permission::customization_read, Permission::customization_write,
      Permission::audit_read}},
    {Role::admin,
     "admin",
     {Permission::tenant_read, Permission::tenant_write, Permission::members_read,
      Permission::members_write, Permission::quotas_read, Permission::usage_read,
      Permission::sharing_read, Permission::sharing_write, Permission::customization_read,
      Permission::customization_write, Permission::audit_read}},
    {Role::member,
     "member",
     {Permission::tenant_read, Permission::members_read, Permission::quotas_read,
      Permission::usage_read, Permission::sharing_read, Permission::customization_read}},
    {Role::viewer,
     "viewer",
     {Permission::tenant_read, Permission::quotas_read, Permission::usage_read}},
}};

[[nodiscard]] constexpr std::string_view to_string(Role role) {
  return roles[static_cast<std::size_t>(role)].name;
}
[[nodiscard]] constexpr PermissionSet permissions_of(Role role) {
  return roles[static_cast<std::size_t>(role)].permissions;
}
[[nodiscard]] std::optional<Role> parse_role(std::string_view text);

}  // namespace sluice
