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
#include "actors/runtime/messages_books.hpp"
#include "actors/runtime/messages_sharing.hpp"
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
  std::vector<SharingGrant> shares{};
  ConsumerFacts facts{};
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

/// The store answers, which it had not done before: a flush that failed need not wait any longer.
struct StoreAnswers {};

/// A tenant as it is at this instant, to be read.
struct TenantView {
  const Tenant* tenant;
  Now now;
};
/// Reads the tenant, or hears why it cannot; called on the thread of the tenant's host.
using TenantCall = std::function<void(const Result<TenantView>&)>;
struct AskTenant {
  TenantId tenant;
  TenantCall call;
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
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::StoreAnswers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::AskTenant)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellExplanations)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellStatus)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Retire)

namespace sluice {

using ShardHostActor = caf::typed_actor<
    caf::reacts_to<DecideChecks>, caf::reacts_to<Loaded>, caf::reacts_to<Amended>,
    caf::reacts_to<TakeSeat>, caf::reacts_to<LeaveSeat>, caf::reacts_to<Removed>,
    caf::reacts_to<Flushed>, caf::reacts_to<StoreAnswers>, caf::reacts_to<AskTenant>,
    caf::reacts_to<TellExplanations>, caf::reacts_to<TellStatus>, caf::reacts_to<TellSaved>,
    caf::reacts_to<PolicyPut>, caf::reacts_to<PolicyGone>, caf::reacts_to<OwnerStands>,
    caf::reacts_to<PassRound>, caf::reacts_to<Tick>, caf::reacts_to<Drain>, caf::reacts_to<Retire>>;

}  // namespace sluice
