// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/permission.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace sluice {

namespace {

/// The cells of the rows of docs/permissions.md that are about a permission, by its name.
std::map<std::string, std::vector<std::string>> documented() {
  std::map<std::string, std::vector<std::string>> rows;
  std::ifstream page(SLUICE_DOCS "/permissions.md");
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) {
      continue;
    }
    std::istringstream cells(line.substr(1));
    std::vector<std::string> row;
    for (std::string cell; std::getline(cells, cell, '|');) {
      std::erase_if(cell, [](char c) { return c == ' ' || c == '`'; });
      row.push_back(cell);
    }
    rows[row.at(0)] = {row.begin() + 1, row.end()};
  }
  return rows;
}

}  // namespace

TEST(PermissionSpec, ThePageTellsWhatEachRoleAllows) {
  const auto rows = documented();
  EXPECT_EQ(rows.size(), permission_count);
  for (const PermissionName& row : permission_names) {
    std::vector<std::string> cells;
    for (const RoleRow& role : roles) {
      cells.emplace_back(role.permissions.has(row.permission) ? "yes" : "");
    }
    ASSERT_TRUE(rows.contains(std::string{row.name})) << row.name;
    EXPECT_EQ(rows.at(std::string{row.name}), cells) << row.name;
  }
}

TEST(PermissionSpec, TheTablesAreInTheOrderOfTheirEnums) {
  for (std::size_t i = 0; i < permission_names.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(permission_names[i].permission), i);
  }
  for (std::size_t i = 0; i < roles.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(roles[i].role), i);
    EXPECT_EQ(parse_role(roles[i].name), roles[i].role);
  }
  EXPECT_EQ(parse_role("root"), std::nullopt);
}

TEST(PermissionSpec, AHigherRoleMayDoWhatTheOnesBelowMay) {
  for (std::size_t i = 1; i < roles.size(); ++i) {
    EXPECT_TRUE(roles[i - 1].permissions.has_all(roles[i].permissions)) << roles[i].name;
  }
}

TEST(PermissionSpec, NoRoleRaisesItsOwnLimitsOrReachesBeyondItsTenant) {
  for (const RoleRow& role : roles) {
    for (const Permission beyond :
         {Permission::quotas_write, Permission::billing_write, Permission::checks_write,
          Permission::keys_read, Permission::keys_write, Permission::platform_read,
          Permission::platform_write}) {
      EXPECT_FALSE(role.permissions.has(beyond)) << role.name << " " << to_string(beyond);
    }
  }
}

TEST(PermissionSpec, SetsAreReadAsTheyAreWritten) {
  for (const PermissionSet& set : {PermissionSet{}, PermissionSet::all(), PermissionSet::reads(),
                                   PermissionSet{Permission::tenant_read, Permission::keys_write},
                                   permissions_of(Role::owner)}) {
    EXPECT_EQ(parse_permissions(to_string(set)).value(), set) << to_string(set);
  }
  EXPECT_EQ(to_string(PermissionSet::all()), "*");
  EXPECT_EQ(to_string(PermissionSet::reads()), "*:read");
  EXPECT_EQ(parse_permissions(" quotas:write  *:read").value().has(Permission::quotas_write), true);
}

TEST(PermissionSpec, WhatIsNoPermissionIsNamed) {
  const auto parsed = parse_permissions("tenant:read tenant:fly");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.fault(),
            (Fault{FaultCode::invalid_argument, "\"tenant:fly\" is no permission"}));
}

}  // namespace sluice
