// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "protocol/client/delivery.hpp"
#include "protocol/client/pending.hpp"
#include "protocol/transport/loop.hpp"

namespace sluice::client {

/// Decides which thread drives the client's loop, and hands over what the others ask.
///
/// Waking a sleeping thread costs more than a whole call, so a caller that must wait anyway drives
/// the loop itself when nobody else does, and so gets its answer without any other thread. The
/// others follow: they sleep, and whoever drives wakes them when their answers are there. One that
/// leaves the helm wakes one follower to take it, and only when there is none, the client's own
/// thread.
///
/// Role       The only lock of the client, and everything that it guards.
/// Threading  Thread-safe, but for what is said to belong to the driver.
/// Ownership  Owns the checks that the driver has not fetched yet.
/// Units      None.
/// Errors     None.
/// Cost       A short lock for each blocking call, each asynchronous check, and each turn.
class Helm {
public:
  /// Whoever makes it has the helm.
  explicit Helm(Loop& loop) : loop_(loop) {}
  ~Helm();
  Helm(const Helm&) = delete;
  Helm& operator=(const Helm&) = delete;

  /// Counts these checks in; false if there would be more than `pending_max`.
  [[nodiscard]] bool admit(std::size_t count, std::size_t pending_max);

  // For blocking callers.

  /// Takes the helm if it is free (true): then the caller drives, with its checks in its hands.
  /// Otherwise its checks are handed over and it follows.
  [[nodiscard]] bool lead_or_follow(Group& group, PendingQueue& checks);
  /// Sleeps until the answers are there (false) or the helm has been taken (true).
  [[nodiscard]] bool follow(Group& group);

  // For asynchronous callers.

  [[nodiscard]] Group& take_group();
  void give_back(Group& group);
  /// Hands over what `fill` makes of the shared pools.
  template <class Fill>
  void hand_over(Fill fill) {
    std::unique_lock lock(mutex_);
    fill(pools_, inbox_);
    handed_over_.store(true, std::memory_order_relaxed);
    call_driver(lock);
  }

  // For whoever drives.

  /// Moves what was handed over to `to`.
  void fetch(PendingQueue& to);
  /// Whether nothing waits to be fetched; then whoever hands something over wakes the loop.
  [[nodiscard]] bool fall_asleep();
  void wake_up();
  /// Whether there are followers, asleep or about to leave, who want a processor too.
  [[nodiscard]] bool crowded() const { return inside_.load(std::memory_order_relaxed) > 0; }
  /// Wakes those who are answered and takes back what is finished.
  void settle(Delivery::Finished& finished);
  /// Gives the helm to whoever needs it. A group that is given is not answered, and follows.
  void leave(Group* unanswered);

  // For the client's own thread.

  /// Leaves, and sleeps until the helm is free and either somebody needs it who does not wait
  /// himself, or it is time to look after the connections; then has the helm again. False, also
  /// with the helm, if the client closes.
  [[nodiscard]] bool leave_and_await(Steady::time_point look_at);
  /// Whether every check is answered.
  [[nodiscard]] bool idle() const { return pending_.load(std::memory_order_relaxed) == 0; }
  /// From now on only the client's own thread gets the helm.
  void close();
  [[nodiscard]] bool closing() const { return closing_.load(std::memory_order_relaxed); }

private:
  void add_follower(Group& group);
  void call_driver(std::unique_lock<std::mutex>& lock);

  Loop& loop_;
  std::atomic<std::size_t> pending_{0};
  std::atomic<bool> closing_{false};
  std::atomic<bool> handed_over_{false};
  std::atomic<std::size_t> inside_{0};  ///< Followers that may still touch this.

  std::mutex mutex_;  ///< Guards the rest.
  Pools pools_;
  PendingQueue inbox_;
  boost::intrusive::list<Group> followers_;
  bool driven_ = true;
  bool asleep_ = false;  ///< The driver, in the loop.
  std::condition_variable background_;
};

}  // namespace sluice::client
