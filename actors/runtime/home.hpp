// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
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
  using execution_unit::execution_unit;

  [[nodiscard]] bool is_here() const noexcept;
  virtual void post(std::function<void()> job) = 0;

  void exec_later(caf::resumable* job) final;

protected:
  /// Called once, by the home thread.
  void settle_here() noexcept;
  /// Called on the home thread only.
  virtual void defer(std::function<void()> job) = 0;

private:
  void run(caf::resumable* job);
};

}  // namespace sluice
