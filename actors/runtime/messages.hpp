// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/runtime/caller.hpp"
#include "actors/runtime/engine.hpp"
#include "actors/tenant/plan.hpp"
#include "actors/tenant/standing.hpp"
#include "actors/tenant/tenant_tier.hpp"

/// The messages between the actors of a server. They are wishes (verbs) or facts (participles),
/// never leave the process, and are not serialisable on purpose: the wire has its own schema.
/// Nothing is answered through CAF: a wish carries its `Caller`, so the answer finds its thread.

namespace sluice {

// ---- To a shard host

/// Decide these checks of a batch.
struct DecideChecks {
  CheckBatch* batch;
  bool whole;                            ///< All checks; otherwise only `items`.
  std::span<const std::uint32_t> items;  ///< Lies in the batch.
};

/// What the store knew about one tenant: nothing if there is none.
struct StoredTenant {
  Version version;
  std::shared_ptr<const Plan> plan;
  TenantState state;
  Standing standing{};
  std::uint32_t members = 0;
};
/// Why there is a place for one more member, or not; called on the thread of the tenant's host.
using SeatCall = std::function<void(Result<Done>)>;

struct LoadedTenant {
  TenantId id;
  Result<std::optional<StoredTenant>> found;
};
struct Loaded {
  std::vector<LoadedTenant> tenants;  ///< One for each that was asked for.
};

/// The store has this definition of a tenant; answer the caller, if any, once it is in force.
struct Amended {
  TenantDefinition definition;
  bool created;  ///< Surely: there was none before.
  std::shared_ptr<const Plan> plan;
  std::optional<Caller<TenantDefinition>> caller;
  std::uint32_t seats = 0;  ///< That were taken for it.
};
/// Take a place for one more member, which counts from now on.
struct TakeSeat {
  TenantId tenant;
  SeatCall then;
};
/// The member that a place was taken for does not come.
struct LeaveSeat {
  TenantId tenant;
};
/// The store has this tenant no more.
struct Removed {
  TenantDefinition definition;  ///< As it was; without a caller only the id.
  std::optional<Caller<TenantDefinition>> caller;
};

/// The flush under way was committed, or why not.
struct Flushed {
  Result<Done> outcome;
  Duration took;
};

struct TellUsage {
  TenantId tenant;
  Caller<TenantUsage> caller;
};

struct TellExplanations {
  ExplanationQuery query;
  Caller<std::vector<Explanation>> caller;
};

/// Gathers one `ReactorStatus` from each host; the last one answers.
struct StatusRound {
  StatusRound(std::size_t hosts, Caller<std::vector<ReactorStatus>> asker)
      : reactors(hosts), missing(hosts), caller(std::move(asker)) {}
  std::vector<ReactorStatus> reactors;
  std::atomic<std::size_t> missing;
  Caller<std::vector<ReactorStatus>> caller;
};
struct TellStatus {
  std::shared_ptr<StatusRound> round;
};

/// The reactor's timer went off.
struct Tick {};

/// No more checks come: answer those that wait, write what is dirty; then say how many tenants
/// could not be written before the deadline.
struct Drain {
  std::shared_ptr<std::promise<std::size_t>> unsaved;
  Instant deadline;  ///< Of the machine's time.
};

/// End, after everything sent before.
struct Retire {};

}  // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::DecideChecks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Amended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TakeSeat)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::LeaveSeat)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Removed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Flushed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellUsage)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellExplanations)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellStatus)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Retire)

namespace sluice {

using ShardHostActor =
    caf::typed_actor<caf::reacts_to<DecideChecks>, caf::reacts_to<Loaded>, caf::reacts_to<Amended>,
                     caf::reacts_to<TakeSeat>, caf::reacts_to<LeaveSeat>, caf::reacts_to<Removed>,
                     caf::reacts_to<Flushed>, caf::reacts_to<TellUsage>,
                     caf::reacts_to<TellExplanations>, caf::reacts_to<TellStatus>,
                     caf::reacts_to<Tick>, caf::reacts_to<Drain>, caf::reacts_to<Retire>>;

// ---- To a reader of the store

struct Load {
  ShardHostActor host;  ///< Is sent `Loaded`.
  std::vector<TenantId> tenants;
};
struct Show {
  TenantId tenant;
  Caller<TenantDefinition> caller;
};
struct Resolve {
  std::string slug;
  Caller<TenantId> caller;
};
struct List {
  TenantQuery query;
  Caller<TenantPage> caller;
};
struct TellHistory {
  UsageQuery query;
  Caller<std::vector<UsagePoint>> caller;
};
struct TellWindows {
  TenantId tenant;
  Caller<std::vector<ClosedWindow>> caller;
};
struct TellStored {
  TenantId tenant;
  EntryId after;  ///< Entries of higher ids; the nil id for the first page.
  Caller<StoredPage> caller;
};
struct TellWhatIf {
  WhatIfQuery query;
  Caller<WhatIfPage> caller;
};
struct TellAudit {
  AuditQuery query;
  Caller<AuditPage> caller;
};
struct CheckAudit {
  TenantId chain;
  std::optional<AuditMark> from;
  Caller<AuditCheck> caller;
};
struct ShowCustomisation {
  TenantId tenant;
  Caller<Customised> caller;
};

struct TellMembers {
  MemberQuery query;
  Caller<MemberPage> caller;
};
struct TellTenantsOf {
  TenantsOfQuery query;
  Caller<TenantsOfPage> caller;
};
/// What the member may do, which is remembered.
struct TellPermissions {
  TenantId tenant;
  std::string user_id;
  Caller<PermissionSet> caller;
};

// ---- To the writer of the store; `host` is the owner of the tenant

struct Create {
  Author author;
  TenantDefinition draft;
  ShardHostActor host;
  Caller<TenantDefinition> caller;
  std::optional<Member> owner{};  ///< Id and email of its first one.
};
struct ChangeMembers {
  Author author;
  MemberWish wish;
  ShardHostActor host;
  std::shared_ptr<std::optional<Member>> told;  ///< Whom it was about; set before the answer.
  Caller<TenantDefinition> caller;
  std::uint32_t seats = 0;  ///< That were taken for it.
};
struct Amend {
  Author author;
  Amendment amendment;
  ShardHostActor host;
  Caller<TenantDefinition> caller;
};
struct Remove {
  Author author;
  TenantId tenant;
  ShardHostActor host;
  Caller<TenantDefinition> caller;
};
/// See to the tenants to which time alone does something.
struct SeeToDue {
  std::function<ShardHostActor(TenantId)> host_of;
  std::function<void()> ended;       ///< Called once all that are due by now were seen.
  std::optional<DueTenant> after{};  ///< Those up to this one were.
};
struct DefineMeter {
  Author author;
  std::string name;
  std::string unit;
  Caller<Meter> caller;
};
struct AddKey {
  Author author;
  ApiKey key;
  Caller<ApiKey> caller;
};
struct RemoveKey {
  Author author;
  KeyId id;
  Caller<ApiKey> caller;
};
/// Record that somebody was refused; nobody waits for it.
struct RecordDenial {
  AuditDraft denial;  ///< In the platform's chain if there is no such tenant.
};
struct PutTier {
  Author author;
  Tier tier;
  std::optional<Version> expected;  ///< As of an amendment.
  Caller<Tier> caller;
};
struct RemoveTier {
  Author author;
  std::string name;
  Caller<Tier> caller;
};
/// Give some tenants of a tier what it has now.
struct ApplyTierTo {
  Author author;
  TierApplyQuery query;
  std::function<ShardHostActor(TenantId)> host_of;
  Caller<TierApplied> caller;
};
struct Customise {
  Author author;
  CustomisationWish wish;
  Caller<Customised> caller;
};
struct Flush {
  ShardHostActor host;  ///< Is sent `Flushed`.
  SaveBatch batch;
};

}  // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Load)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Show)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Resolve)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::List)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellHistory)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellWindows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellStored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellWhatIf)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellMembers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellTenantsOf)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellPermissions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::ChangeMembers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellAudit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::CheckAudit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::ShowCustomisation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Customise)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Create)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Amend)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Remove)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::SeeToDue)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::DefineMeter)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::AddKey)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::RemoveKey)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::PutTier)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::RemoveTier)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::ApplyTierTo)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::RecordDenial)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Flush)

namespace sluice {

using StoreReaderActor = caf::typed_actor<
    caf::reacts_to<Load>, caf::reacts_to<Show>, caf::reacts_to<Resolve>, caf::reacts_to<List>,
    caf::reacts_to<TellHistory>, caf::reacts_to<TellWindows>, caf::reacts_to<TellStored>,
    caf::reacts_to<TellWhatIf>, caf::reacts_to<TellMembers>, caf::reacts_to<TellTenantsOf>,
    caf::reacts_to<TellPermissions>, caf::reacts_to<TellAudit>, caf::reacts_to<CheckAudit>,
    caf::reacts_to<ShowCustomisation>, caf::reacts_to<Retire>>;

using StoreWriterActor =
    caf::typed_actor<caf::reacts_to<Create>, caf::reacts_to<Amend>, caf::reacts_to<ChangeMembers>,
                     caf::reacts_to<Remove>, caf::reacts_to<SeeToDue>, caf::reacts_to<DefineMeter>,
                     caf::reacts_to<AddKey>, caf::reacts_to<RemoveKey>, caf::reacts_to<PutTier>,
                     caf::reacts_to<RemoveTier>, caf::reacts_to<ApplyTierTo>,
                     caf::reacts_to<Customise>, caf::reacts_to<RecordDenial>, caf::reacts_to<Flush>,
                     caf::reacts_to<Retire>>;

}  // namespace sluice
