// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/resources.hpp"

namespace sluice::client {

std::optional<PolicyId> Resources::find(const Resource& resource) const {
  const std::lock_guard lock(mutex_);
  const auto found = policies_.find(resource);
  return found == policies_.end() ? std::nullopt : std::optional{found->second};
}

void Resources::remember(const Resource& resource, PolicyId policy) {
  const std::lock_guard lock(mutex_);
  if (policies_.size() >= kept_max) {
    policies_.clear();
    resources_.clear();
  }
  policies_.insert_or_assign(resource, policy);
  resources_.insert_or_assign(policy, resource);
}

void Resources::forget(PolicyId policy) {
  const std::lock_guard lock(mutex_);
  const auto found = resources_.find(policy);
  if (found == resources_.end()) {
    return;
  }
  if (const auto named = policies_.find(found->second);
      named != policies_.end() && named->second == policy) {
    policies_.erase(named);
  }
  resources_.erase(found);
}

}  // namespace sluice::client
