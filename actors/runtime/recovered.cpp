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
                     std::max(a.overage, b.overage)};
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
    const auto old = std::ranges::find(state.open_usage, bucket.meter, &UsageBucket::meter);
    if (old == state.open_usage.end()) {
      state.open_usage.push_back(bucket);
    } else {
      *old = newer_of(*old, bucket);
    }
  }
}

}  // namespace

void put_over(TenantState& state, const TenantState& newer) {
  put_over_counts(state, newer.counters, newer.open_usage);
  state.entries.insert(state.entries.end(), newer.entries.begin(), newer.entries.end());
}

void Recovered::apply(const TenantChange& change) {
  if (change.removed) {
    const auto is_of_it = [&](const auto& row) { return row.tenant == change.tenant; };
    forget(change.tenant);
    std::erase_if(closed_usage_, is_of_it);
    std::erase_if(closed_windows_, is_of_it);
  }
  if (!change.counters.empty() || !change.open_usage.empty()) {
    put_over_counts(tenants_[change.tenant], change.counters, change.open_usage);
  }
  for (const Entry& entry : change.entries) {
    std::vector<Entry>& entries = tenants_[change.tenant].entries;
    const auto [place, added] = entries_.try_emplace({change.tenant, entry.id}, entries.size());
    if (added) {
      entries.push_back(entry);
    } else {
      entries[place->second] = entry;
    }
  }
  for (const UsageBucket& bucket : change.closed_usage) {
    closed_usage_.push_back({change.tenant, bucket});
  }
  for (const ClosedWindow& window : change.closed_windows) {
    closed_windows_.push_back({change.tenant, window});
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

const TenantState* Recovered::find(TenantId tenant) const {
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? nullptr : &found->second;
}

}  // namespace sluice
