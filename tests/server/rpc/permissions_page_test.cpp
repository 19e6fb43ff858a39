// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "server/rpc/method_rules.hpp"

namespace sluice::testing {
namespace {

/// What docs/permissions.md tells of the methods of `Operator` alone, as "permission method".
std::set<std::string> told_of_operators() {
  std::set<std::string> told;
  std::ifstream page(SLUICE_DOCS "/permissions.md");
  std::string line;
  while (std::getline(page, line) && !line.starts_with("| takes |")) {
  }
  std::getline(page, line);
  while (std::getline(page, line) && line.starts_with("| ")) {
    std::istringstream words(line.substr(2));
    std::string permission;
    words >> permission;
    for (std::string word; words >> word;) {
      if (word.starts_with('`')) {
        told.insert(permission + ' ' + word.substr(1, word.find('`', 1) - 1));
      }
    }
  }
  return told;
}

}  // namespace

TEST(PermissionsPage, TellsWhatOnlyOperatorsHaveAndWhatItTakes) {
  std::set<std::string> has;
  for (const MethodRule& rule : operator_rules) {
    has.insert(std::string{to_string(rule.permission)} + ' ' + std::string{rule.name});
  }
  EXPECT_EQ(told_of_operators(), has);
}

}  // namespace sluice::testing
