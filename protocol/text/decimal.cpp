// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/decimal.hpp"

#include <cstddef>
#include <limits>

namespace sluice::text {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr unsigned digits_max = 19;

}  // namespace

std::optional<Decimal> take_decimal(std::string_view& text) {
  Decimal number;
  unsigned digits = 0;
  bool behind_point = false;
  bool after_digit = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_digit(c)) {
      if (++digits > digits_max) {
        return std::nullopt;
      }
      number.digits = number.digits * 10 + static_cast<std::uint64_t>(c - '0');
      number.decimal_places += behind_point ? 1 : 0;
    } else if (c == '.' && after_digit && !behind_point) {
      behind_point = true;
    } else if (c != '_' || !after_digit) {
      break;
    }
    after_digit = is_digit(c);
  }
  // Also refuses a point or an underscore with nothing behind it.
  if (!after_digit) {
    return std::nullopt;
  }
  text.remove_prefix(at);
  return number;
}

std::string_view take_letters(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_letter(text[length])) {
    ++length;
  }
  const std::string_view letters = text.substr(0, length);
  text.remove_prefix(length);
  return letters;
}

std::optional<std::uint64_t> times(Decimal number, std::uint64_t factor) {
  // 10^19 and 2^64 are below 2^64 each, so that 128 bits hold the product.
  __extension__ using Wide = unsigned __int128;
  Wide product = Wide{number.digits} * factor;
  for (unsigned place = 0; place < number.decimal_places; ++place) {
    if (product % 10 != 0) {
      return std::nullopt;
    }
    product /= 10;
  }
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return product > most ? most : static_cast<std::uint64_t>(product);
}

}  // namespace sluice::text
