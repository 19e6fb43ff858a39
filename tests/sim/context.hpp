// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "actors/runtime/books_desk.hpp"
#include "actors/runtime/flush_pace.hpp"
#include "actors/runtime/hosting.hpp"
#include "storage/journal/segment.hpp"
#include "tests/sim/books.hpp"
#include "tests/sim/closed_minutes.hpp"
#include "tests/sim/creditors.hpp"
#include "tests/sim/lessees.hpp"
#include "tests/sim/model.hpp"
#include "tests/sim/probes.hpp"
#include "tests/sim/random.hpp"
#include "tests/sim/sharers.hpp"
#include "tests/sim/sim_database.hpp"
#include "tests/sim/sim_store.hpp"
#include "tests/sim/trace.hpp"

namespace sluice::sim {

inline constexpr std::uint16_t shards_of_the_world = 16;
inline constexpr std::chrono::milliseconds lease{10'000};
inline constexpr std::chrono::milliseconds tick_length{100};
/// The day on which each run begins: late on the last day of a month.
inline constexpr WallTime first_wall_time{std::chrono::hours{24 * 20'543 + 23}};

/// What one seed decides about its run.
struct RunPlan {
  Durability durability = Durability::process;
  std::uint64_t checkpoint_bytes = 1;
  std::size_t tenants_per_slice = 1;
  std::uint64_t tenants = 8;
  std::uint64_t further_limits = 0;  ///< Of each tenant: they make records large.
  Hosting::Bounds bounds{};
  BooksDesk::Pace books{};
  Ticks flush_interval;
  std::uint64_t weight_of_faults = 10;
  // Kinds of faults that this run has; each run has some.
  bool kills = false;
  bool power_cuts = false;
  bool pauses = false;
  bool second_server = false;
  bool disk_errors = false;
  bool disk_full = false;
  bool damage = false;
  bool store_outages = false;
  bool wall_steps = false;
  bool changes = false;
  bool sharing = false;
};

/// Everything that all parts of a world share.
struct Context {
  Context(std::uint64_t seed, Probes& counted, Trace& traced)
      : random(seed), probes(counted), trace(traced) {}

  [[nodiscard]] WallTime wall() const { return first_wall_time + time + wall_offset; }

  Random random;
  Probes& probes;
  Trace& trace;
  RunPlan plan;
  Model model{ShardCount{shards_of_the_world}};
  SimDatabase database{ShardCount{shards_of_the_world}, model};
  Books books{model, probes};
  Lessees lessees{model, probes};
  Creditors creditors{model, probes};
  Sharers sharers{database, model, probes};
  ClosedMinutes minutes;
  StoreWeather weather;
  Duration time{};  ///< Since the world began; no clock of it is exact.
  Duration wall_offset{};
};

}  // namespace sluice::sim
