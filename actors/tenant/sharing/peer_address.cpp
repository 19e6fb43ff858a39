// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/peer_address.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace sluice {
namespace {

constexpr std::size_t groups = 8;
constexpr unsigned address_bits = 128;
constexpr unsigned word_bits = 64;
constexpr unsigned v4_bits = 32;
using Groups = std::array<std::uint16_t, groups>;

/// The whole text as a number in this base, of at most so many digits.
std::optional<std::uint32_t> parse_number(std::string_view text, int base, std::size_t digits_max,
                                          std::uint32_t most) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && text.size() <= digits_max && number <= most ? std::optional{number}
                                                              : std::nullopt;
}

std::optional<std::uint32_t> parse_v4(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) {
      return std::nullopt;
    }
    const std::string_view digits = text.substr(0, dot);
    const auto number = parse_number(digits, 10, 3, 255);
    if (!number || (digits.size() > 1 && digits.front() == '0')) {
      return std::nullopt;
    }
    address = address << 8U | *number;
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return address;
}

/// Groups with colons between; the last two may be an IPv4 address where `v4_may_end` says so. How
/// many there are; nothing if it is something else.
std::optional<std::size_t> parse_groups(std::string_view text, bool v4_may_end, Groups& into) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (colon == std::string_view::npos && v4_may_end && part.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(part);
      if (!v4 || count + 2 > groups) {
        return std::nullopt;
      }
      into[count++] = static_cast<std::uint16_t>(*v4 >> 16U);
      into[count++] = static_cast<std::uint16_t>(*v4);
      return count;
    }
    const auto number = parse_number(part, 16, 4, 0xFFFF);
    if (!number || count == groups) {
      return std::nullopt;
    }
    into[count++] = static_cast<std::uint16_t>(*number);
    if (colon == std::string_view::npos) {
      return count;
    }
    text.remove_prefix(colon + 1);
    if (text.empty()) {
      return std::nullopt;  // It ends with one colon.
    }
  }
  return count;
}

PeerAddress address_of(const Groups& parts) {
  PeerAddress address;
  for (std::size_t i = 0; i < groups; ++i) {
    std::uint64_t& word = i < groups / 2 ? address.high : address.low;
    word = word << 16U | parts[i];
  }
  return address;
}

std::optional<PeerAddress> parse_v6(std::string_view text) {
  Groups parts{};
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto count = parse_groups(text, true, parts);
    return count == groups ? std::optional{address_of(parts)} : std::nullopt;
  }
  Groups behind{};
  const auto front = parse_groups(text.substr(0, gap), false, parts);
  const auto back = parse_groups(text.substr(gap + 2), true, behind);
  if (!front || !back || *front + *back >= groups) {
    return std::nullopt;
  }
  std::copy_n(behind.begin(), *back, parts.end() - static_cast<std::ptrdiff_t>(*back));
  return address_of(parts);
}

/// The highest `bits` of a word.
std::uint64_t highest(unsigned bits) {
  return bits == 0 ? 0 : ~std::uint64_t{0} << (word_bits - bits);
}

Groups groups_of(const PeerAddress& address) {
  Groups parts{};
  for (std::size_t i = 0; i < groups; ++i) {
    const std::uint64_t word = i < groups / 2 ? address.high : address.low;
    parts[i] = static_cast<std::uint16_t>(word >> (48U - 16U * (i % (groups / 2))));
  }
  return parts;
}

/// The longest row of at least two zeros, the first of equals; `size` 0 if there is none.
struct ZeroRow {
  std::size_t begin = 0;
  std::size_t size = 0;
};
ZeroRow longest_zeros(const Groups& parts) {
  ZeroRow longest;
  for (std::size_t begin = 0; begin < groups; ++begin) {
    std::size_t size = 0;
    while (begin + size < groups && parts[begin + size] == 0) {
      ++size;
    }
    if (size >= 2 && size > longest.size) {
      longest = {begin, size};
    }
  }
  return longest;
}

}  // namespace

std::optional<PeerAddress> parse_peer_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) {
    return parse_v6(text);
  }
  const auto v4 = parse_v4(text);
  return v4 ? std::optional{PeerAddress{0, std::uint64_t{0xFFFF} << v4_bits | *v4}} : std::nullopt;
}

std::string to_string(const PeerAddress& address) {
  std::string text;
  if (address.is_v4()) {
    for (unsigned shift = v4_bits; shift > 0; shift -= 8) {
      text.append(text.empty() ? "" : ".");
      text.append(std::to_string(address.low >> (shift - 8) & 0xFF));
    }
    return text;
  }
  const Groups parts = groups_of(address);
  const ZeroRow zeros = longest_zeros(parts);
  for (std::size_t i = 0; i < groups; ++i) {
    if (zeros.size != 0 && i == zeros.begin) {
      text.append("::");
      i += zeros.size - 1;
      continue;
    }
    text.append(text.empty() || text.back() == ':' ? "" : ":");
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), parts[i], 16).ptr;
    text.append(digits.data(), end);
  }
  return text;
}

std::optional<PeerNetwork> PeerNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view start = text.substr(0, slash);
  const auto address = parse_peer_address(start);
  if (!address) {
    return std::nullopt;
  }
  const bool spelt_as_v4 = start.find(':') == std::string_view::npos;
  unsigned prefix = address_bits;
  if (slash != std::string_view::npos) {
    const auto said =
        parse_number(text.substr(slash + 1), 10, 3, spelt_as_v4 ? v4_bits : address_bits);
    if (!said) {
      return std::nullopt;
    }
    prefix = *said + (spelt_as_v4 ? address_bits - v4_bits : 0);
  }
  PeerNetwork network;
  network.first_ = *address;
  network.mask_ = {highest(std::min(prefix, word_bits)),
                   highest(prefix > word_bits ? prefix - word_bits : 0)};
  network.is_v4_ = address->is_v4() && prefix >= address_bits - v4_bits;
  const bool has_more_bits =
      (address->high & ~network.mask_.high) != 0 || (address->low & ~network.mask_.low) != 0;
  return has_more_bits ? std::nullopt : std::optional{network};
}

}  // namespace sluice
