// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "actors/runtime/denial_budget.hpp"
#include "actors/runtime/hosting.hpp"
#include "actors/runtime/pinned.hpp"
#include "actors/runtime/published_tiers.hpp"
#include "actors/runtime/store_messages.hpp"
#include "actors/runtime/upkeep.hpp"
#include "actors/tenant/clock.hpp"

namespace sluice {

/// Everything that a shard host needs to know about its surroundings.
struct ShardHostPlace {
  ReactorIndex here;
  std::vector<Loop*> loops;  ///< Of all reactors, in order.
  const Clock* clock;
  const Clock* machine;
  Observer* observer;
  const Tenure* tenure;
  std::uint64_t checkpoint_bytes;
  std::shared_ptr<const PublishedMeters> meters;
  std::shared_ptr<const PublishedTiers> tiers;
  const std::uint64_t* hops;  ///< Counted by the engine on this reactor's thread.
  std::vector<StoreReaderActor> readers;
  StoreWriterActor writer;
  Hosting::Bounds bounds;
  Ticks flush_interval;
  Ticks flush_back_off_max;
  HashSeed seed;
};

/// Hosts the tenants of one reactor's shards: the envelope of `Upkeep` and `Hosting`.
///
///   DecideChecks        Decides what it can at once and the rest when their tenants are loaded;
///                       completes the batch on the reactor that submitted it, once what was
///                       charged is safe.
///   Loaded              Answer to `Load`, which it sends at the end of a turn for all tenants that
///                       were missed in that turn.
///   Amended, Removed    Puts the change in force, then answers the caller.
///   Flushed             Answer to `Flush`, of which one at most is under way.
///   StoreAnswers        Tries the flush again that failed.
///   PolicyPut, PolicyGone, OwnerStands
///                       Decides by it from then on.
///   AskTenant           Lets the call read the tenant, after loading it if need be.
///   TellExplanations    Answers the caller.
///   TellStatus          Adds its part to the round.
///   Tick                Passes time.
///   Drain               Answers what waits, writes what is dirty; no checks come any more.
///   Retire              Ends.
///
/// Threading  Pinned to its reactor.
/// Order      Checks of a tenant are decided in the order of their messages and, within one, of
///            the list.
/// Bounds     As `Hosting`.
/// Faults     As `Upkeep`.
class ShardHost final : public Pinned<ShardHostActor::base>, private Upkeep::Surroundings {
public:
  ShardHost(caf::actor_config& config, Home& home, ShardHostPlace place, Hosting::Start start);

  behavior_type make_behavior() override;

private:
  void load(std::vector<TenantId> tenants) override;
  void save(SaveBatch batch) override;
  void grant(const FirstUse& use) override;
  void deny(const DeniedUse& use) override;
  void split(CheckBatch& batch, std::uint32_t checks) override;
  void answered(CheckBatch& part) override;
  void unanswered(CheckBatch& part) override;
  void wake() override;
  void drained(std::size_t tenants_unsaved) override;

  void put_in_force(Amended& fact);
  void put_in_force(Removed& fact);
  void tell_status(StatusRound& round);
  void drain(const Drain& wish);

  ShardHostActor self() { return caf::actor_cast<ShardHostActor>(this); }
  [[nodiscard]] Loop& loop() { return *place_.loops[place_.here.raw()]; }

  ShardHostPlace place_;
  Hosting hosting_;
  Upkeep upkeep_;
  std::size_t next_reader_ = 0;
  DenialBudget denials_;  ///< Of tenants, for the uses that owners do not let them have.
  std::mt19937_64 random_{std::random_device{}()};      ///< Of ids.
  std::shared_ptr<std::promise<std::size_t>> unsaved_;  ///< Of the drain.
};

}  // namespace sluice
