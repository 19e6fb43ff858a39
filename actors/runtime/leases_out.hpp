// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "actors/tenant/entry.hpp"
#include "actors/tenant/report.hpp"

namespace sluice {

/// How much is out on leases of tenants that are resident.
///
/// Role       Follows the entries that change, so that nobody has to go through tenants to tell.
/// Threading  Confined to its host.
/// Ownership  Knows leases by tenant and id, and what each has out.
/// Units      Of the meters.
/// Errors     None.
/// Cost       A few steps in trees for each entry that changes, 100 bytes for each lease; nothing
///            for tenants without leases.
class LeasesOut {
public:
  /// The entry is so now.
  void changed(TenantId tenant, const Entry& entry) {
    const bool is_lease = entry.state == EntryState::leased;
    const auto of_tenant = tenants_.find(tenant);
    if (!is_lease && of_tenant == tenants_.end()) {
      return;
    }
    Leases& leases = is_lease ? tenants_[tenant] : of_tenant->second;
    if (const auto before = leases.find(entry.id); before != leases.end()) {
      take_back(before->second);
      leases.erase(before);
    }
    if (is_lease) {
      const HeldCharge& charge = entry.charges.front();
      leases.emplace(entry.id, charge);
      MeterLeases& on_meter = meters_[charge.meter];
      on_meter.meter = charge.meter;
      ++on_meter.leases;
      on_meter.amount = on_meter.amount + charge.held;
    } else if (leases.empty()) {
      tenants_.erase(of_tenant);
    }
  }
  /// The tenant is resident no more.
  void forget(TenantId tenant) {
    const auto found = tenants_.find(tenant);
    if (found == tenants_.end()) {
      return;
    }
    for (const auto& [id, charge] : found->second) {
      take_back(charge);
    }
    tenants_.erase(found);
  }

  /// Of every meter that had a lease since the start.
  [[nodiscard]] std::vector<MeterLeases> by_meter() const {
    std::vector<MeterLeases> all;
    for (const auto& [meter, out] : meters_) {
      all.push_back(out);
    }
    return all;
  }

private:
  using Leases = std::map<EntryId, HeldCharge>;

  void take_back(const HeldCharge& charge) {
    MeterLeases& on_meter = meters_[charge.meter];
    --on_meter.leases;
    on_meter.amount = on_meter.leases == 0 ? Amount{} : excess(on_meter.amount, charge.held);
  }

  std::map<TenantId, Leases> tenants_;
  std::map<MeterId, MeterLeases> meters_;
};

}  // namespace sluice
