// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/permission.hpp"

#include <algorithm>

namespace sluice {

namespace {

constexpr std::string_view everything = "*";
constexpr std::string_view every_read = "*:read";

std::optional<PermissionSet> named(std::string_view name) {
  if (name == everything) {
    return PermissionSet::all();
  }
  if (name == every_read) {
    return PermissionSet::reads();
  }
  const auto found = std::ranges::find(permission_names, name, &PermissionName::name);
  return found == permission_names.end() ? std::nullopt
                                         : std::optional(PermissionSet{found->permission});
}

void append(std::string& text, std::string_view name) {
  text += text.empty() ? "" : " ";
  text += name;
}

}  // namespace

std::string to_string(PermissionSet permissions) {
  if (permissions == PermissionSet::all()) {
    return std::string{everything};
  }
  std::string text;
  const bool all_reads = permissions.has_all(PermissionSet::reads());
  if (all_reads) {
    append(text, every_read);
  }
  for (const PermissionName& row : permission_names) {
    if (permissions.has(row.permission) &&
        !(all_reads && PermissionSet::reads().has(row.permission))) {
      append(text, row.name);
    }
  }
  return text;
}

Result<PermissionSet> parse_permissions(std::string_view text) {
  PermissionSet permissions;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view name = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (name.empty()) {
      continue;
    }
    const auto known = named(name);
    if (!known) {
      return Fault{FaultCode::invalid_argument,
                   "\"" + std::string{name.substr(0, 64)} + "\" is no permission"};
    }
    permissions.add(*known);
  }
  return permissions;
}

std::optional<Role> parse_role(std::string_view text) {
  const auto found = std::ranges::find(roles, text, &RoleRow::name);
  return found == roles.end() ? std::nullopt : std::optional(found->role);
}

}  // namespace sluice
