// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <utility>
#include <vector>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/policy_rules.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"

namespace sluice {

/// All policies, by id, by resource and by owner, as all threads may see them. The store's writer
/// alone changes them, after the store has the change; so there are at most `policies_max`.
///
/// Threading  Any thread; locks. Those who read do not wait for each other.
/// Ownership  Shares the policies, which never change.
/// Errors     None.
/// Cost       A look-up in a tree; `page` may look at all of them.
class PublishedResources {
public:
  using Shared = std::shared_ptr<const SharingPolicy>;

  void put(SharingPolicy policy) {
    auto shared = std::make_shared<const SharingPolicy>(std::move(policy));
    const std::unique_lock lock{mutex_};
    resources_[shared->resource] = shared->id;
    owners_[shared->owner].insert(shared->id);
    policies_[shared->id] = std::move(shared);
  }
  void forget(PolicyId id) {
    const std::unique_lock lock{mutex_};
    const auto found = policies_.find(id);
    if (found == policies_.end()) {
      return;
    }
    const auto of = owners_.find(found->second->owner);
    of->second.erase(id);
    if (of->second.empty()) {
      owners_.erase(of);
    }
    resources_.erase(found->second->resource);
    policies_.erase(found);
  }

  /// Null if there is none.
  [[nodiscard]] Shared find(PolicyId id) const {
    const std::shared_lock lock{mutex_};
    const auto found = policies_.find(id);
    return found == policies_.end() ? nullptr : found->second;
  }
  [[nodiscard]] std::optional<PolicyId> find(const Resource& resource) const {
    const std::shared_lock lock{mutex_};
    const auto found = resources_.find(resource);
    return found == resources_.end() ? std::nullopt : std::optional{found->second};
  }
  /// The ids of what the tenant shares.
  [[nodiscard]] std::vector<PolicyId> of(TenantId owner) const {
    const std::shared_lock lock{mutex_};
    const auto found = owners_.find(owner);
    return found == owners_.end()
               ? std::vector<PolicyId>{}
               : std::vector<PolicyId>{found->second.begin(), found->second.end()};
  }
  [[nodiscard]] PolicyPage page(const PolicyQuery& query, WallTime now) const {
    PolicyPage page;
    const std::shared_lock lock{mutex_};
    if (query.discover) {
      for (auto at = policies_.upper_bound(query.after.value_or(PolicyId{}));
           at != policies_.end() && !page.more; ++at) {
        const SharingPolicy& policy = *at->second;
        if (policy.owner != query.tenant && is_visible(policy, query.tenant) &&
            !has_expired(policy, now)) {
          add(page, query, shown_to_others(policy));
        }
      }
      return page;
    }
    const auto own = owners_.find(query.tenant);
    if (own != owners_.end()) {
      for (auto at = own->second.upper_bound(query.after.value_or(PolicyId{}));
           at != own->second.end() && !page.more; ++at) {
        add(page, query, *policies_.at(*at));
      }
    }
    return page;
  }

private:
  static void add(PolicyPage& page, const PolicyQuery& query, SharingPolicy policy) {
    if (query.type && policy.resource.type != *query.type) {
      return;
    }
    page.more = page.policies.size() == query.page_size;
    if (!page.more) {
      page.policies.push_back(std::move(policy));
    }
  }

  mutable std::shared_mutex mutex_;
  std::map<PolicyId, Shared> policies_;
  std::map<Resource, PolicyId> resources_;
  std::map<TenantId, std::set<PolicyId>> owners_;
};

}  // namespace sluice
