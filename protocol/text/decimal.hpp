// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::text {

/// A decimal number as it was written: `digits` without the point, of which the last
/// `decimal_places` stand behind it. Exact, where a double would not be.
struct Decimal {
  std::uint64_t digits = 0;
  unsigned decimal_places = 0;
};

/// Takes a number such as `12`, `1.5` or `1_000` off the front of the text. Nothing, and the text
/// unchanged, if there is none or if it has more than 19 digits.
[[nodiscard]] std::optional<Decimal> take_decimal(std::string_view& text);

/// Takes the letters off the front of the text.
[[nodiscard]] std::string_view take_letters(std::string_view& text);

/// The product, if it is a whole number; what does not fit becomes 2^64-1.
[[nodiscard]] std::optional<std::uint64_t> times(Decimal number, std::uint64_t factor);

}  // namespace sluice::text
