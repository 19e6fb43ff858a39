// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::sim {

/// All chance in a run: the same numbers for the same seed, on every machine and library
/// (SplitMix64, and no distributions of the standard library, which differ).
class Random {
public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }
  /// From 0 to `count` - 1. The slight bias of the remainder is of no matter here.
  std::uint64_t below(std::uint64_t count) { return next() % count; }
  std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return least + below(most - least + 1);
  }
  bool per_mille(std::uint64_t chances) { return below(1000) < chances; }
  template <class List>
  const auto& pick(const List& from) {
    return from[static_cast<std::size_t>(below(from.size()))];
  }

private:
  std::uint64_t state_;
};

}  // namespace sluice::sim
