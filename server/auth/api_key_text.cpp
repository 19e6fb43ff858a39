// SPDX-License-Identifier: Apache-2.0
#include "server/auth/api_key_text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "server/auth/crypto.hpp"

namespace sluice::auth {

namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t id_digits = 16;
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t checksum_bytes = 4;
constexpr std::size_t body_at = api_key_prefix.size() + id_digits + 1;
constexpr std::size_t text_size = body_at + 2 * (secret_bytes + checksum_bytes);

void append_hex(std::string& text, Bytes bytes) {
  for (const std::byte byte : bytes) {
    text += digits[std::to_integer<unsigned>(byte) >> 4];
    text += digits[std::to_integer<unsigned>(byte) & 15];
  }
}

bool read_hex(std::string_view text, std::span<std::byte> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t high = digits.find(text[2 * i]);
    const std::size_t low = digits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return false;
    }
    bytes[i] = static_cast<std::byte>(16 * high + low);
  }
  return true;
}

std::string checksum_of(std::string_view text) {
  const auto digest = sha256(std::as_bytes(std::span{text}));
  std::string checksum;
  append_hex(checksum, std::span{digest}.first<checksum_bytes>());
  return checksum;
}

KeyId random_id() {
  std::uint64_t raw = 0;
  while (raw == 0) {
    fill_random(std::as_writable_bytes(std::span{&raw, 1}));
    raw >>= 1;
  }
  return KeyId{raw};
}

}  // namespace

MintedKey mint_api_key() {
  std::array<std::byte, secret_bytes> secret{};
  fill_random(secret);
  MintedKey minted{random_id(), sha256(secret), std::string{api_key_prefix}};
  minted.text += to_string(minted.id) + '_';
  append_hex(minted.text, secret);
  minted.text += checksum_of(minted.text);
  return minted;
}

std::optional<PresentedKey> read_api_key(std::string_view text) {
  if (text.size() != text_size || !text.starts_with(api_key_prefix) || text[body_at - 1] != '_') {
    return std::nullopt;
  }
  const auto id = parse_key_id(text.substr(api_key_prefix.size(), id_digits));
  std::array<std::byte, secret_bytes> secret{};
  const std::size_t checksum_at = text.size() - 2 * checksum_bytes;
  if (!id || !read_hex(text.substr(body_at), secret) ||
      checksum_of(text.substr(0, checksum_at)) != text.substr(checksum_at)) {
    return std::nullopt;
  }
  return PresentedKey{*id, sha256(secret)};
}

}  // namespace sluice::auth
