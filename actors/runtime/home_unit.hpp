// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <cstddef>

#include "protocol/transport/loop.hpp"

namespace sluice {

/// Runs CAF actors on the thread of one loop, in its turns.
///
/// Role       CAF's `execution_unit` for a reactor: what CAF's own workers do, without their queue.
/// Threading  `exec_later` may be called from any thread; on the loop's own thread the actor runs
///            in this turn, otherwise in a later one.
/// Ownership  Refers to the loop. Each queued job holds the reference to the actor that CAF made
///            for it, until the actor rests.
/// Units      None.
/// Errors     None.
/// Cost       One queued job for each time that an actor wakes.
class HomeUnit final : public caf::execution_unit {
public:
  HomeUnit(caf::actor_system& system, Loop& loop) : execution_unit(&system), loop_(loop) {}

  /// Called once by the loop's thread: from now on it is the home of this unit.
  void settle_here() noexcept;

  void exec_later(caf::resumable* job) override;

private:
  void run(caf::resumable* job);

  /// An actor that has more messages than this goes on in a later turn, so that sockets and timers
  /// get theirs.
  static constexpr std::size_t messages_per_run_max = 64;

  Loop& loop_;
};

}  // namespace sluice
