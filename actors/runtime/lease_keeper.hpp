// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "actors/runtime/tenure.hpp"
#include "actors/tenant/clock.hpp"
#include "actors/tenant/observer.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// Acquires the shards and keeps their lease alive.
///
/// Role       The only one who extends the tenure, as `Tenure::granted` counts it.
/// Threading  Own thread and own connection, so that no long transaction holds up a renewal. Its
///            calls come from the engine's owner.
/// Ownership  Owns the connection; borrows the rest.
/// Units      The machine's monotonic time.
/// Errors     A renewal that fails is told to the observer and tried again, also after the tenure
///            has passed: nobody may have taken over. `fenced` ends the tenure for good.
/// Cost       A small transaction every fifth of the lease. A lease of zero needs no renewal: that
///            is for stores that only one server can open.
class LeaseKeeper {
public:
  LeaseKeeper(std::unique_ptr<Store> store, const Clock& machine, Tenure& tenure,
              Observer& observer);
  ~LeaseKeeper() { stop(); }
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;

  /// Acquires the shards, and renews their lease from then on.
  [[nodiscard]] Result<Ownership> acquire(const Claim& claim);
  /// Ends the thread; the lease then runs out by itself.
  void stop();
  /// Stops, and gives the shards back: the store has everything.
  [[nodiscard]] Result<Done> release();

private:
  void run();
  void renew();

  std::unique_ptr<Store> store_;
  const Clock& machine_;
  Tenure& tenure_;
  Observer& observer_;
  std::chrono::milliseconds lease_{};
  Epoch epoch_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sluice
