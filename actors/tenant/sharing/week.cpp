// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/week.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace sluice {
namespace {

constexpr std::array<std::string_view, 7> day_names{"mon", "tue", "wed", "thu",
                                                    "fri", "sat", "sun"};

std::optional<std::size_t> parse_day(std::string_view text) {
  const auto found = std::ranges::find(day_names, text);
  return found == day_names.end()
             ? std::nullopt
             : std::optional{static_cast<std::size_t>(found - day_names.begin())};
}

}  // namespace

std::optional<std::uint32_t> parse_time_of_day(std::string_view text) {
  const auto digits = [&](std::size_t at) -> std::optional<std::uint32_t> {
    std::uint32_t number = 0;
    const char* const end = text.data() + at + 2;
    const auto parsed = std::from_chars(text.data() + at, end, number);
    return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional{number} : std::nullopt;
  };
  if (text.size() != 5 || text[2] != ':') {
    return std::nullopt;
  }
  const auto hour = digits(0);
  const auto minute = digits(3);
  if (!hour || !minute || *minute > 59) {
    return std::nullopt;
  }
  const std::uint32_t second = (*hour * 60 + *minute) * 60;
  return second <= seconds_per_day ? std::optional{second} : std::nullopt;
}

std::optional<std::uint8_t> parse_days(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_day(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_day(text.substr(dash + 1));
  if (!first || !last) {
    return std::nullopt;
  }
  unsigned bits = 0;
  for (std::size_t day = *first;; day = (day + 1) % day_names.size()) {
    bits |= 1U << day;
    if (day == *last) {
      return static_cast<std::uint8_t>(bits);
    }
  }
}

}  // namespace sluice
