// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/runtime/flush_pace.hpp"
#include "actors/runtime/hosting.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/runtime/pinned.hpp"
#include "actors/tenant/clock.hpp"

namespace sluice {

/// Everything that a shard host needs to know about its surroundings.
struct ShardHostPlace {
  ReactorIndex here;
  std::vector<Loop*> loops;  ///< Of all reactors, in order.
  const Clock* clock;
  Observer* observer;
  std::shared_ptr<const PublishedMeters> meters;
  const std::uint64_t* hops;  ///< Counted by the engine on this reactor's thread.
  std::vector<StoreReaderActor> readers;
  StoreWriterActor writer;
  Hosting::Bounds bounds;
  Ticks flush_interval;
  Ticks flush_back_off_max;
  HashSeed seed;
};

/// Hosts the tenants of one reactor's shards: the envelope of `Hosting`.
///
///   DecideChecks        Decides what it can at once and the rest when their tenants are loaded;
///                       completes the batch on the reactor that submitted it.
///   Loaded              Answer to `Load`, which it sends at the end of a turn for all tenants that
///                       were missed in that turn.
///   Amended, Removed    Puts the change in force, then answers the caller.
///   Flushed             Answer to `Flush`, of which one at most is under way.
///   TellUsage           Answers the caller, after loading the tenant if need be.
///   TellStatus          Adds its part to the round.
///   Tick, GatherMore    Begins a flush when one is due; gathers its next slice.
///   Drain               Answers what waits, writes what is dirty; no checks come any more.
///   Retire              Ends.
///
/// Threading  Pinned to its reactor.
/// Order      Checks of a tenant are decided in the order of their messages and, within one, of
///            the list.
/// Bounds     As `Hosting`.
/// Faults     A flush that failed is gathered and sent again after a back-off, for ever.
class ShardHost final : public Pinned<ShardHostActor::base> {
public:
  ShardHost(caf::actor_config& config, Home& home, ShardHostPlace place);

  behavior_type make_behavior() override;

private:
  void decide(const DecideChecks& wish);
  void part_done(CheckBatch& batch);
  void after_load(Loaded& answer);
  void put_in_force(Amended& fact);
  void put_in_force(Removed& fact);
  void tell_status(StatusRound& round);
  void send_loads();

  void flush_if_due();
  void gather_slice();
  void after_flush(const Flushed& fact);

  void drain(const Drain& wish);
  void finish_drain_if_done();

  ShardHostActor self() { return caf::actor_cast<ShardHostActor>(this); }

  ShardHostPlace place_;
  Hosting hosting_;
  FlushPace pace_;
  std::vector<CheckBatch*> finished_;
  std::size_t next_reader_ = 0;
  std::uint64_t flushes_ = 0;
  std::uint64_t flush_failures_ = 0;
  std::optional<Drain> draining_;
  bool drained_ = false;
};

}  // namespace sluice
