// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace sluice {

/// Asks the processor to fetch memory that is written soon, so that the misses of many overlap. It
/// need not be there: nothing is read.
inline void prefetch_bytes(const void* from, std::size_t bytes) noexcept {
  constexpr std::size_t cache_line_bytes = 64;
  const auto* const memory = static_cast<const std::byte*>(from);
  for (std::size_t at = 0; at < bytes; at += cache_line_bytes) {
    __builtin_prefetch(memory + at, 1);
  }
}

template <class Object>
void prefetch_object(const Object& object) noexcept {
  prefetch_bytes(&object, sizeof object);
}

}  // namespace sluice
