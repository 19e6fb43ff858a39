// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "actors/runtime/home.hpp"

namespace sluice {

/// The home of an actor that may block, since it talks to the store.
///
/// Threading  `post` from any thread; `stop` from the owner.
/// Bounds     Those who send to the store's actors bound what they have under way.
class StoreThread final : public Home {
public:
  explicit StoreThread(caf::actor_system& system);
  ~StoreThread() override { stop(); }
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  void post(std::function<void()> job) override;
  /// Runs what was posted before, and ends the thread.
  void stop();

private:
  void defer(std::function<void()> job) override { post(std::move(job)); }
  void run();

  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sluice
