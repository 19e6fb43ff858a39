// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <cstddef>
#include <functional>

namespace sluice {

/// The thread that an actor lives on.
///
/// Role       CAF's `execution_unit` for actors that stay on one thread: what CAF's own workers do,
///            without their queue.
/// Threading  `post` and `exec_later` may be called from any thread; on the home thread the actor
///            runs soon (`defer`), otherwise in its turn (`post`).
/// Ownership  Each queued actor is held by the reference that CAF made for it, until it rests.
/// Units      None.
/// Errors     None.
/// Cost       One queued job for each time that an actor wakes.
class Home : public caf::execution_unit {
public:
  /// An actor that has more messages than `messages_per_run` goes on in a later turn, so that what
  /// else has come gets its own.
  explicit Home(caf::actor_system* system, std::size_t messages_per_run = 64)
      : execution_unit(system), messages_per_run_(messages_per_run) {}

  [[nodiscard]] bool is_here() const noexcept;
  virtual void post(std::function<void()> job) = 0;

  void exec_later(caf::resumable* job) final;

  /// Messages that were sent to the actors here and not taken yet. Any thread.
  [[nodiscard]] std::size_t messages_waiting() const noexcept {
    return waiting_.load(std::memory_order_relaxed);
  }
  void message_sent() noexcept { waiting_.fetch_add(1, std::memory_order_relaxed); }
  void message_taken() noexcept { waiting_.fetch_sub(1, std::memory_order_relaxed); }

protected:
  /// Called once, by the home thread.
  void settle_here() noexcept;
  /// Called on the home thread only.
  virtual void defer(std::function<void()> job) = 0;

private:
  void run(caf::resumable* job);

  const std::size_t messages_per_run_;
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace sluice
