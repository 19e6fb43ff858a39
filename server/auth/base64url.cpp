// SPDX-License-Identifier: Apache-2.0
#include "server/auth/base64url.hpp"

#include <cstdint>

namespace sluice::auth {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::optional<std::vector<std::byte>> decode_base64url(std::string_view text) {
  if (text.size() % 4 == 1) {
    return std::nullopt;
  }
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t gathered = 0;
  unsigned bits = 0;
  for (const char letter : text) {
    const std::size_t value = alphabet.find(letter);
    if (value == std::string_view::npos) {
      return std::nullopt;
    }
    gathered = (gathered << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::byte>(gathered >> bits));
      gathered &= (std::uint32_t{1} << bits) - 1;
    }
  }
  if (gathered != 0) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace sluice::auth
