// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "actors/tenant/customisation.hpp"

namespace sluice::testing {

/// The customisations of a database in memory.
///
/// Threading  Any thread; locks.
class MemoryCustomisations {
public:
  [[nodiscard]] Customised find(TenantId tenant) const {
    const std::scoped_lock lock{mutex_};
    const auto found = tenants_.find(tenant);
    return found == tenants_.end() ? Customised{} : found->second;
  }
  [[nodiscard]] std::vector<HostedDomain> hosted() const {
    const std::scoped_lock lock{mutex_};
    std::vector<HostedDomain> all;
    for (const auto& [tenant, customised] : tenants_) {
      for (const Domain& domain : customised.domains) {
        if (domain.verified_at) {
          all.push_back({domain.host, tenant});
        }
      }
    }
    return all;
  }
  [[nodiscard]] std::vector<HostedDomain> pending(WallTime added_before,
                                                  std::size_t count_max) const {
    const std::scoped_lock lock{mutex_};
    std::vector<HostedDomain> all;
    for (const auto& [tenant, customised] : tenants_) {
      for (const Domain& domain : customised.domains) {
        if (!domain.verified_at && domain.added_at < added_before && all.size() < count_max) {
          all.push_back({domain.host, tenant});
        }
      }
    }
    return all;
  }
  [[nodiscard]] Result<Done> write(const CustomisationChange& change) {
    const std::scoped_lock lock{mutex_};
    Customised& stored = tenants_[change.tenant];
    const auto of = [&](const std::string& host) {
      return std::ranges::find(stored.domains, host, &Domain::host);
    };
    if (change.put) {
      if (stored.custom.version.raw() + 1 != change.put->version.raw()) {
        return Fault{FaultCode::conflict, "customisation: it is at another version"};
      }
      stored.custom = *change.put;
      return Done{};
    }
    const std::string& host = change.domain ? change.domain->host : change.removed.value();
    const bool is_new = change.domain && !change.domain->verified_at;
    if (is_new) {
      for (const auto& [tenant, customised] : tenants_) {
        if (std::ranges::find(customised.domains, host, &Domain::host) !=
            customised.domains.end()) {
          return Fault{FaultCode::already_exists, "host is taken"};
        }
      }
      stored.domains.insert(std::ranges::upper_bound(stored.domains, host, {}, &Domain::host),
                            *change.domain);
      return Done{};
    }
    const auto domain = of(host);
    if (domain == stored.domains.end()) {
      return Fault{FaultCode::not_found, "no such domain"};
    }
    if (change.domain) {
      *domain = *change.domain;
    } else {
      stored.domains.erase(domain);
    }
    return Done{};
  }
  /// The tenant is no more.
  void forget(TenantId tenant) {
    const std::scoped_lock lock{mutex_};
    tenants_.erase(tenant);
  }

private:
  mutable std::mutex mutex_;
  std::map<TenantId, Customised> tenants_;
};

}  // namespace sluice::testing
