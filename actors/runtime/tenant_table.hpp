// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "actors/runtime/tenant_hash.hpp"
#include "actors/runtime/tenant_tally.hpp"
#include "actors/tenant/tenant.hpp"

namespace sluice {

/// An `Instant` in whole seconds: as exact as idleness has to be, in half the bytes.
using CoarseInstant = Strong<struct CoarseInstantTag, std::uint32_t>;

[[nodiscard]] constexpr CoarseInstant coarse(Instant instant) {
  return CoarseInstant{static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(instant.time_since_epoch()).count())};
}

/// Where in its table a tenant lies.
using PlaceIndex = Strong<struct PlaceIndexTag, std::uint32_t>;
inline constexpr PlaceIndex no_place{std::numeric_limits<std::uint32_t>::max()};

/// A resident tenant and what its host has to remember about it. With the mark that its place is
/// taken it fills one cache line.
struct HostedTenant {
  HostedTenant(PlaceIndex at, TenantId id, std::shared_ptr<const Plan> plan,
               const TenantState& state, const Now& now)
      : tenant(id, std::move(plan), state.counters, state.open_usage, state.entries, now),
        place(at),
        touched(coarse(now.steady)) {}

  /// Nothing of it has to be written any more.
  [[nodiscard]] bool clean() const noexcept { return !dirty && !flushing; }

  Tenant tenant;
  PlaceIndex next_dirty = no_place;  ///< Belongs to `WriteBehind`.
  PlaceIndex place;                  ///< Belongs to `TenantTable`.
  CoarseInstant touched;
  bool dirty : 1 = false;     ///< Changed since it was last handed to the store.
  bool flushing : 1 = false;  ///< Handed to the store, which has not answered.
  bool removed : 1 = false;   ///< No longer a tenant; stays only until `WriteBehind` lets go of it.
  bool in_turn : 1 = false;   ///< Belongs to `TurnLog`: changed in this turn.
  TenantTally::Name name = TenantTally::no_name;
};

/// The tenants that are resident on one reactor, found by id.
///
/// Role       A hash map cut into segments, so that no growth step moves more than a small share of
///            the entries, over tenants that never move.
/// Threading  Confined to its host.
/// Ownership  Owns the tenants. A pointer to one is good until it is erased.
/// Units      None.
/// Errors     None. Inserting beyond the bound, or an id twice, is a bug.
/// Cost       `find` is one or two cache misses, which `prefetch` can take beforehand. Memory of
///            erased tenants is kept for the next ones.
class TenantTable {
public:
  TenantTable(std::size_t tenants_max, HashSeed seed);

  /// What `find` needs to know of an id, worked out once.
  [[nodiscard]] std::size_t hash(TenantId id) const noexcept { return hash_(id); }
  void prefetch(TenantId id, std::size_t hash) const { segment_of(hash).prefetch(id); }
  [[nodiscard]] HostedTenant* find(TenantId id, std::size_t hash) const {
    const Segment& segment = segment_of(hash);
    const auto found = segment.find(id, hash);
    return found == segment.end() ? nullptr : found->second;
  }
  [[nodiscard]] HostedTenant* find(TenantId id) const { return find(id, hash(id)); }
  /// A tenant that is there, or removed and not yet released.
  [[nodiscard]] HostedTenant& at(PlaceIndex place) { return *place_at(place); }
  /// The id must be absent and the table not full.
  HostedTenant& insert(TenantId id, std::shared_ptr<const Plan> plan, const TenantState& state,
                       const Now& now);
  /// Takes the tenant out. One that is not clean stays where it is, marked `removed` and not found
  /// any more, until `release`.
  void erase(HostedTenant& hosted);
  /// Frees the place of a tenant that is `removed` and now clean.
  void release(HostedTenant& hosted);

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool full() const noexcept { return places_taken_ >= tenants_max_; }

  /// Looks at the next `places` places of an endless round over all of them and calls `visit` with
  /// each tenant found there, which `visit` may erase.
  template <class Visit>
  void sweep(std::size_t places, Visit&& visit) {
    for (std::size_t looked = 0; looked < places && looked < chunks_.size() * places_per_chunk;
         ++looked) {
      Place& place = next_place();
      if (place && !place->removed) {
        visit(*place);
      }
    }
  }

  /// Calls `visit` with each tenant in `places` places from `from` on, and returns the place after
  /// them; nothing once all were visited.
  template <class Visit>
  [[nodiscard]] std::optional<PlaceIndex> visit(PlaceIndex from, std::size_t places,
                                                Visit&& visit) {
    const std::size_t all = chunks_.size() * places_per_chunk;
    const std::size_t end = std::min(from.raw() + places, all);
    for (std::size_t at = from.raw(); at < end; ++at) {
      Place& place = place_at(PlaceIndex{static_cast<std::uint32_t>(at)});
      if (place && !place->removed) {
        visit(*place);
      }
    }
    return end < all ? std::optional{PlaceIndex{static_cast<std::uint32_t>(end)}} : std::nullopt;
  }

private:
  using Segment = absl::flat_hash_map<TenantId, HostedTenant*, TenantHash>;
  using Place = std::optional<HostedTenant>;
  static constexpr std::size_t segments = 64;
  static constexpr std::size_t places_per_chunk = 128;
  static_assert(sizeof(Place) == 64);
  struct alignas(64) Chunk {
    std::array<Place, places_per_chunk> places;
  };

  [[nodiscard]] const Segment& segment_of(std::size_t hash) const {
    return segments_[hash >> 58U];  // The map itself uses the low bits.
  }
  [[nodiscard]] Place& place_at(PlaceIndex place) {
    return chunks_[place.raw() / places_per_chunk]->places[place.raw() % places_per_chunk];
  }
  [[nodiscard]] PlaceIndex free_place();
  [[nodiscard]] Place& next_place();

  std::size_t tenants_max_;
  TenantHash hash_;
  std::vector<Segment> segments_;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<PlaceIndex> free_;
  std::size_t size_ = 0;
  std::size_t places_taken_ = 0;
  std::size_t sweep_at_ = 0;
};

}  // namespace sluice
