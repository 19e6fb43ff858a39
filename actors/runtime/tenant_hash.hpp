// SPDX-License-Identifier: Apache-2.0
#pragma once

// Inlined: a hash of 16 bytes is a handful of instructions, less than the call would cost.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/strong.hpp"

namespace sluice {

/// What makes this process hash ids differently from every other.
using HashSeed = Strong<struct HashSeedTag, std::uint64_t>;

/// Hashes tenant ids strongly and with a secret: ids follow patterns (UUIDv7 counts time upwards),
/// and whoever chooses them must not be able to choose collisions.
class TenantHash {
public:
  explicit TenantHash(HashSeed seed) : seed_(seed.raw()) {}

  [[nodiscard]] std::size_t operator()(const TenantId& id) const noexcept {
    static_assert(std::has_unique_object_representations_v<TenantId>);
    return XXH3_64bits_withSeed(&id, sizeof id, seed_);
  }

private:
  std::uint64_t seed_;
};

}  // namespace sluice
