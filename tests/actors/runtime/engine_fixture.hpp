// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "storage/journal/file_journals.hpp"
#include "storage/journal/posix_disk.hpp"
#include "tests/actors/runtime/asked_batch.hpp"
#include "tests/actors/runtime/memory_store.hpp"
#include "tests/actors/runtime/tenants.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::testing {

using namespace std::chrono_literals;

inline const Fault store_away{FaultCode::unavailable, "the store is away"};

/// Time that only the test moves.
class HandClock final : public Clock {
public:
  [[nodiscard]] Now now() const noexcept override {
    return at(std::chrono::seconds{seconds_.load()});
  }
  void advance(std::chrono::seconds by) { seconds_ += by.count(); }

private:
  std::atomic<std::int64_t> seconds_{1000};
};

/// The machine's own time, for deadlines.
class RunningClock final : public Clock {
public:
  [[nodiscard]] Now now() const noexcept override {
    return Now{Instant{std::chrono::steady_clock::now().time_since_epoch()}, WallTime{}};
  }
};

/// Who makes the changes in tests.
inline Author operator_author() {
  return {"operator", "Ada", "key:00000000000000aa", "192.0.2.1:50000"};
}

/// Keeps what it heard.
class Listener final : public Observer {
public:
  void threshold_crossed(const ThresholdCrossed& event) override {
    const std::scoped_lock lock{mutex_};
    crossed_.push_back(event);
  }
  void ownership_lost(const Fault& /*fault*/) override { lost_ownership_ = true; }
  [[nodiscard]] bool lost_ownership() const { return lost_ownership_; }
  void store_failed(const char* what, const Fault& /*fault*/) override {
    const std::scoped_lock lock{mutex_};
    failures_.emplace_back(what);
  }
  void save_refused(TenantId tenant, const Fault& /*fault*/) override {
    const std::scoped_lock lock{mutex_};
    saves_refused_.push_back(tenant);
  }
  [[nodiscard]] std::vector<TenantId> saves_refused() const {
    const std::scoped_lock lock{mutex_};
    return saves_refused_;
  }
  void due_refused(TenantId tenant, const Fault& fault) override {
    const std::scoped_lock lock{mutex_};
    due_refused_.emplace_back(tenant, fault);
  }
  [[nodiscard]] std::vector<std::pair<TenantId, Fault>> due_refused() const {
    const std::scoped_lock lock{mutex_};
    return due_refused_;
  }
  [[nodiscard]] std::vector<ThresholdCrossed> crossed() const {
    const std::scoped_lock lock{mutex_};
    return crossed_;
  }
  [[nodiscard]] bool heard_failure(const std::string& what) const {
    const std::scoped_lock lock{mutex_};
    return std::count(failures_.begin(), failures_.end(), what) > 0;
  }

private:
  mutable std::mutex mutex_;
  std::vector<ThresholdCrossed> crossed_;
  std::vector<std::pair<TenantId, Fault>> due_refused_;
  std::vector<TenantId> saves_refused_;
  std::vector<std::string> failures_;
  std::atomic<bool> lost_ownership_{false};
};

/// A real engine on a database in memory; every wait ends after ten seconds.
class EngineFixture : public ::testing::Test {
protected:
  static constexpr ReactorIndex here{0};

  ~EngineFixture() override {
    database.let_go_of_load();
    database.let_go_of_history();
    database.hold_saves(false);
  }

  /// Flushes happen only when a test asks for a short interval, or at the stop.
  void start(
      std::uint16_t reactors = 1,
      const std::function<void(EngineOptions&)>& change = [](EngineOptions&) {}) {
    EngineOptions options;
    options.reactors = reactors;
    options.spin_max = 0us;
    options.flush_interval = 3'600'000ms;
    change(options);
    make_engine(options);
    const auto started = engine->start();
    ASSERT_TRUE(started.ok()) << started.fault().context;
  }
  void make_engine(const EngineOptions& options = {}) {
    auto journals = open_journals(
        JournalOptions{
            .durability = durability, .segment_bytes = 1 << 20, .boot = BootId{"this boot"}},
        *disk, [] { return std::make_unique<ThreadBackground>(); });
    engine.emplace(options, database.stores(), std::move(journals).value(),
                   EngineSurroundings{&clock, &machine, &listener});
  }

  Result<Done> stop(std::chrono::milliseconds patience = 10s) { return engine->stop(patience); }

  /// Submits on that reactor without waiting.
  std::future<void> submit(AskedBatch& batch, ReactorIndex reactor = here) {
    auto complete = batch.ready().complete();
    engine->loop(reactor).post([this, &batch, reactor] { engine->submit(reactor, batch); });
    return complete;
  }

  /// Submits and waits for the answer.
  Outcome check(TenantId tenant, std::uint64_t amount = 1, ReactorIndex reactor = here) {
    AskedBatch batch;
    wait(submit(batch.ask(tenant, amount), reactor));
    return batch.outcome();
  }

  /// Calls one of the engine's management calls on a reactor and waits for its reply.
  template <class T, class Call>
  Result<T> reply_of(Call call, ReactorIndex reactor = here) {
    auto promise = std::make_shared<std::promise<Result<T>>>();
    auto future = promise->get_future();
    engine->loop(reactor).post([call, promise] {
      call(Reply<T>{[promise](Result<T> result) { promise->set_value(std::move(result)); }});
    });
    return wait(std::move(future));
  }

  Result<TenantDefinition> create(TenantDefinition definition, ReactorIndex reactor = here) {
    return reply_of<TenantDefinition>(
        [=, this](auto reply) { engine->create(reactor, operator_author(), definition, reply); },
        reactor);
  }
  Result<TenantDefinition> amend(Amendment amendment, ReactorIndex reactor = here) {
    return reply_of<TenantDefinition>(
        [=, this](auto reply) { engine->amend(reactor, operator_author(), amendment, reply); },
        reactor);
  }
  /// Of a tenant that is deactivated.
  Result<TenantDefinition> remove(TenantId id) {
    return reply_of<TenantDefinition>([=, this](auto reply) {
      engine->remove(here, operator_author(), id, std::nullopt, reply);
    });
  }
  Result<TenantDefinition> deactivate_and_remove(TenantId id) {
    const auto deactivated = amend({id, std::nullopt, LifeEvent{Deactivate{}}});
    return deactivated.ok() ? remove(id) : deactivated;
  }
  Result<TenantUsage> usage(TenantId id, ReactorIndex reactor = here) {
    return reply_of<TenantUsage>([=, this](auto reply) { engine->usage(reactor, id, reply); },
                                 reactor);
  }
  Amount used(TenantId id) { return usage(id).value().limits.at(0).reading.used; }
  std::vector<ReactorStatus> status() {
    return reply_of<std::vector<ReactorStatus>>([this](auto reply) { engine->status(here, reply); })
        .value();
  }

  /// Asks for the status again and again until it is as wanted; false after ten seconds.
  bool status_becomes(const std::function<bool(const ReactorStatus&)>& wanted) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < deadline) {
      if (wanted(status().at(0))) {
        return true;
      }
    }
    return false;
  }

  /// A tenant of the reactor, counted from 0.
  TenantId tenant_of(ReactorIndex reactor, std::uint64_t nth = 0) const {
    for (std::uint64_t number = 1;; ++number) {
      const TenantId id = tenant(number);
      if (engine->owner_of(shard_of(id, engine->shards())) == reactor && nth-- == 0) {
        return id;
      }
    }
  }

  template <class T>
  static T wait(std::future<T> future) {
    if (future.wait_for(10s) != std::future_status::ready) {
      // A lost answer: what waits for it is still referred to, so nothing can go on.
      ADD_FAILURE() << "no answer within ten seconds";
      std::abort();
    }
    return future.get();
  }

  test::TemporaryDirectory directory;
  std::unique_ptr<Disk> disk = PosixDisk::in(directory.path()).value();
  Durability durability = Durability::process;  ///< Of the next engine.
  MemoryDatabase database;
  HandClock clock;
  RunningClock machine;
  Listener listener;
  std::optional<Engine> engine;
};

}  // namespace sluice::testing
