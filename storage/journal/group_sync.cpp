// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/group_sync.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace sluice {

struct GroupSync::State : std::enable_shared_from_this<State> {
  State(Background& in, std::function<void()> tell) : background(&in), on_change(std::move(tell)) {}

  std::mutex mutex;
  Background* background;  ///< Null once the journal is gone.
  std::vector<std::shared_ptr<OpenSegment>> unsynced;
  std::uint64_t committed = 0;
  bool under_way = false;

  std::mutex telling;  ///< Held during a call.
  std::function<void()> on_change;

  std::atomic<std::uint64_t> durable = 0;
  std::atomic<bool> failed = false;
  std::atomic<std::uint64_t> syncs = 0;
  std::atomic<std::int64_t> last_sync = 0;

  void start(const std::unique_lock<std::mutex>&) {
    if (under_way || unsynced.empty() || failed || background == nullptr) {
      return;
    }
    under_way = true;
    background->post([self = shared_from_this()] { self->sync(); });
  }

  void sync() {
    std::unique_lock lock{mutex};
    const std::vector<std::shared_ptr<OpenSegment>> segments = std::exchange(unsynced, {});
    const std::uint64_t through = committed;
    lock.unlock();
    const auto before = std::chrono::steady_clock::now();
    const bool synced = std::all_of(segments.begin(), segments.end(),
                                    [](const auto& segment) { return segment->file->sync().ok(); });
    last_sync = (std::chrono::steady_clock::now() - before).count();
    ++syncs;
    if (synced) {
      durable = through;
    } else {
      failed = true;
    }
    tell();
    lock.lock();
    under_way = false;
    start(lock);
  }

  void tell() {
    const std::lock_guard lock{telling};
    if (on_change) {
      on_change();
    }
  }
};

GroupSync::GroupSync(Background& background, std::function<void()> on_change)
    : state_(std::make_shared<State>(background, std::move(on_change))) {}

GroupSync::~GroupSync() {
  {
    const std::lock_guard lock{state_->mutex};
    state_->background = nullptr;
  }
  const std::lock_guard lock{state_->telling};
  state_->on_change = nullptr;
}

void GroupSync::committed(const std::shared_ptr<OpenSegment>& segment, Sequence sequence) {
  std::unique_lock lock{state_->mutex};
  if (state_->unsynced.empty() || state_->unsynced.back() != segment) {
    state_->unsynced.push_back(segment);
  }
  state_->committed = sequence.raw();
  state_->start(lock);
}

Sequence GroupSync::durable() const noexcept {
  return Sequence{state_->durable};
}

bool GroupSync::failed() const noexcept {
  return state_->failed;
}

std::uint64_t GroupSync::syncs() const noexcept {
  return state_->syncs;
}

std::chrono::nanoseconds GroupSync::last_sync() const noexcept {
  return std::chrono::nanoseconds{state_->last_sync.load()};
}

}  // namespace sluice
