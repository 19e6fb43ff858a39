// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>

#include "actors/tenant/tenant.hpp"
#include "bench/micro_tenants.hpp"

// One decision, with nothing around it: time goes on by a microsecond between two.

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

void decide_over_and_over(benchmark::State& state, LimitPreset preset, Charge charge) {
  Tenant tenant{load_tenant_id(preset, TenantIndex{0}), micro_plan(preset), {}, {}, {}, micro_now};
  const std::array charges{charge};
  const Check check{tenant.id(), charges, Mode::normal};
  Happenings happenings;
  Now now = micro_now;
  for (auto _ : state) {
    now.steady += 1us;
    now.wall += 1us;
    Decision decision;
    tenant.decide(check, now, decision, happenings);
    benchmark::DoNotOptimize(decision);
  }
  state.SetItemsProcessed(state.iterations());
}

void window_and_rate(benchmark::State& state) {
  decide_over_and_over(state, LimitPreset::roomy, {MeterId{1}, Amount{1}});
}
BENCHMARK(window_and_rate)->Name("decide/window and rate, allowed");

void too_much(benchmark::State& state) {
  decide_over_and_over(state, LimitPreset::tight, {MeterId{1}, Amount{1'000'000}});
}
BENCHMARK(too_much)->Name("decide/window and rate, denied");

void six_limits(benchmark::State& state) {
  decide_over_and_over(state, LimitPreset::six, {MeterId{1}, Amount{1}});
}
BENCHMARK(six_limits)->Name("decide/two of a tenant's six limits, allowed");

void six_on_one_meter(benchmark::State& state) {
  TenantDefinition definition = micro_tenant(LimitPreset::six, TenantIndex{0});
  for (Limit& limit : definition.limits) {
    limit.meter = MeterId{1};
  }
  Tenant tenant{definition.id, Plan::of(definition).value(), {}, {}, {}, micro_now};
  const std::array charges{Charge{MeterId{1}, Amount{1}}};
  const Check check{tenant.id(), charges, Mode::normal};
  Happenings happenings;
  for (auto _ : state) {
    Decision decision;
    tenant.decide(check, micro_now, decision, happenings);
    benchmark::DoNotOptimize(decision);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(six_on_one_meter)->Name("decide/six limits on the meter, allowed");

}  // namespace
}  // namespace sluice::bench
