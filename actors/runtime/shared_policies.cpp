// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/shared_policies.hpp"

#include <utility>

namespace sluice {

void SharedPolicies::put(std::shared_ptr<const ReadyPolicy> policy) {
  const PolicyId id = policy->policy.id;
  policies_.insert_or_assign(id, ranked(std::move(policy)));
}

void SharedPolicies::rank_by(std::shared_ptr<const TierCatalogue> tiers) {
  if (tiers == tiers_) {
    return;
  }
  tiers_ = std::move(tiers);
  for (auto& [id, policy] : policies_) {
    policy = ranked(std::move(policy));
  }
}

// Few conditions ask for a rank; all others are as whoever sent them made them.
std::shared_ptr<const ReadyPolicy> SharedPolicies::ranked(
    std::shared_ptr<const ReadyPolicy> policy) const {
  const bool depends = tiers_ != nullptr && policy->conditions.ranks_tiers();
  return depends ? made_ready(policy->policy, *tiers_, policy->terms) : policy;
}

}  // namespace sluice
