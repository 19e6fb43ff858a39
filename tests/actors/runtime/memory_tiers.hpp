// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <string_view>

#include "actors/tenant/tier.hpp"

namespace sluice::testing {

/// The table of tiers of a database in memory, which starts with the shipped ones.
///
/// Threading  Any thread; locks.
class MemoryTiers {
public:
  [[nodiscard]] TierCatalogue all() const {
    const std::scoped_lock lock{mutex_};
    return tiers_;
  }
  [[nodiscard]] Result<Done> put(const Tier& tier) {
    const std::scoped_lock lock{mutex_};
    TierCatalogue others = tiers_;
    std::erase_if(others, [&](const Tier& each) { return each.name == tier.name; });
    if (others.size() >= tiers_max) {
      return Fault{FaultCode::limit_exceeded, "tiers_max"};
    }
    others.insert(std::ranges::upper_bound(others, tier, comes_before), tier);
    tiers_ = std::move(others);
    return Done{};
  }
  [[nodiscard]] Result<Done> remove(std::string_view name) {
    const std::scoped_lock lock{mutex_};
    const auto gone = std::erase_if(tiers_, [&](const Tier& tier) { return tier.name == name; });
    return gone > 0 ? Result<Done>{Done{}}
                    : Fault{FaultCode::not_found, std::string{"no tier "}.append(name)};
  }

private:
  mutable std::mutex mutex_;
  TierCatalogue tiers_ = shipped_tiers();
};

}  // namespace sluice::testing
