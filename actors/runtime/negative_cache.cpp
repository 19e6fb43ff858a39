// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/negative_cache.hpp"

#include <algorithm>
#include <bit>

namespace sluice {

NegativeCache::NegativeCache(std::size_t entries_max, Duration believed_for, HashSeed seed)
    : believed_for_(believed_for),
      hash_(seed),
      entries_(std::bit_floor(std::max<std::size_t>(entries_max, 1))) {}

void NegativeCache::remember(TenantId id, Instant now) {
  entries_[place_of(id)] = Entry{id, now + believed_for_};
}

void NegativeCache::forget(TenantId id) {
  Entry& entry = entries_[place_of(id)];
  if (entry.id == id) {
    entry = Entry{};
  }
}

bool NegativeCache::knows(TenantId id, Instant now) const {
  const Entry& entry = entries_[place_of(id)];
  return entry.id == id && now < entry.until;
}

}  // namespace sluice
