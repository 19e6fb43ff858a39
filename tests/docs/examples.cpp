// SPDX-License-Identifier: Apache-2.0
#include "tests/docs/examples.hpp"

#include <filesystem>
#include <fstream>

namespace sluice::test {

std::vector<Example> examples_of(const std::string& page) {
  std::ifstream in{std::string{SLUICE_DOCS}.append("/").append(page)};
  std::vector<Example> examples;
  bool in_block = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with("```")) {
      in_block = line == "```console";
    } else if (in_block && line.starts_with("$ ")) {
      examples.push_back({number, line.substr(2), {}});
    } else if (in_block && !examples.empty()) {
      examples.back().output += line + "\n";
    }
  }
  return examples;
}

std::vector<std::string> all_pages() {
  std::vector<std::string> pages;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{SLUICE_DOCS}) {
    if (entry.path().extension() == ".md") {
      pages.push_back(std::filesystem::relative(entry.path(), SLUICE_DOCS).string());
    }
  }
  return pages;
}

}  // namespace sluice::test
