// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "actors/tenant/sharing/use.hpp"

namespace sluice {

/// How a closed hour of sharing stands in a journal: its grant, policy and owner, the hour, uses,
/// units and what was denied. The consumer is the tenant of the change around it.
///
/// Errors     `take` is false for bytes that `encode` does not write.

inline constexpr std::size_t shared_part_bytes = 3 * 16 + 4 + 3 * 8;

[[nodiscard]] constexpr std::size_t encoded_bytes(const SharedHourRow& /*row*/) noexcept {
  return shared_part_bytes;
}
[[nodiscard]] std::byte* encode(const SharedHourRow& row, std::byte* at) noexcept;
/// Takes it off the front of the bytes.
[[nodiscard]] bool take(std::span<const std::byte>& from, SharedHourRow& row) noexcept;

}  // namespace sluice
