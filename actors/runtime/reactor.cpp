// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/reactor.hpp"

#include <utility>

#include "protocol/transport/thread_role.hpp"

namespace sluice {

namespace {
/// Everything that has to happen wakes the loop; this only bounds how long a mistake would last.
constexpr std::chrono::seconds sleep_max{1};
}  // namespace

void Reactor::start(caf::actor_system& system) {
  home_.emplace(system, loop_);
  thread_ = std::thread{[this] { run(); }};
}

void Reactor::tick_every(std::chrono::milliseconds interval, std::function<void()> tick) {
  loop_.post([this, interval, tick = std::move(tick)] {
    interval_ = interval;
    tick_ = tick;
    arm();
  });
}

void Reactor::stop() {
  if (!thread_.joinable()) {
    return;
  }
  loop_.post([this] {
    timer_.cancel();
    stopping_ = true;
  });
  thread_.join();
}

void Reactor::run() {
  name_this_thread("reactor");
  run_soon_after_waking();  // The store's threads may be computing on the same cores.
  const Loop::Scope scope{loop_};
  home_->settle();
  while (!stopping_) {
    loop_.turn(spin_max_, sleep_max);
  }
}

void Reactor::arm() {
  timer_.expires_after(interval_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || stopping_) {
      return;
    }
    tick_();
    arm();
  });
}

}  // namespace sluice
