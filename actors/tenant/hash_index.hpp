// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "actors/tenant/prefetch.hpp"

namespace sluice {

/// Finds by a hash where something lies.
///
/// Role       A hash table of eight bytes for each thing. It does not know the things themselves:
///            whoever asks compares what lies in the place that is proposed.
/// Threading  Confined.
/// Ownership  Owns its slots.
/// Units      None.
/// Errors     None. A place is added once, and erased under the hash that it was added with.
/// Cost       A step or two through memory for each call. Callers choose what is hashed, and may
///            mean harm; so it is to be hashed with the `secret`, which is where the table itself
///            lies: it differs between tables and from run to run. Nothing that is visible may
///            depend on it.
class HashIndex {
public:
  using Place = std::uint32_t;
  static constexpr Place no_place = std::numeric_limits<Place>::max();

  HashIndex() = default;
  HashIndex(const HashIndex&) = delete;
  HashIndex& operator=(const HashIndex&) = delete;

  [[nodiscard]] std::uint64_t secret() const noexcept {
    return reinterpret_cast<std::uintptr_t>(this);
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The place with this hash of which `is_it` says that it is meant.
  template <class IsIt>
  [[nodiscard]] Place find(std::uint64_t hash, IsIt&& is_it) const {
    if (size_ == 0) {
      return no_place;
    }
    for (std::size_t at = home_of(hash);; at = behind(at)) {
      const Slot& slot = slots_[at];
      if (slot.place == no_place ||
          (slot.hash == static_cast<std::uint32_t>(hash) && is_it(slot.place))) {
        return slot.place;
      }
    }
  }
  /// Whether it is so small that `prefetch_all` takes no more than to hash something.
  [[nodiscard]] bool is_small() const noexcept { return slots_.size() <= small_slots_max; }
  void prefetch_all() const noexcept {
    prefetch_bytes(slots_.data(), slots_.size() * sizeof(Slot));
  }
  /// Asks the processor to fetch where a search for this hash begins.
  void prefetch(std::uint64_t hash) const noexcept {
    if (size_ != 0) {
      __builtin_prefetch(&slots_[home_of(hash)], 1);
    }
  }
  /// The first place with this hash, whatever lies there: where a search is likely to end.
  [[nodiscard]] Place likely(std::uint64_t hash) const {
    return find(hash, [](Place) { return true; });
  }
  void add(std::uint64_t hash, Place place) {
    if ((size_ + 1) * 4 > slots_.size() * 3) {
      grow();
    }
    put({static_cast<std::uint32_t>(hash), place});
    ++size_;
  }
  /// What lies in `from` lies in `to` from now on.
  void move(std::uint64_t hash, Place from, Place to) { slots_[slot_of(hash, from)].place = to; }
  void erase(std::uint64_t hash, Place place) {
    std::size_t hole = slot_of(hash, place);
    // Those behind move up, so that every search still ends where it should.
    for (std::size_t at = behind(hole); slots_[at].place != no_place; at = behind(at)) {
      const std::size_t home = home_of(slots_[at].hash);
      if (distance(home, at) >= distance(hole, at)) {
        slots_[hole] = slots_[at];
        hole = at;
      }
    }
    slots_[hole] = Slot{};
    --size_;
  }

private:
  static constexpr std::size_t small_slots_max = 32;

  struct Slot {
    std::uint32_t hash = 0;
    Place place = no_place;
  };

  [[nodiscard]] std::size_t home_of(std::uint64_t hash) const noexcept {
    return static_cast<std::uint32_t>(hash) & (slots_.size() - 1);
  }
  [[nodiscard]] std::size_t behind(std::size_t at) const noexcept {
    return (at + 1) & (slots_.size() - 1);
  }
  [[nodiscard]] std::size_t distance(std::size_t from, std::size_t to) const noexcept {
    return (to - from) & (slots_.size() - 1);
  }
  [[nodiscard]] std::size_t slot_of(std::uint64_t hash, Place place) const noexcept {
    std::size_t at = home_of(hash);
    while (slots_[at].place != place) {
      at = behind(at);
    }
    return at;
  }
  void put(Slot slot) noexcept {
    std::size_t at = home_of(slot.hash);
    while (slots_[at].place != no_place) {
      at = behind(at);
    }
    slots_[at] = slot;
  }
  void grow() {
    constexpr std::size_t first_size = 8;
    const std::vector<Slot> before =
        std::exchange(slots_, std::vector<Slot>(slots_.empty() ? first_size : 2 * slots_.size()));
    for (const Slot& slot : before) {
      if (slot.place != no_place) {
        put(slot);
      }
    }
  }

  std::vector<Slot> slots_;  ///< As many as a power of two, at most three quarters of them in use.
  std::size_t size_ = 0;
};

}  // namespace sluice
