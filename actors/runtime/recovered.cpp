// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/recovered.hpp"

#include <algorithm>

namespace sluice {

namespace {

/// Refusals are stored without a journal record, so of one minute the store may have counted more.
UsageBucket newer_of(const UsageBucket& a, const UsageBucket& b) {
  if (a.minute != b.minute) {
    return a.minute < b.minute ? b : a;
  }
  return UsageBucket{a.meter,
                     a.minute,
                     std::max(a.used, b.used),
                     std::max(a.allowed, b.allowed),
                     std::max(a.denied, b.denied),
                     std::max(a.throttled, b.throttled),
                     std::max(a.overage, b.overage),
                     std::max(a.price_micros, b.price_micros),
                     a.part};
}

void put_over_counts(TenantState& state, std::span<const Counter> counters,
                     std::span<const UsageBucket> open_usage) {
  for (const Counter& counter : counters) {
    const auto old = std::ranges::find(state.counters, counter.limit, &Counter::limit);
    if (old == state.counters.end()) {
      state.counters.push_back(counter);
    } else {
      *old = counter;
    }
  }
  for (const UsageBucket& bucket : open_usage) {
    const auto old = std::ranges::find_if(state.open_usage, [&](const UsageBucket& one) {
      return one.meter == bucket.meter && one.part == bucket.part;
    });
    if (old == state.open_usage.end()) {
      state.open_usage.push_back(bucket);
    } else {
      *old = newer_of(*old, bucket);
    }
  }
}

bool says_nothing_more(const TenantChange& change) {
  return change.counters.empty() && change.open_usage.empty() && change.closed_usage.empty() &&
         change.closed_windows.empty() && change.entries.empty() && change.audit.empty() &&
         change.crossed.empty() && change.closed_shared.empty();
}

}  // namespace

void put_over(TenantState& state, const TenantState& newer) {
  put_over_counts(state, newer.counters, newer.open_usage);
  state.entries.insert(state.entries.end(), newer.entries.begin(), newer.entries.end());
}

void Recovered::apply(const TenantChange& change) {
  if (change.removed) {
    forget(change.tenant);
    history_.forget(change.tenant);
  }
  if (says_nothing_more(change)) {
    return;
  }
  TenantState& state = tenants_[change.tenant];
  put_over_counts(state, change.counters, change.open_usage);
  for (const Entry& entry : change.entries) {
    std::vector<Entry>& entries = state.entries;
    const auto [place, added] = entries_.try_emplace({change.tenant, entry.id}, entries.size());
    if (added) {
      entries.push_back(entry);
    } else {
      entries[place->second] = entry;
    }
  }
  for (const UsageBucket& bucket : change.closed_usage) {
    history_.add(UsageRow{change.tenant, bucket});
  }
  for (const ClosedWindow& window : change.closed_windows) {
    history_.add(WindowRow{change.tenant, window});
  }
  for (const AuditRow& row : change.audit) {
    history_.add(row);
  }
  for (const ThresholdCrossed& row : change.crossed) {
    history_.add(row);
  }
  for (const SharedHourRow& row : change.closed_shared) {
    history_.add(row);
  }
}

void Recovered::forget(TenantId tenant) {
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) {
    return;
  }
  for (const Entry& entry : found->second.entries) {
    entries_.erase({tenant, entry.id});
  }
  tenants_.erase(found);
}

const std::pair<const TenantId, TenantState>* Recovered::next(
    std::optional<TenantId> behind) const {
  const auto found = behind ? tenants_.upper_bound(*behind) : tenants_.begin();
  return found == tenants_.end() ? nullptr : &*found;
}

const TenantState* Recovered::find(TenantId tenant) const {
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? nullptr : &found->second;
}

}  // namespace sluice
