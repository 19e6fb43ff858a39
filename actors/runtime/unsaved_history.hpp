// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/btree_map.h>

#include <cstddef>
#include <vector>

#include "actors/tenant/store.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// Closed minutes, windows, hours of sharing, events of the audit and thresholds that were crossed,
/// which the store is not known to have, each with its tenant.
///
/// Role       Lets rows go to the store in the batch that has their tenant's state, never before
///            or after it. Otherwise what a crash takes back of the one would stay in the other,
///            and be counted twice or not at all.
/// Threading  Confined to one host, after it was filled at the start.
/// Ownership  Owns its rows.
/// Units      None.
/// Errors     None.
/// Cost       A search by tenant, and some allocations for each that has rows.
class UnsavedHistory {
public:
  struct OfTenant {
    std::vector<UsageBucket> minutes;
    std::vector<ClosedWindow> windows;
    std::vector<AuditRow> audit;
    std::vector<ThresholdCrossed> crossed;  ///< Each condition once.
    std::vector<SharedHourRow> shared{};
    // The first ones of each that a batch under way has.
    std::size_t minutes_in_batch = 0;
    std::size_t windows_in_batch = 0;
    std::size_t audit_in_batch = 0;
    std::size_t crossed_in_batch = 0;
    std::size_t shared_in_batch = 0;

    [[nodiscard]] std::size_t rows() const {
      return minutes.size() + windows.size() + audit.size() + crossed.size() + shared.size();
    }
  };

  void add(const UsageRow& row);
  void add(const WindowRow& row);
  void add(const AuditRow& row);
  /// Returns false, and adds nothing, if the tenant has `crossings_waiting_max` others.
  bool add(const ThresholdCrossed& row);
  void add(const SharedHourRow& row);

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  /// Null if it has no rows.
  [[nodiscard]] const OfTenant* find(TenantId tenant) const;

  /// Puts the rows of the tenant that no batch has into this one.
  void hand_over(TenantId tenant, SaveBatch& batch);
  /// The store has those that were handed over: they go.
  void saved(TenantId tenant);
  /// The store may have none of them: the next batch gets them again.
  void failed(TenantId tenant);
  /// The tenant is no more, and nothing of it may reach another one with its id.
  void forget(TenantId tenant);

private:
  absl::btree_map<TenantId, OfTenant> tenants_;
  std::size_t rows_ = 0;
};

}  // namespace sluice
