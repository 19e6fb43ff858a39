// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/unsaved_history.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {
template <class Row>
void drop_first(std::vector<Row>& rows, std::size_t count) {
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count));
}
}  // namespace

void UnsavedHistory::add(const UsageRow& row) {
  tenants_[row.tenant].minutes.push_back(row.bucket);
  ++rows_;
}

void UnsavedHistory::add(const WindowRow& row) {
  tenants_[row.tenant].windows.push_back(row.window);
  ++rows_;
}

void UnsavedHistory::add(const AuditRow& row) {
  tenants_[row.what.tenant].audit.push_back(row);
  ++rows_;
}

bool UnsavedHistory::add(const ThresholdCrossed& row) {
  std::vector<ThresholdCrossed>& known = tenants_[row.tenant].crossed;
  const auto is_it = [&row](const ThresholdCrossed& one) { return is_same_condition(one, row); };
  if (std::ranges::any_of(known, is_it)) {
    return true;
  }
  if (known.size() >= crossings_waiting_max) {
    return false;
  }
  known.push_back(row);
  ++rows_;
  return true;
}

void UnsavedHistory::add(const SharedHourRow& row) {
  tenants_[row.consumer].shared.push_back(row);
  ++rows_;
}

const UnsavedHistory::OfTenant* UnsavedHistory::find(TenantId tenant) const {
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? nullptr : &found->second;
}

void UnsavedHistory::hand_over(TenantId tenant, SaveBatch& batch) {
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) {
    return;
  }
  OfTenant& its = found->second;
  for (; its.minutes_in_batch < its.minutes.size(); ++its.minutes_in_batch) {
    batch.closed_usage.push_back({tenant, its.minutes[its.minutes_in_batch]});
  }
  for (; its.windows_in_batch < its.windows.size(); ++its.windows_in_batch) {
    batch.closed_windows.push_back({tenant, its.windows[its.windows_in_batch]});
  }
  for (; its.audit_in_batch < its.audit.size(); ++its.audit_in_batch) {
    batch.audit.push_back(its.audit[its.audit_in_batch]);
  }
  for (; its.crossed_in_batch < its.crossed.size(); ++its.crossed_in_batch) {
    batch.crossed.push_back(its.crossed[its.crossed_in_batch]);
  }
  for (; its.shared_in_batch < its.shared.size(); ++its.shared_in_batch) {
    batch.closed_shared.push_back(its.shared[its.shared_in_batch]);
  }
}

void UnsavedHistory::saved(TenantId tenant) {
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) {
    return;
  }
  OfTenant& its = found->second;
  rows_ -= its.minutes_in_batch + its.windows_in_batch + its.audit_in_batch + its.crossed_in_batch +
           its.shared_in_batch;
  drop_first(its.minutes, std::exchange(its.minutes_in_batch, 0));
  drop_first(its.windows, std::exchange(its.windows_in_batch, 0));
  drop_first(its.audit, std::exchange(its.audit_in_batch, 0));
  drop_first(its.crossed, std::exchange(its.crossed_in_batch, 0));
  drop_first(its.shared, std::exchange(its.shared_in_batch, 0));
  if (its.rows() == 0) {
    tenants_.erase(found);
  }
}

void UnsavedHistory::failed(TenantId tenant) {
  if (const auto found = tenants_.find(tenant); found != tenants_.end()) {
    found->second.minutes_in_batch = 0;
    found->second.windows_in_batch = 0;
    found->second.audit_in_batch = 0;
    found->second.crossed_in_batch = 0;
    found->second.shared_in_batch = 0;
  }
}

void UnsavedHistory::forget(TenantId tenant) {
  if (const auto found = tenants_.find(tenant); found != tenants_.end()) {
    rows_ -= found->second.rows();
    tenants_.erase(found);
  }
}

}  // namespace sluice
