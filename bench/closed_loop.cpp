// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <thread>

#include "bench/load_run.hpp"
#include "bench/load_span.hpp"

namespace sluice::bench {

namespace {

using namespace std::chrono_literals;

/// What the callers of one run have in common.
struct Callers {
  const LoadRun& run;
  LoadSpan span;
  std::uint64_t requests_max;
  std::uint64_t count;                    ///< Caller i takes every count-th request from i on.
  std::atomic<std::uint64_t> at_work{0};  ///< Callers that have not finished.
};

/// The checks of one request after the other, in one array that is used again.
class RequestMaker {
public:
  RequestMaker(const Workload& workload, std::size_t batch) : workload_(workload), checks_(batch) {}

  std::span<const Check> make(RequestIndex request) {
    const RequestIndex first = first_check(request);
    for (std::size_t i = 0; i < checks_.size(); ++i) {
      checks_[i] = workload_.check(RequestIndex{first.raw() + i});
    }
    return checks_;
  }

  [[nodiscard]] RequestIndex first_check(RequestIndex request) const {
    return RequestIndex{request.raw() * checks_.size()};
  }

private:
  const Workload& workload_;
  std::vector<Check> checks_;
};

/// Asks again as soon as it is answered, from the callback.
class AsyncCaller {
public:
  AsyncCaller(Callers& callers, Spender& spender, LoadRecorder& recorder, std::uint64_t first)
      : callers_(callers),
        spender_(spender),
        recorder_(recorder),
        requests_(callers.run.workload, callers.run.options.batch),
        next_(first) {}

  void ask(LoadClock::time_point now) {
    if (now >= callers_.span.stop_at || next_ >= callers_.requests_max) {
      callers_.at_work.fetch_sub(1, std::memory_order_release);
      return;
    }
    asked_ = now;
    const std::span<const Check> checks = requests_.make(RequestIndex{next_});
    if (checks.size() == 1) {
      spender_.spend_async(checks[0], [this](const client::Answer& answer) {
        answered({&answer, 1});
      });
    } else {
      spender_.client().check_async(
          checks, [this](std::span<const client::Answer> answers) { answered(answers); });
    }
  }

private:
  void answered(std::span<const client::Answer> answers) {
    const auto now = LoadClock::now();
    recorder_.record(requests_.first_check(RequestIndex{next_}), answers, asked_, now);
    next_ += callers_.count;
    ask(now);
  }

  Callers& callers_;
  Spender& spender_;
  LoadRecorder& recorder_;
  RequestMaker requests_;
  std::uint64_t next_;
  LoadClock::time_point asked_;
};

void call_and_wait(Callers& callers, Spender& spender, LoadRecorder& recorder,
                   std::uint64_t first) {
  RequestMaker requests{callers.run.workload, callers.run.options.batch};
  auto now = LoadClock::now();
  for (std::uint64_t next = first; now < callers.span.stop_at && next < callers.requests_max;
       next += callers.count) {
    const auto asked = now;
    const std::span<const Check> checks = requests.make(RequestIndex{next});
    if (checks.size() == 1) {
      const client::Answer answer = spender.spend(checks[0]);
      now = LoadClock::now();
      recorder.record(requests.first_check(RequestIndex{next}), {&answer, 1}, asked, now);
    } else {
      const std::vector<client::Answer> answers = spender.client().check(checks);
      now = LoadClock::now();
      recorder.record(requests.first_check(RequestIndex{next}), answers, asked, now);
    }
  }
  callers.at_work.fetch_sub(1, std::memory_order_release);
}

void wait_for(const Callers& callers, const std::deque<LoadRecorder>& recorders) {
  while (callers.at_work.load(std::memory_order_acquire) > 0) {
    const auto now = LoadClock::now();
    if (now >= callers.span.give_up) {
      return;
    }
    std::uint64_t answered = 0;
    for (const LoadRecorder& recorder : recorders) {
      answered += recorder.answered();
    }
    callers.run.progress({now - callers.span.start, answered});
    // Short near the end, so that a run that is over is seen to be over.
    std::this_thread::sleep_for(now >= callers.span.stop_at ? 1ms : 50ms);
  }
}

LoadResult result_of(const Callers& callers, const std::deque<LoadRecorder>& recorders) {
  LoadResult result;
  result.unanswered = callers.at_work;
  result.tally.last_answer = callers.span.measure_from;
  for (const LoadRecorder& recorder : recorders) {
    result.tally.merge(recorder.tally());
  }
  result.elapsed = result.tally.last_answer - callers.span.measure_from;
  return result;
}

}  // namespace

LoadResult run_closed_loop(const LoadRun& run, const ClosedLoop& loop) {
  Callers callers{run, LoadSpan::from_now(run.options), requests_max_of(run.options), loop.callers,
                  loop.callers};
  std::deque<LoadRecorder> recorders;
  std::deque<AsyncCaller> asynchronous;
  std::vector<std::jthread> blocking;
  const std::size_t recorder_count = loop.blocking ? loop.callers : run.clients.size();
  for (std::size_t i = 0; i < recorder_count; ++i) {
    recorders.emplace_back(run.workload, run.ledger, callers.span.measure_from);
  }
  for (std::size_t i = 0; i < loop.callers; ++i) {
    Spender& spender = *run.clients[i % run.clients.size()];
    if (loop.blocking) {
      blocking.emplace_back([&callers, &spender, &recorder = recorders[i], i] {
        call_and_wait(callers, spender, recorder, i);
      });
    } else {
      asynchronous.emplace_back(callers, spender, recorders[i % recorders.size()], i);
    }
  }
  for (AsyncCaller& caller : asynchronous) {
    caller.ask(LoadClock::now());
  }
  wait_for(callers, recorders);
  blocking.clear();  // A blocking check ends by its timeout.
  if (callers.at_work > 0) {
    // A client that is gone calls nobody back any more.
    run.clients.clear();
  }
  return result_of(callers, recorders);
}

}  // namespace sluice::bench
