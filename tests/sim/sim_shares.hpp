// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "actors/tenant/store.hpp"

namespace sluice::sim {

/// What was metered under a grant, in some hours.
struct MeteredUse {
  std::uint64_t uses = 0;
  std::uint64_t units = 0;
};

/// The tables of the database that are about sharing, but for grants, which are in the definitions
/// of those who hold them.
///
/// Role       Values: whoever wants a transaction works on a copy.
/// Threading  Confined.
/// Ownership  Owns its rows.
/// Units      None.
/// Errors     As `Store`.
class SimShares {
public:
  [[nodiscard]] Result<Done> put(const SharingPolicy& policy);
  [[nodiscard]] Result<Done> put(const RequestStep& step);
  [[nodiscard]] Result<Done> remove(PolicyId policy);
  void sweep(PolicyId policy) { due_.erase(policy); }
  /// Everything that the tenant is a party of, but what was metered.
  void remove_all_of(TenantId tenant);

  [[nodiscard]] const std::map<PolicyId, SharingPolicy>& policies() const { return policies_; }
  [[nodiscard]] const std::map<SharingId, SharingRequest>& requests() const { return requests_; }
  [[nodiscard]] SharingPage page(const SharingQuery& query) const;
  [[nodiscard]] bool was_revoked(PolicyId policy, TenantId consumer) const;
  [[nodiscard]] SharingDue due(WallTime by, std::size_t count_max) const;
  /// Of all grants, by id.
  [[nodiscard]] std::vector<GrantSpan> spans() const;

private:
  std::map<PolicyId, SharingPolicy> policies_;
  std::map<SharingId, SharingRequest> requests_;
  std::set<PolicyId> due_;  ///< Those that end, until nobody holds a grant of them any more.
};

/// Hours that were metered: the only rows that both sides are told of.
class SimHours {
public:
  void put(const SharedHourRow& row);
  /// In the hours that begin in the window.
  [[nodiscard]] MeteredUse of(SharingId grant, const Window& window) const;
  [[nodiscard]] std::vector<SharedHourRow> told(const SharedUsageQuery& query) const;
  [[nodiscard]] const std::map<std::pair<SharingId, Hour>, SharedHourRow>& rows() const {
    return rows_;
  }

private:
  std::map<std::pair<SharingId, Hour>, SharedHourRow> rows_;
};

}  // namespace sluice::sim
