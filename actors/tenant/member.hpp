// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/permission.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What somebody is in a tenant. Only who is active may do anything there.
enum class MemberStatus : std::uint8_t { invited, active, suspended };
[[nodiscard]] std::string_view to_string(MemberStatus status);
[[nodiscard]] std::optional<MemberStatus> parse_member_status(std::string_view text);

struct Member {
  std::string user_id;  ///< As the ones who sign tokens call him (`sub`): 1 to 255 bytes of UTF-8.
  std::string email{};  ///< Something on both sides of one @, up to 254 bytes; or empty.
  std::string role{};   ///< The name of a built-in role, or of one of the tenant's own.
  MemberStatus status = MemberStatus::active;
  WallTime invited_at{};                ///< Or added, without an invitation.
  std::optional<WallTime> joined_at{};  ///< Nothing while he is invited.
  friend bool operator==(const Member&, const Member&) = default;
};

inline constexpr std::size_t user_id_bytes_max = 255;
inline constexpr std::uint32_t members_per_tenant_max = 100'000;
inline constexpr std::size_t custom_roles_max = 32;

/// A role that one tenant made for itself.
struct CustomRole {
  std::string name;           ///< `[a-z0-9_-]{1,32}`, none of the built-in ones.
  PermissionSet permissions;  ///< Of those that an owner has.
  std::uint32_t members = 0;  ///< So many have it.
  friend bool operator==(const CustomRole&, const CustomRole&) = default;
};

/// What the definition of a tenant knows of its members, who are rows of their own.
struct Membership {
  std::uint32_t members = 0;        ///< All of them, whatever their status.
  std::uint32_t owners = 0;         ///< Those that are active.
  std::vector<CustomRole> roles{};  ///< By name.
  friend bool operator==(const Membership&, const Membership&) = default;
};

/// What the role allows; nothing if there is no such role here.
[[nodiscard]] std::optional<PermissionSet> permissions_of(std::string_view role,
                                                          const Membership& membership);
/// What the member may do: nothing unless he is active.
[[nodiscard]] PermissionSet permissions_of(const Member& member, const Membership& membership);

/// Whether such a member may be; the fault names the field.
[[nodiscard]] Result<Done> validate(const Member& member);
[[nodiscard]] Result<Done> validate(const CustomRole& role);

/// The roles as one text, and back; nothing if no writer of ours made it.
[[nodiscard]] std::string to_text(const std::vector<CustomRole>& custom);
[[nodiscard]] std::optional<std::vector<CustomRole>> parse_custom_roles(std::string_view text);

// ---- What may happen to members

/// He becomes a member: at once, or once he accepts.
struct AddMember {
  std::string user_id;
  std::string email;
  std::string role;
  bool invite = false;
};
struct AcceptInvitation {
  std::string user_id;
};
struct ChangeRole {
  std::string user_id;
  std::string role;
};
struct SuspendMember {
  std::string user_id;
};
struct ReactivateMember {
  std::string user_id;
};
struct RemoveMember {
  std::string user_id;
};
/// An active member becomes an owner, and the active owner who gives an admin, in one step.
struct TransferOwnership {
  std::string from;
  std::string to;
};
/// Makes the role, or changes what those who have it may do.
struct PutRole {
  std::string name;
  PermissionSet permissions;
};
/// Of a role that nobody has.
struct RemoveRole {
  std::string name;
};
using MemberEvent =
    std::variant<AddMember, AcceptInvitation, ChangeRole, SuspendMember, ReactivateMember,
                 RemoveMember, TransferOwnership, PutRole, RemoveRole>;

/// Whose rows say whether it can happen.
[[nodiscard]] std::vector<std::string> concerned_by(const MemberEvent& event);

}  // namespace sluice
