// SPDX-License-Identifier: Apache-2.0
// Goal    The worked example of docs/sharing_money.md is right.
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "actors/tenant/sharing/price.hpp"
#include "actors/tenant/sharing/statement.hpp"

namespace sluice {
namespace {

/// The numbers of a row of a table; nothing if a cell is none.
std::vector<std::uint64_t> numbers_in(const std::string& line) {
  std::vector<std::uint64_t> numbers;
  std::istringstream cells{line};
  std::string cell;
  std::getline(cells, cell, '|');
  while (std::getline(cells, cell, '|')) {
    if (cell.find_first_not_of(" 0123456789") != std::string::npos) {
      return {};
    }
    numbers.push_back(std::stoull(cell));
  }
  return numbers;
}

TEST(SharingMoneyPage, TellsWhatTheExampleCostsAndWhoHasIt) {
  const Pricing pricing{
      .kind = PricingKind::tiered,
      .per = Amount{1000},
      .bands = {{Amount{10'000}, 500}, {Amount{100'000}, 300}, {std::nullopt, 200}}};
  ASSERT_TRUE(validate_pricing(pricing).ok());
  std::ifstream page{SLUICE_DOCS "/sharing_money.md"};
  std::string line;
  int rows = 0;
  while (std::getline(page, line)) {
    const std::vector<std::uint64_t> row =
        line.starts_with("| ") ? numbers_in(line) : std::vector<std::uint64_t>{};
    if (row.size() != 4) {
      continue;
    }
    ++rows;
    EXPECT_EQ(cost_of(pricing, Amount{row[0]}), row[1]) << line;
    EXPECT_EQ(divide(row[1], {.owner_basis_points = 7000}), (Division{row[2], row[3]})) << line;
  }
  EXPECT_EQ(rows, 6);
}

}  // namespace
}  // namespace sluice
