// SPDX-License-Identifier: Apache-2.0
#include "storage/limit_text/listing_text.hpp"

#include <nlohmann/json.hpp>

namespace sluice {

std::string text_list(const std::vector<std::string>& texts) {
  return nlohmann::json(texts).dump();
}

std::optional<std::vector<std::string>> parse_text_list(std::string_view text) {
  try {
    return nlohmann::json::parse(text).get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace sluice
