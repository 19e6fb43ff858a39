// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/store_thread.hpp"

#include <utility>

#include "protocol/transport/thread_role.hpp"

namespace sluice {

// One message in a run: what takes long sends itself its rest, and whatever came from other threads
// meanwhile has to come in between.
StoreThread::StoreThread(caf::actor_system& system)
    : Home(&system, 1), thread_([this] { run(); }) {}

void StoreThread::post(std::function<void()> job) {
  {
    const std::scoped_lock lock{mutex_};
    jobs_.push_back(std::move(job));
  }
  filled_.notify_one();
}

void StoreThread::stop() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  filled_.notify_one();
  thread_.join();
}

void StoreThread::run() {
  name_this_thread("store");
  settle_here();
  std::vector<std::function<void()>> running;
  std::unique_lock lock{mutex_};
  for (;;) {
    filled_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) {
      return;
    }
    running.swap(jobs_);
    lock.unlock();
    for (auto& job : running) {
      job();
    }
    running.clear();
    lock.lock();
  }
}

}  // namespace sluice
