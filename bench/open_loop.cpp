// SPDX-License-Identifier: Apache-2.0
#include <sys/prctl.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <deque>
#include <thread>
#include <utility>

#include "bench/load_run.hpp"
#include "bench/load_span.hpp"
#include "protocol/transport/thread_role.hpp"

namespace sluice::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto progress_interval = 100ms;

/// When request i is due, counted from the start; in ascending order.
using Timetable = std::function<Duration(RequestIndex)>;

/// Sends requests when they are due. A request's number is all that a callback needs to know: its
/// moment, tenant and amount follow from it, so nothing is kept for a request in flight.
class OpenLoopRun {
public:
  OpenLoopRun(const LoadRun& run, Timetable due, std::uint64_t requests)
      : run_(run), due_(std::move(due)), requests_(requests), checks_(run.options.batch) {
    for (std::size_t i = 0; i <= run.clients.size(); ++i) {
      recorders_.emplace_back(run.workload, run.ledger, span_.measure_from);
    }
  }

  LoadResult go() {
    // The default slack of 50 us would stand in every latency.
    prctl(PR_SET_TIMERSLACK, 1UL);
    run_soon_after_waking();
    send_all();
    wait_for_answers();
    return result();
  }

private:
  void send_all() {
    auto now = LoadClock::now();
    while (sent_ < requests_ && now < span_.stop_at) {
      const auto due = moment(RequestIndex{sent_});
      if (now < due) {
        tell_progress(now);
        std::this_thread::sleep_until(std::min(due, now + progress_interval));
      } else {
        late_.record(now - due);
        send(RequestIndex{sent_});
        ++sent_;
      }
      now = LoadClock::now();
    }
  }

  void send(RequestIndex request) {
    const std::size_t lane = request.raw() % run_.clients.size();
    Spender& spender = *run_.clients[lane];
    for (std::size_t i = 0; i < checks_.size(); ++i) {
      checks_[i] = run_.workload.check(RequestIndex{request.raw() * checks_.size() + i});
    }
    if (checks_.size() > 1) {
      spender.client().check_async(checks_,
                                   [this, request, lane](std::span<const client::Answer> answers) {
                                     answered(request, answers, recorders_[lane]);
                                   });
    } else if (const auto answer = spender.spend_here(checks_[0])) {
      answered(request, {&*answer, 1}, recorders_.back());
    } else {
      spender.spend_async(checks_[0], [this, request, lane](const client::Answer& one) {
        answered(request, {&one, 1}, recorders_[lane]);
      });
    }
  }

  void answered(RequestIndex request, std::span<const client::Answer> answers,
                LoadRecorder& recorder) {
    recorder.record(RequestIndex{request.raw() * run_.options.batch}, answers, moment(request),
                    LoadClock::now());
    answered_.fetch_add(1, std::memory_order_release);
  }

  void wait_for_answers() {
    for (auto now = LoadClock::now();
         answered_.load(std::memory_order_acquire) < sent_ && now < span_.give_up;
         now = LoadClock::now()) {
      tell_progress(now);
      std::this_thread::sleep_for(1ms);
    }
    if (answered_ < sent_) {
      // A client that is gone calls nobody back any more.
      run_.clients.clear();
    }
  }

  [[nodiscard]] LoadResult result() const {
    LoadResult result;
    result.unanswered = sent_ - answered_;
    result.sent_late = late_;
    result.tally.last_answer = span_.measure_from;
    for (const LoadRecorder& recorder : recorders_) {
      result.tally.merge(recorder.tally());
    }
    result.elapsed = result.tally.last_answer - span_.measure_from;
    return result;
  }

  [[nodiscard]] LoadClock::time_point moment(RequestIndex request) const {
    return span_.start + due_(request);
  }

  void tell_progress(LoadClock::time_point now) {
    if (now >= next_progress_) {
      next_progress_ = now + progress_interval;
      run_.progress({now - span_.start, answered_});
    }
  }

  const LoadRun& run_;
  Timetable due_;
  std::uint64_t requests_;
  LoadSpan span_ = LoadSpan::from_now(run_.options);
  std::vector<Check> checks_;
  std::deque<LoadRecorder> recorders_;  ///< Of each client; the last one is this thread's.
  Histogram late_;
  std::uint64_t sent_ = 0;
  std::atomic<std::uint64_t> answered_{0};
  LoadClock::time_point next_progress_;
};

}  // namespace

LoadResult run_open_loop(const LoadRun& run, const OpenLoop& loop) {
  const double gap_ns = 1e9 / loop.requests_per_second;
  const Timetable due = [gap_ns](RequestIndex request) {
    return Duration{std::llround(static_cast<double>(request.raw()) * gap_ns)};
  };
  return OpenLoopRun{run, due, requests_max_of(run.options)}.go();
}

LoadResult run_replay(const LoadRun& run, const Replay& replay,
                      std::span<const TraceRequest> trace) {
  const Timetable due = [&replay, trace](RequestIndex request) {
    const auto at = static_cast<double>(trace[request.raw()].at.count());
    return Duration{std::llround(at / replay.speed)};
  };
  return OpenLoopRun{run, due, std::min<std::uint64_t>(trace.size(), requests_max_of(run.options))}
      .go();
}

}  // namespace sluice::bench
