// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/facts_file.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace sluice::test {
namespace {

nlohmann::json read(const std::filesystem::path& file) {
  std::ifstream stream{file};
  if (!stream) {
    throw std::runtime_error("cannot read " + file.string());
  }
  return nlohmann::json::parse(stream);
}

}  // namespace

nlohmann::json own_facts(const std::string& name) {
  return read(std::filesystem::path{SLUICE_OWN_FACTS} / name);
}

std::optional<nlohmann::json> shared_cases(const std::string& name) {
  const auto file = std::filesystem::path{SLUICE_SHARED_CASES} / name;
  return std::filesystem::exists(file) ? std::optional{read(file)} : std::nullopt;
}

}  // namespace sluice::test
