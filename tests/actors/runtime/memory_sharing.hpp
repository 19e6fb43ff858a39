// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/tenant/sharing/policy_rules.hpp"
#include "actors/tenant/store.hpp"
#include "tests/actors/tenant/sharing_ends.hpp"

namespace sluice::testing {

/// The policies and requests of a database in memory. Its owner locks.
class MemorySharing {
public:
  [[nodiscard]] std::vector<SharingPolicy> policies() const {
    std::vector<SharingPolicy> all;
    for (const auto& [id, policy] : policies_) {
      all.push_back(policy);
    }
    return all;
  }
  [[nodiscard]] std::optional<SharingPolicy> policy(PolicyId id) const {
    const auto found = policies_.find(id);
    return found == policies_.end() ? std::nullopt : std::optional{found->second};
  }
  [[nodiscard]] std::optional<SharingRequest> request(SharingId id) const {
    const auto found = requests_.find(id);
    return found == requests_.end() ? std::nullopt : std::optional{found->second};
  }
  /// Whether the access that ended last was revoked.
  [[nodiscard]] bool was_revoked(PolicyId policy, TenantId consumer) const {
    return was_revoked_last(requests_, policy, consumer);
  }
  /// Those that were ever granted access under the policy.
  [[nodiscard]] std::set<TenantId> granted(PolicyId policy) const {
    std::set<TenantId> consumers;
    for (const auto& [id, request] : requests_) {
      if (request.policy == policy &&
          (request.state == SharingState::approved || request.state == SharingState::revoked ||
           request.state == SharingState::expired)) {
        consumers.insert(request.consumer);
      }
    }
    return consumers;
  }
  [[nodiscard]] SharingPage page(const SharingQuery& query) const {
    SharingPage page;
    for (const auto& [id, request] : requests_) {
      const TenantId side = query.side == SharingSide::owner ? request.owner : request.consumer;
      if (side != query.tenant || (query.after && id <= *query.after) ||
          (query.policy && request.policy != *query.policy) ||
          (query.state && request.state != *query.state) || (query.open && !is_open(request))) {
        continue;
      }
      if (page.requests.size() == query.page_size) {
        page.more = true;
        break;
      }
      page.requests.push_back(request);
    }
    return page;
  }
  [[nodiscard]] SharingDue due(WallTime by, std::size_t count_max) const {
    SharingDue due;
    for (const auto& [id, request] : requests_) {
      if (request.state == SharingState::approved && request.expires_at &&
          *request.expires_at <= by && due.grants.size() < count_max) {
        due.grants.push_back(request);
      }
    }
    for (const auto& [id, at] : due_) {
      if (at <= by && due.policies.size() < count_max) {
        due.policies.push_back(policies_.at(id));
      }
    }
    return due;
  }

  /// All grants that there are or were, in the order of their ids.
  [[nodiscard]] std::vector<GrantSpan> spans() const {
    std::vector<GrantSpan> spans;
    for (const auto& [id, request] : requests_) {
      if (const auto span = span_of(request)) {
        spans.push_back(*span);
      }
    }
    return spans;
  }

  /// Why the change cannot be made; nothing if it can.
  [[nodiscard]] std::optional<Fault> object_to(const SharingChange& change) const {
    if (change.put) {
      const auto stored = policy(change.put->id);
      const Version before = stored ? stored->version : Version{};
      if (before.raw() + 1 != change.put->version.raw()) {
        return Fault{FaultCode::conflict, "policy"};
      }
      if (std::ranges::any_of(policies_, [&](const auto& row) {
            return row.second.resource == change.put->resource && row.first != change.put->id;
          })) {
        return Fault{FaultCode::already_exists, "resource: is registered already"};
      }
    }
    for (const RequestStep& step : change.requests) {
      const auto stored = request(step.request.id);
      if (step.from && (!stored || stored->state != *step.from)) {
        return Fault{FaultCode::conflict, "state"};
      }
      if (!step.from && has_open(step.request)) {
        return Fault{FaultCode::already_exists, "policy: the tenant has asked for it already"};
      }
    }
    if (change.removed && !policy(*change.removed)) {
      return no_policy(*change.removed);
    }
    return std::nullopt;
  }
  void write(const SharingChange& change) {
    if (change.put) {
      policies_[change.put->id] = *change.put;
      due_.erase(change.put->id);
      if (change.put->expires_at) {
        due_[change.put->id] = *change.put->expires_at;
      }
    }
    for (const RequestStep& step : change.requests) {
      requests_[step.request.id] = step.request;
    }
    if (change.swept) {
      due_.erase(*change.swept);
    }
    if (change.removed) {
      policies_.erase(*change.removed);
      due_.erase(*change.removed);
    }
  }
  void forget(TenantId tenant) {
    std::erase_if(policies_, [&](const auto& row) { return row.second.owner == tenant; });
    std::erase_if(due_, [&](const auto& row) { return !policies_.contains(row.first); });
    std::erase_if(requests_, [&](const auto& row) {
      return row.second.owner == tenant || row.second.consumer == tenant;
    });
  }

private:
  [[nodiscard]] static bool is_open(const SharingRequest& request) {
    return request.state == SharingState::pending || request.state == SharingState::approved;
  }
  [[nodiscard]] bool has_open(const SharingRequest& wish) const {
    return std::ranges::any_of(requests_, [&](const auto& row) {
      return row.second.policy == wish.policy && row.second.consumer == wish.consumer &&
             is_open(row.second);
    });
  }

  std::map<PolicyId, SharingPolicy> policies_;
  std::map<PolicyId, WallTime> due_;
  std::map<SharingId, SharingRequest> requests_;
};

}  // namespace sluice::testing
