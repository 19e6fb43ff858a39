// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <memory>

#include "actors/runtime/tenant_hash.hpp"
#include "actors/tenant/sharing/ready_policy.hpp"
#include "actors/tenant/standing.hpp"
#include "actors/tenant/tier.hpp"

namespace sluice {

/// All policies, and how their owners stand, as one host decides by them.
///
/// Role       A table without a lock: each host has its own, and is told of changes by messages.
/// Threading  Confined to its host.
/// Ownership  Shares the policies; a pointer to one is good until it is put or removed, or the
///            catalogue of tiers changes.
/// Units      None.
/// Errors     None.
/// Cost       `find` is a look into a hash table. At most `policies_max`.
class SharedPolicies {
public:
  explicit SharedPolicies(HashSeed seed)
      : policies_(0, Hash{TenantHash{seed}}), owners_(0, TenantHash{seed}) {}

  /// Holds from now on, in place of the one before.
  void put(std::shared_ptr<const ReadyPolicy> policy);
  void remove(PolicyId policy) { policies_.erase(policy); }
  [[nodiscard]] const ReadyPolicy* find(PolicyId policy) const {
    const auto found = policies_.find(policy);
    return found == policies_.end() ? nullptr : found->second.get();
  }
  [[nodiscard]] std::size_t size() const noexcept { return policies_.size(); }

  /// Whether an owner may share, from now on.
  void stand(TenantId owner, Standing standing) {
    if (standing == Standing{}) {
      owners_.erase(owner);
    } else {
      owners_.insert_or_assign(owner, standing);
    }
  }
  [[nodiscard]] Standing standing_of(TenantId owner) const {
    if (owners_.empty()) [[likely]] {
      return {};
    }
    const auto found = owners_.find(owner);
    return found == owners_.end() ? Standing{} : found->second;
  }

  /// Ranks of tiers are these from now on.
  void rank_by(std::shared_ptr<const TierCatalogue> tiers);

private:
  struct Hash {
    TenantHash hash;
    [[nodiscard]] std::size_t operator()(PolicyId id) const noexcept {
      return hash(TenantId{id.high, id.low});
    }
  };
  [[nodiscard]] std::shared_ptr<const ReadyPolicy> ranked(
      std::shared_ptr<const ReadyPolicy> policy) const;

  absl::flat_hash_map<PolicyId, std::shared_ptr<const ReadyPolicy>, Hash> policies_;
  absl::flat_hash_map<TenantId, Standing, TenantHash> owners_;  ///< That are not simply active.
  std::shared_ptr<const TierCatalogue> tiers_;
};

}  // namespace sluice
