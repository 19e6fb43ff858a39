// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/tenant_table.hpp"

#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice {

TenantTable::TenantTable(std::size_t tenants_max, HashSeed seed)
    : tenants_max_(tenants_max), hash_(seed), segments_(segments, Segment(0, TenantHash{seed})) {}

HostedTenant& TenantTable::insert(TenantId id, std::shared_ptr<const Plan> plan,
                                  const TenantState& state, const Now& now) {
  SLUICE_INVARIANT(!full());
  const PlaceIndex place = free_place();
  HostedTenant& hosted = place_at(place).emplace(place, id, std::move(plan), state, now);
  const bool added = segments_[hash_(id) >> 58U].emplace(id, &hosted).second;
  SLUICE_INVARIANT(added);
  ++size_;
  ++places_taken_;
  return hosted;
}

void TenantTable::erase(HostedTenant& hosted) {
  const TenantId id = hosted.tenant.id();
  const std::size_t erased = segments_[hash_(id) >> 58U].erase(id);
  SLUICE_INVARIANT(erased == 1 && !hosted.removed);
  --size_;
  hosted.removed = true;
  if (hosted.clean()) {
    release(hosted);
  }
}

void TenantTable::release(HostedTenant& hosted) {
  SLUICE_INVARIANT(hosted.removed && hosted.clean());
  const PlaceIndex place = hosted.place;
  place_at(place).reset();
  free_.push_back(place);
  --places_taken_;
}

PlaceIndex TenantTable::free_place() {
  if (free_.empty()) {
    const std::size_t first = chunks_.size() * places_per_chunk;
    chunks_.push_back(std::make_unique<Chunk>());
    for (std::size_t i = places_per_chunk; i > 0; --i) {
      free_.emplace_back(static_cast<std::uint32_t>(first + i - 1));
    }
  }
  const PlaceIndex place = free_.back();
  free_.pop_back();
  return place;
}

TenantTable::Place& TenantTable::next_place() {
  Place& place = place_at(PlaceIndex{static_cast<std::uint32_t>(sweep_at_)});
  sweep_at_ = (sweep_at_ + 1) % (chunks_.size() * places_per_chunk);
  return place;
}

}  // namespace sluice
