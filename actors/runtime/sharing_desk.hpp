// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "actors/runtime/published_meters.hpp"
#include "actors/tenant/audit.hpp"
#include "actors/tenant/sharing/access.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"
#include "actors/tenant/sharing/statement.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/tier.hpp"

namespace sluice {

/// Where two tenants come to terms: decides what owners and consumers wish, and commits it.
///
/// Role       The part of the store's writer that is about sharing, without its mailbox. Each call
///            is one transaction: the request, the consumer's next definition, the events of both
///            audits. Only after its commit, and before the call returns, hosts are told, through
///            `Surroundings`; whoever calls answers once they have it in force.
/// Threading  Confined to the thread that writes: nobody else changes what it reads first.
/// Ownership  Borrows the store and its surroundings.
/// Units      Wall time.
/// Errors     Those of the store, and refusals. What was perhaps committed (`outcome_unknown`) is
///            in doubt: consumers are the surroundings' to read again, policies are read again by
///            `clear_doubts`.
class SharingDesk {
public:
  /// Who is told of what was committed, and by what is decided.
  class Surroundings {
  public:
    virtual ~Surroundings() = default;
    [[nodiscard]] virtual WallTime wall() const = 0;
    [[nodiscard]] virtual std::shared_ptr<const TierCatalogue> catalogue() const = 0;
    [[nodiscard]] virtual MeterCount meters() const = 0;
    /// The consumer is so from now on; its host is to have it in force.
    virtual void put_in_force(const TenantDefinition& consumer) = 0;
    /// Nobody knows whether it is so.
    virtual void doubt(TenantId consumer) = 0;
    /// The policy is so from now on, and costs that; every host is to have it in force.
    virtual void publish(const SharingPolicy& policy, std::vector<SharingTerms> terms) = 0;
    /// This tenant shares something.
    virtual void owns(const TenantDefinition& owner) = 0;
    virtual void forget(PolicyId policy) = 0;
    virtual void access_changed(const SharingRequest& request) = 0;
    /// Somebody named what is another tenant's.
    virtual void deny(const Author& author, TenantId whose, std::string_view what) = 0;
  };

  SharingDesk(Store& store, Epoch epoch, Surroundings& surroundings)
      : store_(store), epoch_(epoch), surroundings_(surroundings) {}

  /// A new one gets the `fresh` id.
  [[nodiscard]] Result<SharingPolicy> put_policy(const Author& author, const PolicyWish& wish,
                                                 PolicyId fresh);

  struct Removal {
    SharingPolicy policy{};  ///< As it was.
    bool gone = false;       ///< Otherwise more of its requests are open: call again.
  };
  /// Ends some open requests of a policy; with the last ones it is removed.
  [[nodiscard]] Result<Removal> remove_policy(const Author& author, TenantId owner, PolicyId id);
  /// All of them, before their owner is purged.
  [[nodiscard]] Result<Done> remove_policies(const Author& author, std::span<const PolicyId> ids);
  /// Ends all open requests of a tenant and takes its grants, before it is purged. Owners have the
  /// end of each in their audit.
  [[nodiscard]] Result<Done> end_access_of(const Author& author, TenantId consumer);

  /// Makes a step of a request; of a peek, only tells it.
  [[nodiscard]] Result<AccessStep> change_access(const Author& author, const AccessWish& wish);
  /// Does some of what time does to grants and policies. What cannot be done for one of them does
  /// not keep the others; the first fault is told. `some`: there may be more.
  [[nodiscard]] Result<Rest> end_due(WallTime now);

  /// Tells what the store really has of policies that are in doubt, if it can be read.
  void clear_doubts();
  [[nodiscard]] bool in_doubt() const noexcept { return !doubtful_.empty(); }

private:
  /// Nothing if there is none, and if it is another's, who is told that somebody tried.
  [[nodiscard]] Result<std::optional<SharingPolicy>> owned_policy(const Author& author,
                                                                  TenantId owner, PolicyId id,
                                                                  std::string_view tried);
  [[nodiscard]] Result<Done> check(const SharingPolicy& policy) const;
  [[nodiscard]] Result<std::vector<SharingTerms>> read_terms(PolicyId id);
  /// What was decided about it; what it spent, and where that is, does not matter here.
  [[nodiscard]] Result<TenantDefinition> read(TenantId id);
  [[nodiscard]] Result<AccessStep> step_of(const Author& author, const AccessWish& wish);
  [[nodiscard]] Result<AccessStep> request(const Author& author, const RequestAccess& wish);
  [[nodiscard]] Result<AccessStep> request(const SharingPolicy& policy, const RequestAccess& wish);
  /// Whether the last of its requests ended, and it with them.
  [[nodiscard]] Result<bool> remove_some(const Author& author, const SharingPolicy& policy);
  [[nodiscard]] Result<Done> end_grant(const SharingRequest& request, WallTime now);
  /// How many were ended; once no more are left the policy is not due any more.
  [[nodiscard]] Result<std::size_t> end_grants_of(const SharingPolicy& policy, WallTime now);
  [[nodiscard]] Result<Done> write(const Author& author, TenantId actor, AccessStep& step);
  [[nodiscard]] SharedDeed deed_of(std::vector<AuditDraft> audit, const Author& author,
                                   TenantId actor) const;

  Store& store_;
  Epoch epoch_;
  Surroundings& surroundings_;
  std::set<PolicyId> doubtful_;  ///< Policies whose commit may have been done.
};

}  // namespace sluice
