// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/member.hpp"

#include "actors/tenant/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sluice {

namespace {

constexpr std::array<std::string_view, 3> status_names{"invited", "active", "suspended"};

Fault wrong(std::string what) {
  return Fault{FaultCode::invalid_argument, std::move(what)};
}

/// Up to the separator, which goes as well.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

/// Who is named by an event; a role is nobody.
struct Concerned {
  using Users = std::vector<std::string>;
  Users operator()(const TransferOwnership& transfer) const { return {transfer.from, transfer.to}; }
  Users operator()(const PutRole&) const { return {}; }
  Users operator()(const RemoveRole&) const { return {}; }
  template <class Event>
  Users operator()(const Event& event) const {
    return {event.user_id};
  }
};

}  // namespace

std::string_view to_string(MemberStatus status) {
  return status_names[static_cast<std::size_t>(status)];
}

std::optional<MemberStatus> parse_member_status(std::string_view text) {
  const auto found = std::ranges::find(status_names, text);
  return found == status_names.end()
             ? std::nullopt
             : std::optional{static_cast<MemberStatus>(found - status_names.begin())};
}

std::optional<PermissionSet> permissions_of(std::string_view role, const Membership& membership) {
  if (const auto built_in = parse_role(role)) {
    return permissions_of(*built_in);
  }
  const auto found = std::ranges::find(membership.roles, role, &CustomRole::name);
  return found == membership.roles.end() ? std::nullopt : std::optional{found->permissions};
}

PermissionSet permissions_of(const Member& member, const Membership& membership) {
  return member.status == MemberStatus::active
             ? permissions_of(member.role, membership).value_or(PermissionSet{})
             : PermissionSet{};
}

Result<Done> validate(const Member& member) {
  // No character is shorter than a byte, so there are never more than what is checked before.
  const std::string& user = member.user_id;
  if (user.size() > user_id_bytes_max || object_to_prose(user, user_id_bytes_max)) {
    return wrong("user_id: must be 1 to 255 bytes of UTF-8 without control characters");
  }
  if (!member.email.empty() && !is_email(member.email)) {
    return wrong("email: is not an address such as name@example.com");
  }
  return Done{};
}

Result<Done> validate(const CustomRole& role) {
  constexpr std::size_t name_bytes_max = 32;
  if (role.name.empty() || role.name.size() > name_bytes_max ||
      !is_spelt_in(role.name, {.extra = "_-"})) {
    return wrong("role: must match [a-z0-9_-]{1,32}");
  }
  if (parse_role(role.name)) {
    return wrong("role: \"" + role.name + "\" is built in");
  }
  if (!permissions_of(Role::owner).has_all(role.permissions)) {
    return wrong("permissions: a role has none that an owner has not");
  }
  return Done{};
}

std::string to_text(const std::vector<CustomRole>& custom) {
  std::string text;
  for (const CustomRole& role : custom) {
    text +=
        role.name + ' ' + std::to_string(role.members) + ' ' + to_string(role.permissions) + '\n';
  }
  return text;
}

std::optional<std::vector<CustomRole>> parse_custom_roles(std::string_view text) {
  std::vector<CustomRole> custom;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    CustomRole role;
    role.name = take_until(line, ' ');
    const std::string_view count = take_until(line, ' ');
    const auto [end, error] =
        std::from_chars(count.data(), count.data() + count.size(), role.members);
    const auto permissions = parse_permissions(line);
    if (error != std::errc{} || end != count.data() + count.size() || !permissions.ok()) {
      return std::nullopt;
    }
    role.permissions = permissions.value();
    if (!validate(role).ok() || (!custom.empty() && custom.back().name >= role.name)) {
      return std::nullopt;
    }
    custom.push_back(std::move(role));
  }
  return custom.size() <= custom_roles_max ? std::optional{std::move(custom)} : std::nullopt;
}

std::vector<std::string> concerned_by(const MemberEvent& event) {
  return std::visit(Concerned{}, event);
}

}  // namespace sluice
