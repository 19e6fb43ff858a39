// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "actors/tenant/tenant.hpp"
#include "bench/micro_tenants.hpp"

// What tenants remember by id and by label, with nothing around it: a thousand tenants in turn, so
// that memory plays its part, each with three meters and a window on each.

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t tenant_count = 1'000;
constexpr std::array meters{MeterId{1}, MeterId{2}, MeterId{3}};
constexpr std::array label_names{"user", "team", "model"};

std::vector<std::unique_ptr<Tenant>> make_tenants(bool labelled) {
  TenantDefinition definition = micro_tenant(LimitPreset::six, TenantIndex{0});
  definition.limits.clear();
  for (std::size_t i = 0; i < meters.size(); ++i) {
    Limit limit;
    limit.id = LimitId{static_cast<std::uint32_t>(i + 1)};
    limit.name = label_names[i];
    limit.meter = meters[i];
    limit.rule = WindowRule{Amount{std::uint64_t{1} << 60U}, Period::month};
    if (labelled) {
      limit.per = {label_names[i]};
    }
    definition.limits.push_back(limit);
  }
  const auto plan = Plan::of(definition).value();
  std::vector<std::unique_ptr<Tenant>> tenants;
  for (std::uint64_t i = 0; i < tenant_count; ++i) {
    tenants.push_back(std::make_unique<Tenant>(TenantId{1, i + 1}, plan, std::span<const Counter>{},
                                               std::span<const UsageBucket>{},
                                               std::span<const Entry>{}, micro_now));
  }
  return tenants;
}

void reserve_and_commit(benchmark::State& state) {
  auto tenants = make_tenants(false);
  Happenings happenings;
  Now now = micro_now;
  std::uint64_t number = 0;
  const auto each_id = [&](Mode mode, std::uint64_t amount) {
    const std::array charges{Charge{meters[0], Amount{amount}}};
    for (std::uint64_t i = 0; i < tenant_count; ++i) {
      now.steady += 1us;
      now.wall += 1us;
      const Check check{tenants[i]->id(), charges, mode, EntryId{1, number + i + 1},
                        mode == Mode::reserve ? Duration{60s} : Duration{}};
      Decision decision;
      tenants[i]->decide(check, now, decision, happenings);
      benchmark::DoNotOptimize(decision);
      happenings.clear();
    }
  };
  for (auto _ : state) {
    each_id(Mode::reserve, 100);
    each_id(Mode::commit, 60);
    number += tenant_count;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(tenant_count));
}
BENCHMARK(reserve_and_commit)->Name("entries/reserve and commit")->Iterations(3'000);

void write_behind(benchmark::State& state) {
  auto tenants = make_tenants(false);
  Happenings happenings;
  Now now = micro_now;
  std::uint64_t number = 0;
  TenantState unsaved;
  std::size_t rows = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::array charges{Charge{meters[0], Amount{1}}};
    for (std::uint64_t i = 0; i < 1'000 * tenant_count / 10; ++i) {
      now.steady += 1us;
      now.wall += 1us;
      const Check check{tenants[i % 100]->id(), charges, Mode::normal, EntryId{1, ++number}};
      Decision decision;
      tenants[i % 100]->decide(check, now, decision, happenings);
      happenings.clear();
    }
    state.ResumeTiming();
    for (std::size_t i = 0; i < 100; ++i) {
      unsaved.clear();
      tenants[i]->take_unsaved(now, unsaved);
      rows += unsaved.entries.size() + unsaved.forgotten.size();
    }
  }
  state.SetItemsProcessed(state.iterations() * 1'000 * static_cast<std::int64_t>(tenant_count) /
                          10);
  state.counters["rows_per_answer"] =
      benchmark::Counter(static_cast<double>(rows) / 1e5, benchmark::Counter::kAvgIterations);
}
BENCHMARK(write_behind)->Name("entries/rows of a flush")->Iterations(5);

void labels(benchmark::State& state) {
  auto tenants = make_tenants(true);
  Happenings happenings;
  Now now = micro_now;
  std::vector<std::string> values;
  for (int i = 0; i < 100; ++i) {
    values.push_back("value-" + std::to_string(i));
  }
  const std::array charges{Charge{meters[0], Amount{1}}, Charge{meters[1], Amount{1}},
                           Charge{meters[2], Amount{1}}};
  std::uint64_t at = 0;
  for (auto _ : state) {
    for (std::uint64_t i = 0; i < tenant_count; ++i, ++at) {
      now.steady += 1us;
      now.wall += 1us;
      const std::array said{Label{"user", values[at % 100]}, Label{"team", values[at % 10]},
                            Label{"model", values[at % 3]}};
      Check check{tenants[i]->id(), charges};
      check.labels = said;
      Decision decision;
      tenants[i]->decide(check, now, decision, happenings);
      benchmark::DoNotOptimize(decision);
      happenings.clear();
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(tenant_count));
}
BENCHMARK(labels)->Name("entries/three charges, three labels")->Iterations(2'000);

}  // namespace
}  // namespace sluice::bench
