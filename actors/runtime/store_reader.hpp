// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <memory>
#include <vector>

#include "actors/runtime/messages.hpp"
#include "actors/runtime/pinned.hpp"
#include "actors/runtime/plan_catalogue.hpp"
#include "actors/runtime/published_members.hpp"
#include "actors/tenant/observer.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// Reads tenants from the store.
///
///   Load -> Loaded        For each id: the tenant made ready, nothing, or why it cannot be read.
///   Show, Resolve, List, TellHistory, TellWindows, TellWhatIf, TellAudit, CheckAudit,
///   ShowCustomisation
///                         Answers the caller.
///   Retire                Ends.
///
/// Threading  Own thread: the store blocks.
/// Order      As sent.
/// Bounds     Hosts bound their loads, the engine its management calls.
/// Faults     Told to the observer, then answered. Damage in one tenant does not spoil the others
///            of its load.
class StoreReader final : public Pinned<StoreReaderActor::base> {
public:
  StoreReader(caf::actor_config& config, Home& home, std::unique_ptr<Store> store,
              std::shared_ptr<PlanCatalogue> plans, std::shared_ptr<PublishedMembers> published,
              Observer& observer);

  behavior_type make_behavior() override;

private:
  std::vector<LoadedTenant> load(std::span<const TenantId> ids);
  LoadedTenant load_one(TenantId id);
  LoadedTenant made_ready(TenantRecord record);
  Result<TenantDefinition> show(TenantId id);
  Result<Customised> customisation(TenantId id);
  Result<StoredPage> stored(TenantId id, EntryId after);
  Result<TenantId> resolve(const std::string& slug);
  Result<PermissionSet> permissions(TenantId tenant, const std::string& user_id);

  std::unique_ptr<Store> store_;
  std::shared_ptr<PlanCatalogue> plans_;
  std::shared_ptr<PublishedMembers> published_;
  Observer& observer_;
};

}  // namespace sluice
