// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace sluice::postgres {

/// Ends a wait for a peer that says nothing any more, by shutting its socket down: whoever reads or
/// writes it is then told that the connection is gone.
///
/// Role       libpq has no deadline of its own once it is connected.
/// Threading  `watch` and `release` from one thread; an own thread waits for the deadline. It is
///            woken only when it has nothing to wait for, so a call that ends in time costs two
///            uncontended locks.
/// Ownership  Borrows the socket from `watch` to `release`, so that it never touches one that was
///            closed and given to somebody else.
class Watchdog {
public:
  Watchdog();

  void watch(int socket, std::chrono::steady_clock::time_point until);
  /// Whether the deadline passed.
  bool release();

private:
  void run(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  int socket_ = -1;  ///< -1: nothing to watch.
  bool bit_ = false;
  bool idle_ = false;  ///< The thread waits for something to watch.
  std::chrono::steady_clock::time_point until_;
  std::jthread thread_;
};

}  // namespace sluice::postgres
