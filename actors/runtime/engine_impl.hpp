// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "actors/runtime/denial_budget.hpp"
#include "actors/runtime/engine.hpp"
#include "actors/runtime/lease_keeper.hpp"
#include "actors/runtime/plan_catalogue.hpp"
#include "actors/runtime/published_hosts.hpp"
#include "actors/runtime/published_keys.hpp"
#include "actors/runtime/published_members.hpp"
#include "actors/runtime/published_meters.hpp"
#include "actors/runtime/published_resources.hpp"
#include "actors/runtime/published_tiers.hpp"
#include "actors/runtime/reactor.hpp"
#include "actors/runtime/recovery.hpp"
#include "actors/runtime/shard_host.hpp"
#include "actors/runtime/sharing_reading.hpp"
#include "actors/runtime/store_messages.hpp"
#include "actors/runtime/store_thread.hpp"

namespace sluice {

/// What the engine keeps for one reactor; touched only on that reactor's thread.
struct Desk {
  std::uint64_t hops = 0;
  std::vector<std::uint16_t> owners;     ///< Of the checks of the batch being sorted.
  std::vector<std::uint32_t> part_ends;  ///< For each reactor.
  std::size_t calls_under_way = 0;       ///< Management calls.
  std::size_t next_reader = 0;
  DenialBudget denials;
  std::mt19937_64 random{std::random_device{}()};
};

/// The parts of an engine and how they are put together; the engine's own rules hold.
class Engine::Impl {
public:
  Impl(EngineOptions options, StoreFactory stores, std::unique_ptr<Journals> journals,
       EngineSurroundings surroundings);
  ~Impl();

  Result<Done> start();
  Result<Done> stop(std::chrono::milliseconds patience);

  void submit(ReactorIndex here, CheckBatch& batch);

  [[nodiscard]] Desk& desk(ReactorIndex here) { return desks_[here.raw()]; }
  [[nodiscard]] Loop& loop(ReactorIndex here) { return reactors_[here.raw()]->loop(); }
  [[nodiscard]] std::uint16_t reactor_count() const noexcept { return options_.reactors; }
  [[nodiscard]] ShardCount shards() const noexcept { return shards_; }
  [[nodiscard]] const PublishedMeters& meters() const { return *meters_; }
  [[nodiscard]] const PublishedKeys& keys() const { return *keys_; }
  [[nodiscard]] const PublishedTiers& tiers() const { return *tiers_; }
  [[nodiscard]] const PublishedMembers& members() const { return *members_; }
  [[nodiscard]] const PublishedHosts& hosts_by_name() const { return *hosts_by_name_; }
  [[nodiscard]] const PublishedCounts& counts() const { return *counts_; }
  [[nodiscard]] const std::vector<std::unique_ptr<StoreThread>>& store_threads() const {
    return store_threads_;
  }
  [[nodiscard]] const PublishedResources& resources() const { return *resources_; }
  [[nodiscard]] const Clock& clock() const { return *surroundings_.clock; }
  [[nodiscard]] const Clock& machine() const { return *surroundings_.machine; }
  [[nodiscard]] bool stopping() const { return stopping_.load(std::memory_order_relaxed); }
  [[nodiscard]] Duration tenant_retention() const { return options_.tenant_retention; }
  [[nodiscard]] OwnershipStatus ownership() const;
  [[nodiscard]] const StartTimes& start_times() const noexcept { return start_times_; }
  [[nodiscard]] ReactorIndex owner_of(TenantId tenant) const noexcept {
    return owner_of(shard_of(tenant, shards_));
  }
  [[nodiscard]] ReactorIndex owner_of(ShardId shard) const noexcept {
    return ReactorIndex{static_cast<std::uint16_t>(shard.raw() % options_.reactors)};
  }
  [[nodiscard]] const ShardHostActor& host_of(TenantId tenant) const {
    return hosts_[owner_of(tenant).raw()];
  }
  [[nodiscard]] const std::vector<ShardHostActor>& hosts() const { return hosts_; }
  [[nodiscard]] const StoreWriterActor& writer() const { return writer_; }
  [[nodiscard]] const UsageAnalystActor& analyst() const { return analyst_; }
  [[nodiscard]] const StoreReaderActor& next_reader(ReactorIndex here) {
    return readers_[desk(here).next_reader++ % readers_.size()];
  }

  /// The caller's way back, if the call may begin; otherwise it is told why not.
  template <class T>
  [[nodiscard]] std::optional<Caller<T>> admit(ReactorIndex here, Reply<T> reply) {
    Desk& desk = this->desk(here);
    if (stopping_.load(std::memory_order_relaxed)) {
      Caller<T>{loop(here), std::move(reply)}.answer(
          Fault{FaultCode::unavailable, "the server is stopping"});
      return std::nullopt;
    }
    if (desk.calls_under_way >= management_calls_max) {
      Caller<T>{loop(here), std::move(reply)}.answer(
          Fault{FaultCode::unavailable, "management_calls_max: too many calls are under way"});
      return std::nullopt;
    }
    ++desk.calls_under_way;
    return Caller<T>{loop(here), [&desk, reply = std::move(reply)](Result<T> result) {
                       --desk.calls_under_way;
                       reply(std::move(result));
                     }};
  }

private:
  static constexpr std::size_t management_calls_max = 1024;  ///< For each reactor.

  Result<std::vector<std::unique_ptr<Store>>> open_stores();
  Result<Done> own_and_recover(std::unique_ptr<Store> store);
  void spawn_store_actors(std::vector<std::unique_ptr<Store>> stores);
  void spawn_hosts(std::chrono::milliseconds tick);
  void tell_hosts_of(Offered offered);
  void start_ticking(std::chrono::milliseconds tick);
  void see_to_due();
  void see_to_books();
  void see_to_usage(WallTime saved_before);
  [[nodiscard]] Hosting::Bounds bounds_of_a_host() const;
  void finish_turns();
  [[nodiscard]] std::size_t drain_hosts(std::chrono::milliseconds patience);
  void retire_actors();

  template <class Actor, class... Args>
  auto spawn(Home& home, Args&&... args);

  void refuse(ReactorIndex here, CheckBatch& batch);
  bool all_owned_by(ReactorIndex here, const CheckBatch& batch, Desk& desk) const;
  void submit_in_parts(ReactorIndex here, CheckBatch& batch);

  EngineOptions options_;
  StoreFactory stores_;
  EngineSurroundings surroundings_;
  ShardCount shards_{1};
  Epoch epoch_;
  StartTimes start_times_;
  Tenure tenure_;
  std::shared_ptr<PublishedMeters> meters_ = std::make_shared<PublishedMeters>();
  std::shared_ptr<PublishedKeys> keys_ = std::make_shared<PublishedKeys>();
  std::shared_ptr<PublishedTiers> tiers_ = std::make_shared<PublishedTiers>();
  std::shared_ptr<PublishedMembers> members_ = std::make_shared<PublishedMembers>();
  std::shared_ptr<PublishedHosts> hosts_by_name_ = std::make_shared<PublishedHosts>();
  std::shared_ptr<PublishedCounts> counts_ = std::make_shared<PublishedCounts>();
  std::shared_ptr<PublishedResources> resources_ = std::make_shared<PublishedResources>();
  std::shared_ptr<PlanCatalogue> plans_ = std::make_shared<PlanCatalogue>();
  std::vector<Desk> desks_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> seeing_to_due_{false};  ///< A round is under way.
  std::atomic<bool> seeing_to_books_{false};
  std::atomic<bool> watching_usage_{false};
  std::atomic<bool> forgetting_usage_{false};
  bool running_ = false;

  // The loops keep their hosts alive, and actors must not outlive their system or their homes.
  caf::actor_system_config system_config_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<LeaseKeeper> lease_keeper_;
  std::vector<std::unique_ptr<StoreThread>> store_threads_;
  std::vector<std::unique_ptr<Reactor>> reactors_;
  std::unique_ptr<Journals> journal_directory_;  ///< Its threads wake reactors.
  std::vector<RecoveredReactor> recovered_;      ///< Its journals; the hosts have the rest.
  StoreWriterActor writer_;
  UsageAnalystActor analyst_;
  std::vector<StoreReaderActor> readers_;
  std::vector<ShardHostActor> hosts_;
};

}  // namespace sluice
