// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/space_saving.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

void SpaceSaving::saw(TenantId tenant, std::uint64_t checks, std::uint64_t denied) {
  const auto found = std::find(tenants_.begin(), tenants_.end(), tenant);
  auto place = static_cast<std::size_t>(found - tenants_.begin());
  if (found == tenants_.end() && tenants_.size() < entries_max) {
    tenants_.push_back(tenant);
    counts_.emplace_back();
  } else if (found == tenants_.end()) {
    const auto smallest =
        std::min_element(counts_.begin(), counts_.end(),
                         [](const Count& a, const Count& b) { return a.checks < b.checks; });
    place = static_cast<std::size_t>(smallest - counts_.begin());
    tenants_[place] = tenant;
    smallest->denied = 0;  // The count is inherited, but nobody's refusals are.
    smallest->inherited = smallest->checks;
  }
  counts_[place].checks += static_cast<double>(checks);
  counts_[place].denied += static_cast<double>(denied);
}

void SpaceSaving::fade(Instant now) {
  const double half_lives =
      std::chrono::duration<double>(now - faded_at_) / std::chrono::duration<double>(half_life_);
  if (half_lives <= 0) {
    return;
  }
  faded_at_ = now;
  const double kept = std::exp2(-half_lives);
  for (Count& count : counts_) {
    count.checks *= kept;
    count.denied *= kept;
    count.inherited *= kept;
  }
}

std::vector<BusyTenant> SpaceSaving::busiest(std::size_t tenants_max) const {
  return ranked(tenants_max, [](const Count& count) { return count.checks; });
}

std::vector<BusyTenant> SpaceSaving::surely_busiest(std::size_t tenants_max) const {
  return ranked(tenants_max, [](const Count& count) { return count.checks - count.inherited; });
}

std::vector<BusyTenant> SpaceSaving::ranked(std::size_t tenants_max,
                                            double (*checks_of)(const Count&)) const {
  // A count fed with r checks a second settles where fading takes as much as it is fed.
  const double per_second = std::log(2.0) / std::chrono::duration<double>(half_life_).count();
  std::vector<BusyTenant> found;
  for (std::size_t i = 0; i < tenants_.size(); ++i) {
    const auto checks = static_cast<std::uint64_t>(checks_of(counts_[i]) * per_second);
    if (checks > 0) {
      found.push_back(
          {tenants_[i], checks, static_cast<std::uint64_t>(counts_[i].denied * per_second)});
    }
  }
  std::sort(found.begin(), found.end(), [](const BusyTenant& a, const BusyTenant& b) {
    return a.checks_per_second > b.checks_per_second;
  });
  found.resize(std::min(found.size(), tenants_max));
  return found;
}

}  // namespace sluice
