// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/slice_table.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace sluice::client {
namespace {

constexpr std::size_t places_min = 16;

}  // namespace

SliceTable::SliceTable(std::size_t places, const SliceBounds& bounds)
    : places_(places),
      bounds_(bounds),
      table_(std::bit_ceil(std::max(2 * places, places_min))),
      asked_(table_.size()) {}

SliceTable::~SliceTable() = default;

std::uint64_t SliceTable::hash_of(TenantId tenant, MeterId meter) noexcept {
  std::uint64_t hash = (tenant.high ^ (tenant.low << 1 | tenant.low >> 63)) + meter.raw();
  hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15U;
  return hash ^ hash >> 29;
}

Slice* SliceTable::find_in(const Link& link, TenantId tenant, MeterId meter) noexcept {
  Place* place = link.load(std::memory_order_seq_cst);
  while (place != nullptr && (place->slice.tenant != tenant || place->slice.meter != meter)) {
    place = place->next.load(std::memory_order_seq_cst);
  }
  return place == nullptr ? nullptr : &place->slice;
}

Slice* SliceTable::find(TenantId tenant, MeterId meter, Slice::Now now) {
  const std::uint64_t hash = hash_of(tenant, meter);
  if (Slice* const slice = find_in(link_of(hash), tenant, meter)) [[likely]] {
    return slice;
  }
  return comes_again(hash, now) ? make(hash, tenant, meter) : nullptr;
}

// Each place of the table remembers who asked there last, by half of the hash, and in which round.
bool SliceTable::comes_again(std::uint64_t hash, Slice::Now now) noexcept {
  const auto round = static_cast<std::uint32_t>(now * Slice::rounds / bounds_.ttl);
  const std::uint64_t asks = hash >> 32 << 32 | round;
  const std::uint64_t before =
      asked_[hash & (asked_.size() - 1)].exchange(asks, std::memory_order_relaxed);
  const std::uint32_t passed = round - static_cast<std::uint32_t>(before);
  return before >> 32 == asks >> 32 && passed <= Slice::rounds;
}

Slice* SliceTable::make(std::uint64_t hash, TenantId tenant, MeterId meter) {
  const std::scoped_lock lock{mutex_};
  Link& link = link_of(hash);
  if (Slice* const slice = find_in(link, tenant, meter)) {
    return slice;
  }
  if (slices_.size() + retired_.size() >= places_) {
    return nullptr;
  }
  Place& place = *slices_.emplace_back(std::make_unique<Place>(tenant, meter, bounds_));
  place.next = link.load();
  link = &place;
  return &place.slice;
}

Slice* SliceTable::slice_at(std::size_t at) const {
  const std::scoped_lock lock{mutex_};
  return at < slices_.size() ? &slices_[at]->slice : nullptr;
}

// Who stands on it goes on from it as before.
void SliceTable::retire(std::size_t at) {
  const std::scoped_lock lock{mutex_};
  Place* const place = slices_[at].get();
  Link* link = &link_of(hash_of(place->slice.tenant, place->slice.meter));
  while (link->load() != place) {
    link = &link->load()->next;
  }
  *link = place->next.load();
  retired_.push_back(std::exchange(slices_[at], std::move(slices_.back())));
  slices_.pop_back();
}

void SliceTable::free_retired() {
  const std::scoped_lock lock{mutex_};
  if (!retired_.empty() && readers_.have_left()) {
    retired_.clear();
  }
}

}  // namespace sluice::client
