// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/helm.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace sluice::client {

namespace {

/// How often the connections are looked after while nobody asks.
constexpr std::chrono::milliseconds look_interval{100};

}  // namespace

Helm::~Helm() {
  // They have their answers, and are about to leave.
  while (inside_.load(std::memory_order_acquire) > 0) {
    std::this_thread::yield();
  }
}

bool Helm::admit(std::size_t count, std::size_t pending_max) {
  if (pending_.fetch_add(count, std::memory_order_relaxed) + count <= pending_max) {
    return true;
  }
  pending_.fetch_sub(count, std::memory_order_relaxed);
  return false;
}

bool Helm::lead_or_follow(Group& group, PendingQueue& checks) {
  std::unique_lock lock(mutex_);
  if (!driven_ && !closing_) {
    driven_ = true;
    return true;
  }
  append(inbox_, checks);
  handed_over_.store(true, std::memory_order_relaxed);
  add_follower(group);
  call_driver(lock);
  return false;
}

bool Helm::follow(Group& group) {
  Bell& bell = *group.bell;
  for (;;) {
    if (bell.listen() == Bell::Sound::answered) {
      inside_.fetch_sub(1, std::memory_order_release);
      return false;
    }
    const std::lock_guard lock(mutex_);
    if (bell.heard(Bell::Sound::lead) && !driven_ && !closing_) {
      followers_.erase(followers_.iterator_to(group));
      group.follows = false;
      inside_.fetch_sub(1, std::memory_order_relaxed);
      driven_ = true;
      return true;
    }
  }
}

Group& Helm::take_group() {
  const std::lock_guard lock(mutex_);
  return pools_.groups.take();
}

void Helm::give_back(Group& group) {
  const std::lock_guard lock(mutex_);
  pools_.groups.give_back(group);
}

void Helm::fetch(PendingQueue& to) {
  if (handed_over_.load(std::memory_order_relaxed)) {
    const std::lock_guard lock(mutex_);
    append(to, inbox_);
    handed_over_.store(false, std::memory_order_relaxed);
  }
}

bool Helm::fall_asleep() {
  const std::lock_guard lock(mutex_);
  asleep_ = inbox_.empty();
  return asleep_;
}

void Helm::wake_up() {
  const std::lock_guard lock(mutex_);
  asleep_ = false;
}

void Helm::settle(Delivery::Finished& finished) {
  if (finished.places > 0) {
    pending_.fetch_sub(std::exchange(finished.places, 0), std::memory_order_relaxed);
  }
  if (finished.blocked.empty() && finished.checks.empty() && finished.groups.empty()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    for (Group* const group : finished.blocked) {
      if (group->follows) {
        followers_.erase(followers_.iterator_to(*group));
      }
    }
    for (Pending* const check : finished.checks) {
      pools_.checks.give_back(*check);
    }
    for (Group* const group : finished.groups) {
      pools_.groups.give_back(*group);
    }
  }
  for (Group* const group : finished.blocked) {
    // The group is gone as soon as it is known to be answered; the bell stays.
    Bell& bell = *group->bell;
    group->follows ? bell.ring(Bell::Sound::answered) : bell.set(Bell::Sound::answered);
  }
  finished.blocked.clear();
  finished.checks.clear();
  finished.groups.clear();
}

void Helm::leave(Group* unanswered) {
  const std::lock_guard lock(mutex_);
  if (unanswered != nullptr) {
    add_follower(*unanswered);
  }
  driven_ = false;
  if (closing_) {
    background_.notify_one();
  } else if (!followers_.empty()) {
    // The youngest, because it will drive longest.
    followers_.back().bell->ring(Bell::Sound::lead);
  } else if (!idle()) {
    background_.notify_one();
  }
}

bool Helm::leave_and_await(Steady::time_point look_at) {
  leave(nullptr);
  std::unique_lock lock(mutex_);
  look_at = std::min(look_at, Steady::now() + look_interval);
  for (;;) {
    if (!driven_ && closing_) {
      driven_ = true;
      return false;
    }
    const auto now = Steady::now();
    if (!driven_ && followers_.empty() && (!idle() || now >= look_at)) {
      driven_ = true;
      return true;
    }
    if (now >= look_at) {
      look_at = now + look_interval;  // Whoever drives looks after them too.
    }
    background_.wait_until(lock, look_at);
  }
}

void Helm::close() {
  std::unique_lock lock(mutex_);
  closing_ = true;
  background_.notify_one();
  call_driver(lock);
}

void Helm::add_follower(Group& group) {
  group.follows = true;
  followers_.push_back(group);
  inside_.fetch_add(1, std::memory_order_relaxed);
}

void Helm::call_driver(std::unique_lock<std::mutex>& lock) {
  if (!driven_) {
    // With followers, one of them is on its way.
    if (followers_.empty() || closing_) {
      background_.notify_one();
    }
  } else if (asleep_) {
    asleep_ = false;
    lock.unlock();
    loop_.post([] {});
  }
}

}  // namespace sluice::client
