// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>

namespace sluice {

/// Numbers on disk are little-endian, wherever they stand; so are those of every machine that this
/// is built for, and a number is its bytes.
static_assert(std::endian::native == std::endian::little);

/// Writes the number and returns the place behind it.
template <std::integral T>
[[nodiscard]] inline std::byte* put(std::byte* at, T number) noexcept {
  std::memcpy(at, &number, sizeof number);
  return at + sizeof number;
}

template <std::integral T>
[[nodiscard]] inline T get(const std::byte* at) noexcept {
  T number;
  std::memcpy(&number, at, sizeof number);
  return number;
}

}  // namespace sluice
