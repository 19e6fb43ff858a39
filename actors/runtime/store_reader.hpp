// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <memory>
#include <vector>

#include "actors/runtime/pinned.hpp"
#include "actors/runtime/plan_catalogue.hpp"
#include "actors/runtime/published_members.hpp"
#include "actors/runtime/published_resources.hpp"
#include "actors/runtime/store_messages.hpp"
#include "actors/tenant/observer.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// Reads tenants from the store, and what is quickly found.
///
///   Load -> Loaded        For each id: the tenant made ready, nothing, or why it cannot be read.
///   Show, Resolve, List, TellStored, TellMembers, TellTenantsOf, TellPermissions,
///   ShowCustomisation, TellAlerts, TellDeliveries, TellAccess, TellPolicies, TellStatements,
///   TellPayouts, SearchListings, ShowListing, TellRatings
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
              std::shared_ptr<const PublishedResources> resources, const Clock& machine,
              Observer& observer);

  behavior_type make_behavior() override;
  /// Tells how long each message took.
  caf::invoke_message_result consume(caf::mailbox_element& message) override;

private:
  /// Those whose store cannot be reached keep no others waiting for an answer.
  std::vector<LoadedTenant> load_apart(std::span<const TenantId> ids);
  std::vector<LoadedTenant> load(std::span<const TenantId> ids);
  LoadedTenant load_one(TenantId id);
  LoadedTenant made_ready(TenantRecord record);
  Result<TenantDefinition> show(TenantId id);
  Result<Customised> customisation(TenantId id);
  Result<FoundListing> seen_listing(const ListingQuery& query);
  Result<RatingPage> ratings(const RatingQuery& query);
  Result<StoredPage> stored(TenantId id, EntryId after);
  Result<TenantId> resolve(const std::string& slug);
  Result<PermissionSet> permissions(TenantId tenant, const std::string& user_id);

  std::unique_ptr<Store> store_;
  std::shared_ptr<PlanCatalogue> plans_;
  std::shared_ptr<PublishedMembers> published_;
  std::shared_ptr<const PublishedResources> resources_;
  const Clock& machine_;
  Observer& observer_;
};

}  // namespace sluice
