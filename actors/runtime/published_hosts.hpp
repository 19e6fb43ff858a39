// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/customisation.hpp"
#include "actors/tenant/ids.hpp"

namespace sluice {

/// Whose a host is: the verified domains of all tenants, as all threads may see them. The store's
/// writer alone changes them, after the store has the change; so there are at most `domains_max`.
///
/// Threading  Any thread; locks.
/// Ownership  Owns the texts.
/// Errors     None.
/// Cost       A look-up in a tree under a lock; the store is not asked.
class PublishedHosts {
public:
  void publish(const std::vector<HostedDomain>& all) {
    const std::scoped_lock lock{mutex_};
    for (const HostedDomain& domain : all) {
      add(domain.tenant, domain.host);
    }
  }
  /// These are all that the tenant has.
  void publish(TenantId tenant, const std::vector<Domain>& domains) {
    const std::scoped_lock lock{mutex_};
    erase(tenant);
    for (const Domain& domain : domains) {
      if (domain.verified_at) {
        add(tenant, domain.host);
      }
    }
  }
  /// The tenant is no more.
  void forget(TenantId tenant) { publish(tenant, {}); }

  [[nodiscard]] std::optional<TenantId> find(std::string_view host) const {
    const std::scoped_lock lock{mutex_};
    const auto found = tenants_.find(host);
    return found == tenants_.end() ? std::nullopt : std::optional{found->second};
  }

private:
  void add(TenantId tenant, const std::string& host) {
    tenants_.insert_or_assign(host, tenant);
    hosts_[tenant].push_back(host);
  }
  void erase(TenantId tenant) {
    const auto of = hosts_.find(tenant);
    if (of == hosts_.end()) {
      return;
    }
    for (const std::string& host : of->second) {
      tenants_.erase(host);
    }
    hosts_.erase(of);
  }

  mutable std::mutex mutex_;
  std::map<std::string, TenantId, std::less<>> tenants_;
  std::map<TenantId, std::vector<std::string>> hosts_;
};

}  // namespace sluice
