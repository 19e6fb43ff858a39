// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/clock.hpp"
#include "server/metrics/counting_observer.hpp"
#include "server/metrics/decision_latency.hpp"
#include "server/metrics/exposition.hpp"

namespace sluice {

/// Answers scrapes: gathers the figures, and writes them out on a thread of its own.
///
/// Role       What stands between the engine and `/metrics`.
/// Threading  `scrape` on a reactor's thread, to which the reply comes back. The destructor after
///            the engine's reactors have stopped.
/// Ownership  Borrows everything that it reads. Owns its thread.
/// Errors     `unavailable` if more than `scrapes_waiting_max` wait.
/// Cost       On the reactors, one status and one usage message for each tenant with a name.
class Scraper {
public:
  static constexpr std::size_t scrapes_waiting_max = 8;

  Scraper(Engine& engine, const Clock& machine, const CountingObserver& counts,
          const DecisionLatency& latency, const std::atomic<std::uint64_t>& lines_kept_back,
          std::string version);
  ~Scraper();
  Scraper(const Scraper&) = delete;
  Scraper& operator=(const Scraper&) = delete;

  void scrape(ReactorIndex here, Reply<std::string> reply);

private:
  struct Scrape;
  void ask_usage(const std::shared_ptr<Scrape>& scrape);
  void hand_over(const std::shared_ptr<Scrape>& scrape);
  void write_out();

  Engine& engine_;
  const Clock& machine_;
  const CountingObserver& counts_;
  const DecisionLatency& latency_;
  const std::atomic<std::uint64_t>& lines_kept_back_;  ///< By the log.
  const std::string version_;
  const Instant started_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Scrape>> waiting_;
  bool stopping_ = false;
  std::thread writer_;
};

}  // namespace sluice
