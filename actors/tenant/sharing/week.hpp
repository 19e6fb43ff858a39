// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

inline constexpr std::uint32_t seconds_per_day = 86'400;
/// Days as bits, from Monday on.
inline constexpr std::uint8_t every_day = 0x7F;

/// `HH:MM` in seconds; 24:00 is one.
[[nodiscard]] std::optional<std::uint32_t> parse_time_of_day(std::string_view text);
/// `mon`, or `sat-mon`, as bits.
[[nodiscard]] std::optional<std::uint8_t> parse_days(std::string_view text);

}  // namespace sluice
