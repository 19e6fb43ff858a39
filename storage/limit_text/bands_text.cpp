// SPDX-License-Identifier: Apache-2.0
#include "storage/limit_text/bands_text.hpp"

#include <charconv>
#include <cstdint>
#include <system_error>

namespace sluice {
namespace {

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_all = error == std::errc{} && end == text.data() + text.size();
  return is_all && value <= Amount::max_raw ? std::optional{value} : std::nullopt;
}

std::optional<PriceBand> parse_band(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view up_to = text.substr(0, colon);
  const auto price = parse_count(text.substr(colon + 1));
  const auto end = up_to == "*" ? std::optional<std::uint64_t>{} : parse_count(up_to);
  if (!price || (up_to != "*" && !end)) {
    return std::nullopt;
  }
  return PriceBand{end ? std::optional{Amount{*end}} : std::nullopt, *price};
}

}  // namespace

std::string bands_text(const std::vector<PriceBand>& bands) {
  std::string text;
  for (const PriceBand& band : bands) {
    text.append(text.empty() ? "" : " ");
    text.append(band.up_to ? std::to_string(band.up_to->raw()) : "*");
    text.append(":").append(std::to_string(band.price_micros));
  }
  return text;
}

std::optional<std::vector<PriceBand>> parse_bands(std::string_view text) {
  std::vector<PriceBand> bands;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const auto band = parse_band(text.substr(0, blank));
    if (!band || bands.size() == price_bands_max) {
      return std::nullopt;
    }
    bands.push_back(*band);
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  }
  return bands;
}

}  // namespace sluice
