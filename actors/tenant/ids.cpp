// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/ids.hpp"

#include "actors/tenant/invariant.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace sluice {
namespace {

constexpr std::size_t uuid_characters = 36;

constexpr bool is_hyphen_place(std::size_t at) {
  return at == 8 || at == 13 || at == 18 || at == 23;
}

std::optional<std::uint64_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<std::uint64_t>(c - '0');
  }
  if (c >= 'a' && c <= 'f') {
    return static_cast<std::uint64_t>(c - 'a') + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return static_cast<std::uint64_t>(c - 'A') + 10;
  }
  return std::nullopt;
}

std::array<std::uint8_t, 16> bytes_of(TenantId id) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(id.high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(id.low >> (56 - 8 * i));
  }
  return bytes;
}

}  // namespace

std::optional<TenantId> parse_tenant_id(std::string_view text) {
  if (text.size() != uuid_characters) {
    return std::nullopt;
  }
  TenantId id;
  for (std::size_t at = 0; at < uuid_characters; ++at) {
    if (is_hyphen_place(at)) {
      if (text[at] != '-') {
        return std::nullopt;
      }
      continue;
    }
    const auto digit = hex_digit(text[at]);
    if (!digit) {
      return std::nullopt;
    }
    // The third hyphen stands in the middle of the 128 bits.
    std::uint64_t& word = at < 18 ? id.high : id.low;
    word = (word << 4) | *digit;
  }
  return id == TenantId{} ? std::nullopt : std::optional{id};
}

std::string to_string(TenantId id) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(uuid_characters);
  for (const std::uint8_t byte : bytes_of(id)) {
    if (is_hyphen_place(text.size())) {
      text.push_back('-');
    }
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 0xF]);
  }
  return text;
}

TenantId make_tenant_id(WallTime now, std::uint64_t random_high, std::uint64_t random_low) {
  const auto since_1970 =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const auto milliseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(since_1970, 0));
  constexpr std::uint64_t version_7 = 0x7000;
  constexpr std::uint64_t variant_rfc = std::uint64_t{1} << 63;
  constexpr std::uint64_t low_62_bits = (std::uint64_t{1} << 62) - 1;
  return TenantId{.high = (milliseconds << 16) | version_7 | (random_high & 0xFFF),
                  .low = variant_rfc | (random_low & low_62_bits)};
}

ShardId shard_of(TenantId id, ShardCount shards) noexcept {
  SLUICE_INVARIANT(shards.raw() > 0);
  const auto bytes = bytes_of(id);
  const std::uint64_t hash = XXH64(bytes.data(), bytes.size(), 0);
  // To divide costs as much as to hash, and the usual number is a power of two.
  const std::uint64_t rest =
      std::has_single_bit(shards.raw()) ? hash & (shards.raw() - 1U) : hash % shards.raw();
  return ShardId{static_cast<std::uint16_t>(rest)};
}

}  // namespace sluice
