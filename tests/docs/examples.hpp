// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace sluice::test {

/// One command of a page, and what it is said to print.
struct Example {
  int line = 0;
  std::string command;
  std::string output;
};

/// The commands in the `console` blocks of a page of docs/: lines that begin with "$ ".
[[nodiscard]] std::vector<Example> examples_of(const std::string& page);

/// The names of all pages of docs/.
[[nodiscard]] std::vector<std::string> all_pages();

}  // namespace sluice::test
