// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/loop.hpp"

#include <kj/debug.h>

#include <boost/asio/post.hpp>
#include <utility>

namespace sluice {

namespace {

// Bounds on what one turn may do before sockets are looked at again: work that keeps making work
// goes on in the next turn.
constexpr int rounds_per_turn_max = 16;
constexpr unsigned kj_events_per_round_max = 1U << 16;

}  // namespace

// KJ's interfaces have no virtual destructor; this one is owned by its real type.
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

/// KJ asks its port for outside events only while a promise is waited for, which nobody can do
/// here: a `Scope` does not hand out its WaitScope. Events come in through turns.
class Loop::Port final : public kj::EventPort {
public:
  bool wait() override { KJ_FAIL_REQUIRE("the loop is driven in turns"); }
  bool poll() override { KJ_FAIL_REQUIRE("the loop is driven in turns"); }
  void setRunnable(bool runnable) override { runnable_ = runnable; }
  [[nodiscard]] bool runnable() const noexcept { return runnable_; }

private:
  bool runnable_ = false;
};

Loop::Loop()
    : io_{1},
      keep_running_{io_.get_executor()},
      port_{std::make_unique<Port>()},
      kj_loop_{*port_} {}

Loop::~Loop() noexcept = default;

Loop::Scope::Scope(Loop& loop) : kj_scope_{loop.kj_loop_} {}

void Loop::post(std::function<void()> job) {
  boost::asio::post(io_, std::move(job));
}

void Loop::defer(std::function<void()> job) {
  jobs_.push_back(std::move(job));
}

void Loop::at_end_of_turn(std::function<void()> hook) {
  hooks_.push_back(std::move(hook));
}

void Loop::depart_at_end_of_turn(std::shared_ptr<Departure> departure) {
  departures_.push_back(std::move(departure));
}

bool Loop::turn(std::chrono::nanoseconds spin, std::chrono::nanoseconds sleep) noexcept {
  bool busy = io_.poll() > 0;
  busy = run_ready() || busy;
  if (!busy && departures_.empty()) {
    if (!await_handlers(spin, sleep)) {
      return false;
    }
    run_ready();
  }
  end_turn();
  return true;
}

bool Loop::await_handlers(std::chrono::nanoseconds spin, std::chrono::nanoseconds sleep) {
  using Clock = std::chrono::steady_clock;
  if (spin.count() > 0) {
    const auto spin_end = Clock::now() + spin;
    do {
      if (io_.poll() > 0) {
        return true;
      }
    } while (Clock::now() < spin_end);
  }
  if (sleep.count() <= 0 || io_.run_one_for(sleep) == 0) {
    return false;
  }
  // The wait ran only the first of the handlers that it found ready.
  io_.poll();
  return true;
}

bool Loop::run_ready() {
  bool any = false;
  for (int round = 0; round < rounds_per_turn_max; ++round) {
    const bool ran_events = port_->runnable();
    if (ran_events) {
      kj_loop_.run(kj_events_per_round_max);
    }
    const bool ran_jobs = run_jobs();
    if (!ran_events && !ran_jobs) {
      break;
    }
    any = true;
  }
  return any;
}

bool Loop::run_jobs() {
  if (jobs_.empty()) {
    return false;
  }
  // Two vectors take turns, so that jobs may queue jobs and neither ever shrinks.
  running_jobs_.swap(jobs_);
  for (auto& job : running_jobs_) {
    job();
  }
  running_jobs_.clear();
  return true;
}

void Loop::end_turn() {
  for (int round = 0; round < rounds_per_turn_max; ++round) {
    for (std::size_t i = 0; i < hooks_.size(); ++i) {
      hooks_[i]();
    }
    if (!port_->runnable() && jobs_.empty()) {
      break;
    }
    if (round + 1 < rounds_per_turn_max) {
      run_ready();
    }
  }
  departing_.swap(departures_);
  for (auto& departure : departing_) {
    departure->depart();
  }
  departing_.clear();
}

}  // namespace sluice
