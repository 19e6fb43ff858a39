// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/watchdog.hpp"

#include <sys/socket.h>

#include <utility>

namespace sluice::postgres {

Watchdog::Watchdog() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Watchdog::watch(int socket, std::chrono::steady_clock::time_point until) {
  const std::lock_guard lock{mutex_};
  socket_ = socket;
  until_ = until;
  bit_ = false;
  // Deadlines only ever grow, so a thread that waits for an older one is early and looks again.
  if (idle_) {
    changed_.notify_one();
  }
}

bool Watchdog::release() {
  const std::lock_guard lock{mutex_};
  socket_ = -1;
  return std::exchange(bit_, false);
}

void Watchdog::run(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  while (!stop.stop_requested()) {
    if (socket_ < 0) {
      idle_ = true;
      changed_.wait(lock, stop, [&] { return socket_ >= 0; });
      idle_ = false;
      continue;
    }
    const auto until = until_;
    changed_.wait_until(lock, stop, until, [] { return false; });
    if (socket_ >= 0 && std::chrono::steady_clock::now() >= until_) {
      ::shutdown(socket_, SHUT_RDWR);
      socket_ = -1;
      bit_ = true;
    }
  }
}

}  // namespace sluice::postgres
