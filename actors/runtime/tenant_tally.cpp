// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/tenant_tally.hpp"

#include <algorithm>
#include <cmath>

#include "actors/tenant/invariant.hpp"

namespace sluice {

namespace {
/// So much busier is one that takes over a name: two that are alike do not take it in turns.
constexpr double much_busier = 2;
}  // namespace

TenantTally::TenantTally(std::size_t names) : counts_(names + 1) {
  SLUICE_INVARIANT(names <= names_max);
}

TenantTally::Name TenantTally::give_name(TenantId tenant, Instant now, double per_second) {
  SLUICE_INVARIANT(has_free_name() && name_of(tenant) == no_name);
  const auto free = std::find_if(counts_.begin() + 1, counts_.end(),
                                 [](const Count& count) { return !count.checks.tenant; });
  *free = Count{.checks = {.tenant = tenant}, .per_second = per_second, .asked_at = now};
  ++names_taken_;
  return static_cast<Name>(free - counts_.begin());
}

TenantTally::Name TenantTally::name_of(TenantId tenant) const {
  const auto found = std::find_if(counts_.begin(), counts_.end(), [tenant](const Count& count) {
    return count.checks.tenant == tenant;
  });
  return found == counts_.end() ? no_name : static_cast<Name>(found - counts_.begin());
}

void TenantTally::take_name(Name name) {
  Count& count = counts_[name];
  SLUICE_INVARIANT(name != no_name && count.checks.tenant.has_value());
  counts_.front().checks.asked += count.checks.asked;
  counts_.front().checks.refused += count.checks.refused;
  count = Count{};
  --names_taken_;
}

std::vector<TenantId> TenantTally::fade(Instant now) {
  std::vector<TenantId> idle;
  const double passed = std::chrono::duration<double>(now - faded_at_).count();
  if (passed <= 0) {
    return idle;
  }
  faded_at_ = now;
  busiest_.fade(now);
  const double kept = std::exp2(-passed / std::chrono::duration<double>(half_life).count());
  for (std::size_t name = 1; name < counts_.size(); ++name) {
    Count& count = counts_[name];
    if (!count.checks.tenant) {
      continue;
    }
    const std::uint64_t asked = count.checks.asked - count.asked_before;
    count.asked_before = count.checks.asked;
    count.per_second = count.per_second * kept + static_cast<double>(asked) / passed * (1 - kept);
    if (asked > 0) {
      count.asked_at = now;
    } else if (now - count.asked_at >= idle_max) {
      idle.push_back(*count.checks.tenant);
      take_name(static_cast<Name>(name));
    }
  }
  return idle;
}

std::optional<BusyTenant> TenantTally::busiest_without_name() const {
  for (const BusyTenant& busy : busiest_.surely_busiest(SpaceSaving::entries_max)) {
    if (name_of(busy.tenant) == no_name) {
      return busy;
    }
  }
  return std::nullopt;
}

std::optional<TenantTally::TakeOver> TenantTally::take_over() {
  const auto busy = has_free_name() || names_taken_ == 0 ? std::nullopt : busiest_without_name();
  if (!busy) {
    return std::nullopt;
  }
  const auto idlest =
      std::min_element(counts_.begin() + 1, counts_.end(),
                       [](const Count& a, const Count& b) { return a.per_second < b.per_second; });
  const auto checks_per_second = static_cast<double>(busy->checks_per_second);
  if (checks_per_second <= much_busier * idlest->per_second) {
    return std::nullopt;
  }
  const TenantId loser = *idlest->checks.tenant;
  take_name(static_cast<Name>(idlest - counts_.begin()));
  return TakeOver{loser, busy->tenant, give_name(busy->tenant, faded_at_, checks_per_second)};
}

std::vector<TenantChecks> TenantTally::read() const {
  std::vector<TenantChecks> all;
  for (const Count& count : counts_) {
    if (count.checks.tenant) {
      all.push_back(count.checks);
    }
  }
  all.push_back(counts_.front().checks);
  return all;
}

}  // namespace sluice
