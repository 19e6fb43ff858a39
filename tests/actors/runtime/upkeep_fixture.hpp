// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/runtime/upkeep.hpp"
#include "tests/actors/runtime/asked_batch.hpp"
#include "tests/actors/runtime/recording_journal.hpp"
#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {

using namespace std::chrono_literals;

/// What a start may find: a state, a closed minute and a closed window.
inline Recovered history_and_a_state_of_tenant(std::uint64_t number) {
  const Counter counter{first_limit, Amount{7}, wall_time_never, {}};
  const UsageBucket minute{requests, Minute{1}, Amount{5}, 1};
  const ClosedWindow window{first_limit, requests, WallTime{}, Amount{6}};
  Recovered recovered;
  recovered.apply({.tenant = tenant(number),
                   .shard = ShardId{0},
                   .counters = {&counter, 1},
                   .closed_usage = {&minute, 1},
                   .closed_windows = {&window, 1}});
  return recovered;
}

/// Upkeep with a journal, a store and a lease that are all played by the test, which sees in
/// `happened` what was asked of them in which order. Both clocks stand still but for `machine`.
class UpkeepFixture : public ::testing::Test, private Upkeep::Surroundings, private Observer {
protected:
  static constexpr std::uint32_t ticks_to_flush = 10;
  static constexpr std::uint64_t checkpoint_bytes = 1000;

  explicit UpkeepFixture(Recovered recovered = {})
      : hosting{{.resident_tenants_max = 1000,
                 .idle_after = 60s,
                 .unknown_tenants_max = 16,
                 .unknown_for = 5s,
                 .write_behind = {.flush_tenants_max = 300, .history_rows_max = 100},
                 .activations = {.waiting_max = 1000,
                                 .waiting_per_tenant_max = 100,
                                 .loads_max = 1,
                                 .tenants_per_load_max = 1000}},
                HashSeed{7},
                meters,
                *this,
                {&journal, Epoch{1}, ShardCount{64}, std::move(recovered)}} {
    meters.publish(default_meters());
    tenure.extend(Instant{1000s});
  }

  /// These tenants may spend ten each, and are at hand.
  void admit(std::uint64_t first, std::uint64_t last) {
    AskedBatch batch;
    for (std::uint64_t number = first; number <= last; ++number) {
      batch.ask(tenant(number), 0);
    }
    decide(batch);
    turn();
    load();
    happened.clear();
  }
  /// The store answers the load under way.
  void load() {
    std::vector<LoadedTenant> loaded;
    for (const TenantId id : std::exchange(loading, {})) {
      loaded.push_back({id, std::optional{StoredTenant{Version{1}, plan(10), {}}}});
    }
    upkeep.loaded(loaded, now());
  }
  void decide(AskedBatch& batch) {
    batch.ready();
    upkeep.decide(batch, BatchItems::all_of(batch), now());
  }
  /// A check of one tenant, which the test keeps.
  void spend(std::uint64_t number, std::uint64_t amount = 1) {
    asked.push_back(std::make_unique<AskedBatch>());
    decide(asked.back()->ask(tenant(number), amount));
  }
  void turn() { upkeep.end_of_turn(now()); }
  /// The turn in which a flush is due.
  void turn_with_flush() {
    for (std::uint32_t i = 0; i < ticks_to_flush; ++i) {
      upkeep.tick(now());
    }
    turn();
  }
  /// Of work that is done in slices: until this is what happened last.
  void turn_until(const std::string& word) {
    for (int turns = 0; turns < 100 && (happened.empty() || happened.back() != word); ++turns) {
      turn();
    }
  }
  void store_saves() { upkeep.flushed(Done{}, 1ms); }
  void store_fails(FaultCode code = FaultCode::unavailable) {
    upkeep.flushed(Fault{code, "the store is away"}, 1ms);
  }
  /// What happened since the last time.
  [[nodiscard]] Words happenings() { return std::exchange(happened, {}); }
  [[nodiscard]] ReactorStatus status() const {
    ReactorStatus told;
    upkeep.tell(told);
    return told;
  }

  struct SetClock final : Clock {
    [[nodiscard]] Now now() const noexcept override { return at(time); }
    std::chrono::seconds time{0};
  };

  std::chrono::seconds decision_time{0};
  SetClock machine;
  Tenure tenure;
  Words happened;
  RecordingJournal journal{happened};
  PublishedMeters meters;
  Hosting hosting;
  Upkeep upkeep{{.hosting = &hosting,
                 .journal = &journal,
                 .tenure = &tenure,
                 .machine = &machine,
                 .observer = this,
                 .surroundings = this,
                 .pace = FlushPace{Ticks{ticks_to_flush}, Ticks{ticks_to_flush}, 7},
                 .checkpoint_bytes = checkpoint_bytes}};
  std::vector<std::unique_ptr<AskedBatch>> asked;
  std::vector<TenantId> loading;
  SaveBatch to_store;  ///< The last one that went there.
  std::optional<FirstUse> asked_for;
  std::vector<DeniedUse> denied;
  int faults_of_journal = 0;  ///< That the observer was told of.
  Words vitals;               ///< So.

private:
  [[nodiscard]] Now now() const { return at(decision_time); }

  void load(std::vector<TenantId> tenants) override {
    happened.push_back("load");
    loading = std::move(tenants);
  }
  void save(SaveBatch taken) override {
    happened.push_back("save");
    to_store = std::move(taken);
  }
  void grant(const FirstUse& use) override {
    happened.push_back("grant");
    asked_for = use;
  }
  void deny(const DeniedUse& use) override { denied.push_back(use); }
  void split(CheckBatch& /*batch*/, std::uint32_t checks) override {
    happened.push_back("split " + std::to_string(checks));
  }
  void answered(CheckBatch& /*part*/) override { happened.push_back("answered"); }
  void unanswered(CheckBatch& /*part*/) override { happened.push_back("unanswered"); }
  void journal_failed(const Fault& /*fault*/) override { ++faults_of_journal; }
  void save_refused(TenantId tenant, const Fault& /*fault*/) override {
    happened.push_back("refused " + std::to_string(tenant.low));
  }
  void vital_changed(Vital vital, bool works) override {
    vitals.push_back(std::string{to_string(vital)}.append(works ? " works" : " fails"));
  }
  void wake() override { happened.push_back("wake"); }
  void drained(std::size_t tenants_unsaved) override {
    happened.push_back("drained but for " + std::to_string(tenants_unsaved));
  }
};

}  // namespace sluice::testing
