// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include "actors/runtime/home.hpp"
#include "protocol/transport/loop.hpp"

namespace sluice {

/// One thread that drives one loop: sockets, promises, timers and the shard host all run there.
///
/// Role       The thread and its timer.
/// Threading  `start`, `tick_every` and `stop` from the engine's owner; the loop's own rules hold
///            for `loop`.
/// Ownership  Owns loop, thread and timer.
/// Units      Real time: a tick comes however slowly a simulated clock goes.
/// Errors     None.
/// Cost       Spins for at most `spin_max` before each sleep.
class Reactor {
public:
  explicit Reactor(std::chrono::microseconds spin_max) : spin_max_(spin_max) {}
  ~Reactor() { stop(); }
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  [[nodiscard]] Loop& loop() noexcept { return loop_; }
  /// Where actors of this reactor live; after `start`.
  [[nodiscard]] Home& home() noexcept { return *home_; }

  void start(caf::actor_system& system);
  /// Calls `tick` on the thread, again and again, until `stop`.
  void tick_every(std::chrono::milliseconds interval, std::function<void()> tick);
  /// Runs what was posted before, and ends the thread.
  void stop();

private:
  /// Actors run in the turns of the loop.
  class LoopHome final : public Home {
  public:
    LoopHome(caf::actor_system& system, Loop& loop) : Home(&system), loop_(loop) {}
    void settle() noexcept { settle_here(); }
    void post(std::function<void()> job) override { loop_.post(std::move(job)); }

  private:
    void defer(std::function<void()> job) override { loop_.defer(std::move(job)); }
    Loop& loop_;
  };

  void run();
  void arm();

  std::chrono::microseconds spin_max_;
  Loop loop_;
  std::optional<LoopHome> home_;
  boost::asio::steady_timer timer_{loop_.io()};
  std::chrono::milliseconds interval_{};
  std::function<void()> tick_;
  bool stopping_ = false;  ///< Of the thread.
  std::thread thread_;
};

}  // namespace sluice
