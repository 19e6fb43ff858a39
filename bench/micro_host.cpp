// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "bench/generated_store.hpp"
#include "bench/load_tenants.hpp"
#include "bench/tenant_draw.hpp"
#include "storage/journal/file_journal.hpp"

// Lists of 64 checks through the engine: from `submit` to `completed`, one list after the other, on
// one reactor, with resident tenants.

namespace sluice::bench {
namespace {

constexpr std::size_t list_size = 64;
constexpr std::uint64_t lists_per_iteration = 1'000;

class SystemClock final : public Clock {
public:
  [[nodiscard]] Now now() const noexcept override {
    return {Instant{std::chrono::steady_clock::now().time_since_epoch()},
            WallTime{std::chrono::system_clock::now().time_since_epoch()}};
  }
};

/// Keeps nothing, so that only the host's own work shows.
class NoJournals final : public Journals {
public:
  Result<Done> replay(ReplayVisitor& /*visitor*/) override { return Done{}; }
  Result<std::unique_ptr<Journal>> open(Epoch /*epoch*/, std::uint16_t /*reactor*/,
                                        std::function<void()> /*on_durable*/) override {
    return std::unique_ptr<Journal>{std::make_unique<NoJournal>()};
  }
  [[nodiscard]] bool keeps() const noexcept override { return false; }
  Result<Done> forget_replayed() override { return Done{}; }
};

/// Submits a list again and again, each time for other tenants.
class ListChain final : public CheckBatch {
public:
  ListChain(Engine& engine, TenantDraw draw) : engine_(engine), draw_(std::move(draw)) {
    checks = checks_;
    decisions = decisions_;
  }

  /// Blocks until so many lists are decided.
  void run(std::uint64_t lists) {
    left_ = lists;
    std::promise<void> done;
    done_ = &done;
    engine_.loop(here_).post([this] { submit_next(); });
    done.get_future().wait();
  }

private:
  void submit_next() {
    for (Check& check : checks_) {
      const TenantIndex tenant = draw_.of(RequestIndex{next_++});
      check = {load_tenant_id(LimitPreset::six, tenant), charges_, Mode::normal};
    }
    engine_.submit(here_, *this);
  }

  void abandoned() noexcept override { completed(); }
  void completed() noexcept override {
    if (--left_ == 0) {
      done_->set_value();
    } else {
      // Not from here: a list that completes within `submit` would nest without end.
      engine_.loop(here_).defer([this] { submit_next(); });
    }
  }

  Engine& engine_;
  TenantDraw draw_;
  const ReactorIndex here_{0};
  const std::array<Charge, 1> charges_{Charge{MeterId{1}, Amount{1}}};
  std::array<Check, list_size> checks_;
  std::array<Decision, list_size> decisions_;
  std::uint64_t next_ = 0;
  std::uint64_t left_ = 0;
  std::promise<void>* done_ = nullptr;
};

void submit_lists(benchmark::State& state) {
  const auto tenants = static_cast<std::size_t>(state.range(0));
  const SystemClock clock;
  Observer observer;
  Engine engine{
      EngineOptions{},
      [] {
        return Result<std::unique_ptr<Store>>{std::make_unique<GeneratedStore>(LimitPreset::six)};
      },
      std::make_unique<NoJournals>(),
      {&clock, &clock, &observer}};
  if (!engine.start().ok()) {
    state.SkipWithError("the engine does not start");
    return;
  }
  ListChain{engine, TenantDraw{tenants, InTurn{}, 1}}.run(tenants / list_size + 1);
  ListChain chain{engine, TenantDraw{tenants, Uniformly{}, 1}};
  for (auto _ : state) {
    chain.run(lists_per_iteration);
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(lists_per_iteration * list_size));
  if (!engine.stop(std::chrono::seconds{30}).ok()) {
    state.SkipWithError("the engine does not stop");
  }
}
BENCHMARK(submit_lists)
    ->Name("host/submit 64 checks, tenants")
    ->Arg(10'000)
    ->Arg(1'000'000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sluice::bench
