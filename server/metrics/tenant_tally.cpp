// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/tenant_tally.hpp"

#include <algorithm>

namespace sluice {

void TenantTally::add(const UsageRow& row) {
  const UsageBucket& bucket = row.bucket;
  const std::uint64_t refused = std::uint64_t{bucket.denied} + bucket.throttled;
  const std::uint64_t asked = bucket.allowed + refused;
  const std::scoped_lock lock{mutex_};
  const auto take = [&](Count& count) {
    count.asked += asked;
    count.refused += refused;
    count.last_minute = asked;
  };
  const auto known = std::ranges::find(named_, row.tenant, &Count::tenant);
  if (known != named_.end()) {
    return take(*known);
  }
  if (named_.size() < names_max_) {
    return take(named_.emplace_back(Count{row.tenant, 0, 0, 0}));
  }
  const auto idlest = std::ranges::min_element(named_, {}, &Count::last_minute);
  if (idlest == named_.end() || idlest->last_minute >= asked) {
    return take(others_);
  }
  others_.asked += idlest->asked;
  others_.refused += idlest->refused;
  *idlest = Count{row.tenant, 0, 0, 0};
  take(*idlest);
}

std::vector<TenantTally::Count> TenantTally::read() const {
  const std::scoped_lock lock{mutex_};
  std::vector<Count> all = named_;
  all.push_back(others_);
  return all;
}

}  // namespace sluice
