// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/store.hpp"

namespace sluice {

/// How many tenants each tier has, as all threads may see it: counted once by the store, and from
/// then on by what the store's writer changes.
///
/// Threading  Any thread; locks.
/// Bounds     `tiers_max` tiers by name, those with the most tenants first. All others are counted
///            together, and none of them gets a name later: so every tenant that leaves is taken
///            from where it was counted.
class PublishedCounts {
public:
  static constexpr std::size_t tiers_max = 64;

  struct Counts {
    std::vector<TierCount> tiers;  ///< In the order of their names.
    std::uint64_t others = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
  };

  void publish(std::vector<TierCount> counted) {
    std::ranges::sort(counted, [](const TierCount& a, const TierCount& b) {
      return std::pair{b.tenants, a.tier} < std::pair{a.tenants, b.tier};
    });
    const std::scoped_lock lock{mutex_};
    tiers_.clear();
    others_ = 0;
    for (const TierCount& count : counted) {
      place_of(count.tier) += count.tenants;
    }
  }
  void added(const std::string& tier) {
    const std::scoped_lock lock{mutex_};
    ++place_of(tier);
  }
  void removed(const std::string& tier) {
    const std::scoped_lock lock{mutex_};
    std::uint64_t& count = place_of(tier);
    count -= count > 0 ? 1U : 0U;
  }

  [[nodiscard]] Counts counts() const {
    const std::scoped_lock lock{mutex_};
    Counts all;
    for (const auto& [tier, tenants] : tiers_) {
      all.tiers.push_back({tier, tenants});
    }
    all.others = others_;
    return all;
  }

private:
  std::uint64_t& place_of(const std::string& tier) {
    const auto found = tiers_.find(tier);
    if (found != tiers_.end()) {
      return found->second;
    }
    return tiers_.size() < tiers_max ? tiers_[tier] : others_;
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> tiers_;
  std::uint64_t others_ = 0;
};

}  // namespace sluice
