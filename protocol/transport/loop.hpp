// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace sluice {

/// Runs KJ promises and Asio handlers on one thread, in turns.
///
/// A turn is: every ready Asio handler; then KJ events and queued jobs until none of them makes
/// another ready; then the end of the turn: the hooks, in the order of registration (again if one
/// of them made work), and last the departures. What a turn produced (journal records, replies)
/// leaves at its end, in one piece, and nothing departs before the hooks have run.
///
/// Role       The one event loop of a reactor and of a client. No second loop, no thread of its
///            own.
/// Threading  Confined to the thread that holds a `Loop::Scope`; only `post` may be called from any
///            thread. The loop may be driven by different threads one after the other, never two at
///            once.
/// Ownership  Owns the io_context and the KJ event loop. What lives on them must go first.
/// Errors     None of its own; an exception out of a handler or job is a bug and ends the process.
/// Cost       A turn with nothing to do is one epoll_wait.
class Loop {
public:
  Loop();
  ~Loop() noexcept;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Makes the loop current for this thread, so that promises can be made and run.
  class Scope {
  public:
    explicit Scope(Loop& loop);

  private:
    kj::WaitScope kj_scope_;
  };

  /// Something with output that leaves at the end of the turn, after the hooks.
  class Departure {
  public:
    virtual ~Departure() = default;
    virtual void depart() noexcept = 0;
  };

  [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }

  /// From any thread: runs the job in a later turn.
  void post(std::function<void()> job);
  /// From the loop's thread: runs the job in this turn. Jobs of up to two words do not allocate.
  void defer(std::function<void()> job);
  /// From the loop's thread: called at the end of each turn that did something, in the order of
  /// registration. Never removed.
  void at_end_of_turn(std::function<void()> hook);
  /// From the loop's thread: departs once, at the end of this turn.
  void depart_at_end_of_turn(std::shared_ptr<Departure> departure);

  /// Runs one turn. With nothing ready, looks again for up to `spin`, then sleeps for up to `sleep`
  /// until something is. Returns whether it did anything.
  bool turn(std::chrono::nanoseconds spin, std::chrono::nanoseconds sleep) noexcept;

private:
  class Port;

  bool await_handlers(std::chrono::nanoseconds spin, std::chrono::nanoseconds sleep);
  bool run_ready();
  bool run_jobs();
  void end_turn();

  // The order matters: what lives in KJ's loop (streams, tasks) uses Asio's while it is torn down.
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_;
  std::unique_ptr<Port> port_;
  kj::EventLoop kj_loop_;
  std::vector<std::function<void()>> jobs_;
  std::vector<std::function<void()>> running_jobs_;
  std::vector<std::function<void()>> hooks_;
  std::vector<std::shared_ptr<Departure>> departures_;
  std::vector<std::shared_ptr<Departure>> departing_;
};

}  // namespace sluice
