// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/sim/server.hpp"

namespace sluice::sim {

/// Two machines, at most one server on each, one database, clients and administrators: a run.
///
/// Role       Each step lets some time pass and a few things happen, as the seed says, and then
///            asks
///            whether all promises hold. In the end all faults stop, and what is left must be
///            whole.
/// Threading  Confined.
/// Ownership  Owns the whole world.
/// Units      Steps.
/// Errors     Throws `Failure`.
class World {
public:
  World(std::uint64_t seed, Probes& probes, Trace& trace);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void run(std::uint64_t steps);
  [[nodiscard]] std::uint64_t step() const noexcept { return step_; }

private:
  /// A machine and who runs on it.
  struct Place {
    Place(Context& context, std::string name, std::uint16_t number)
        : machine(context, std::move(name)), id("server-" + std::to_string(number)) {}
    Machine machine;
    ServerId id;
    std::unique_ptr<Server> server;
    std::uint16_t reactors_before = 0;
    bool paused = false;
    bool in_nested_pause = false;
    bool damaged = false;
    bool damage_may_hide = false;
    Duration resumes_at{};
    Duration unstarted_until{};
    Duration full_until{};
    Duration errors_until{};
    Duration stuck_since{};
  };

  // world.cpp: what goes on all the time.
  void found_tenants();
  void pass_time();
  void pass(Duration time);
  void act();
  void work(Place& place);
  void traffic(Place& place);
  void ask_by_name(SimBatch& batch);
  void change(Place& place);
  void share(Place& place);
  void check() const;
  [[nodiscard]] TenantId any_tenant();
  [[nodiscard]] TenantDefinition draft(TenantId id);
  [[nodiscard]] Limit further_limit(std::uint64_t number);
  [[nodiscard]] bool runs(const Place& place) const;

  // lives.cpp: how servers start and end.
  void start(Place& place, bool may_take_over);
  void refused(Place& place, const Fault& fault);
  void repair(Place& place);
  void kill(Place& place);
  void end(Place& place);
  void tend(Place& place);
  [[nodiscard]] std::uint64_t down_time_max();
  /// Does something in a server's process, which may die of it.
  template <class Act>
  void in_process(Place& place, Act&& act);

  // faults.cpp: what goes wrong.
  void strike(Place& place);
  void cut_power(Place& place);
  void pause(Place& place);
  void pause_within(Place& place);
  void damage(Place& place);
  void step_wall();
  void store_trouble();
  void disk_trouble(Place& place);
  void heal();

  // ending.cpp
  void calm_down();
  static bool works_on(Server& server);
  void settle(Place& place);
  void close_books(Place& place);
  void check_end(Place& place);
  static void check_entries_are_stored(TenantId id, const std::vector<Entry>& entries,
                                       const SimDatabase::Row& row);
  void check_memory_is_stored(const Server& server);
  static void check_counters_are_stored(const Tenant& tenant, const std::vector<Counter>& counters,
                                        const SimDatabase::Row& row);
  void visit_all_tenants(Place& place);
  void end_overdue(Place& place, TenantId id);

  Context context_;
  std::array<std::unique_ptr<Place>, 2> places_;
  std::uint64_t step_ = 0;
  std::uint64_t batches_ = 0;
  std::uint64_t slugs_ = 0;
  Duration store_away_until_{};
  bool history_lost_ = false;
  bool journal_lost_ = false;  ///< The end of one, by a power cut or damage.
  bool calm_ = false;
};

}  // namespace sluice::sim
