// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>

namespace sluice {

/// Runs KJ promises and Asio handlers on one thread, in turns.
///
/// A turn is: every ready Asio handler, then every ready KJ event and every queued job, until none
/// of them makes another ready; then the end of the turn, once. What a turn produced (journal
/// records, replies) leaves at its end, in one piece.
///
/// Role       The one event loop of a reactor and of a client. No second loop, no thread of its
/// own. Threading  Confined to the thread that holds a `Loop::Scope`; only `post` may be called
/// from any
///            thread. The loop may be driven by different threads one after the other, never two at
///            once.
/// Ownership  Owns the io_context and the KJ event loop.
/// Errors     None of its own; an exception out of a handler or job is a bug and ends the process.
/// Cost       A turn with nothing to do is one epoll_wait.
class Loop {
public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Makes the loop current for this thread, so that promises can be made and run.
  class Scope {
  public:
    explicit Scope(Loop& loop);

  private:
    kj::WaitScope kj_scope_;
  };

  [[nodiscard]] boost::asio::io_context& io() noexcept;

  /// From any thread: runs the job in a later turn.
  void post(std::function<void()> job);
  /// From the loop's thread: runs the job in this turn.
  void defer(std::function<void()> job);
  /// From the loop's thread: called at the end of each turn that did something, in the order of
  /// registration. Never removed.
  void at_end_of_turn(std::function<void()> hook);

  /// Runs one turn. With nothing ready, looks again for up to `spin`, then sleeps for up to `sleep`
  /// until something is. Returns whether it did anything.
  bool turn(std::chrono::nanoseconds spin, std::chrono::nanoseconds sleep);
};

}  // namespace sluice
