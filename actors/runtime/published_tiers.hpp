// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "actors/tenant/tier.hpp"

namespace sluice {

/// The catalogue of tiers as all threads may see it. The store's writer alone publishes it, after
/// the store has it.
///
/// Threading  Any thread; locks.
class PublishedTiers {
public:
  void publish(TierCatalogue tiers) {
    auto shared = std::make_shared<const TierCatalogue>(std::move(tiers));
    const std::scoped_lock lock{mutex_};
    tiers_.swap(shared);
  }

  [[nodiscard]] std::shared_ptr<const TierCatalogue> catalogue() const {
    const std::scoped_lock lock{mutex_};
    return tiers_;
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const TierCatalogue> tiers_ = std::make_shared<const TierCatalogue>();
};

}  // namespace sluice
