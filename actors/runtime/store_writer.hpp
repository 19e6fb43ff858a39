// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "actors/runtime/messages.hpp"
#include "actors/runtime/pinned.hpp"
#include "actors/runtime/plan_catalogue.hpp"
#include "actors/runtime/published_hosts.hpp"
#include "actors/runtime/published_keys.hpp"
#include "actors/runtime/published_members.hpp"
#include "actors/runtime/published_meters.hpp"
#include "actors/runtime/published_tiers.hpp"
#include "actors/runtime/tenure.hpp"
#include "actors/tenant/clock.hpp"
#include "actors/tenant/observer.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// Writes everything that goes into the store: it is the only one who does, so two changes of one
/// tenant can never meet there.
///
///   Create, Amend -> Amended   Decides the change, commits it, tells the owner of the tenant, who
///                              puts it in force and answers the caller.
///   ChangeMembers -> Amended   The same; what members may do is forgotten before anybody hears of
///                              it. Who does not come leaves his place (LeaveSeat).
///   Remove -> Removed          The same, of a tenant that is deactivated.
///   SeeToDue                   Does to a few tenants what time does, as an operator would; sends
///                              itself the rest, so that others come in between.
///   DefineMeter                Commits and publishes the meter, then answers the caller.
///   AddKey, RemoveKey          Commits and publishes the change, then answers the caller. A key
///                              whose removal is in doubt is revoked all the same.
///   PutTier, RemoveTier        Commits and publishes the catalogue, then answers the caller.
///   Customise                  Decides the change, commits it, publishes the tenant's hosts, then
///                              answers the caller.
///   ApplyTierTo                Amends some tenants of a tier, each by itself, then answers.
///   RecordDenial               Writes an event of the audit; one that cannot be written is told.
///   Flush -> Flushed           Commits the counters.
///   Retire                     Ends.
///
/// Threading  Own thread: the store blocks.
/// Order      As sent.
/// Bounds     Hosts have one flush under way; the engine bounds its management calls.
/// Faults     `fenced` ends the tenure: another server owns the shards. Others are told to the
///            observer and answered at once. A tenant whose commit may or may not have been done is
///            read again, before the next message if it cannot be read at once, and its owner told.
class StoreWriter final : public Pinned<StoreWriterActor::base> {
public:
  /// What it shares with others; all of it outlives it.
  struct Shared {
    std::shared_ptr<PlanCatalogue> plans;
    std::shared_ptr<PublishedMeters> meters;
    std::shared_ptr<PublishedKeys> keys;
    std::shared_ptr<PublishedMembers> members;
    std::shared_ptr<PublishedTiers> tiers;
    std::shared_ptr<PublishedHosts> hosts;
    EngineSurroundings surroundings;
    Tenure* tenure;
    Duration audit_retention{};  ///< Zero: for ever.
  };
  StoreWriter(caf::actor_config& config, Home& home, std::unique_ptr<Store> store, Epoch epoch,
              Shared shared);

  behavior_type make_behavior() override;

private:
  /// What was committed: the definition, as it is now or as it was before it was removed.
  struct Change {
    TenantDefinition definition;
    bool removed = false;
    bool created = false;
  };

  /// A tenant of which nobody knows what the store has.
  struct Doubt {
    ShardHostActor host;
    std::uint32_t seats = 0;  ///< That were taken for what may have been done.
  };

  Result<Change> create(Author author, TenantDefinition draft, const std::optional<Member>& owner);
  Result<Change> amend(Author author, const Amendment& amendment);
  Result<Change> change_members(Author author, const MemberWish& wish, std::optional<Member>& told);
  Result<Change> remove(Author author, TenantId id);
  Result<Change> let_time_act_on(TenantId id);
  Result<Meter> define_meter(Author author, const std::string& name, const std::string& unit);
  Result<ApiKey> add_key(Author author, ApiKey key);
  Result<ApiKey> remove_key(Author author, KeyId id);
  void record(AuditDraft denial);
  void forget_old_audit(WallTime now);
  /// What the store is to do, by this author and now.
  [[nodiscard]] Deed deed_of(AuditDraft audit, Author author) const;
  Result<Tier> put_tier(Author author, Tier tier, std::optional<Version> expected);
  Result<Tier> remove_tier(Author author, const std::string& name);
  Result<TierApplied> apply_tier(const ApplyTierTo& wish);
  /// The catalogue as the store has it, after this was written to it.
  Result<Done> publish_tiers(const Result<Done>& written);
  Result<Customised> customise(Author author, const CustomisationWish& wish);
  Result<TenantDefinition> read(TenantId id);

  void see_to_due(SeeToDue& wish);
  void conclude(const char* what, TenantId id, Result<Change> change, const ShardHostActor& host,
                const std::optional<Caller<TenantDefinition>>& caller, std::uint32_t seats = 0);
  void put_in_force(Change change, const ShardHostActor& host,
                    std::optional<Caller<TenantDefinition>> caller, std::uint32_t seats);
  /// Tells the owners of tenants in doubt what the store really has.
  void clear_doubts();

  void flush(Flush& wish);
  /// Answers, and tells of trouble.
  template <class T>
  void answer(const char* what, Result<T> result, const Caller<T>& caller);
  /// Tells those who have to know.
  void tell(const char* what, const Fault& fault);

  std::unique_ptr<Store> store_;
  Epoch epoch_;
  Shared shared_;
  std::optional<WallTime> audit_forgotten_at_;  ///< When old events were looked for last.
  std::map<TenantId, Doubt> doubtful_;          ///< Tenants whose commit may have been done.
};

}  // namespace sluice
