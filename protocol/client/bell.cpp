// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/bell.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sluice::client {

namespace {

static_assert(sizeof(std::atomic<Bell::Sound>) == sizeof(std::uint32_t));

}  // namespace

void Bell::ring(Sound sound) noexcept {
  // Who sounds already has been woken and is on his way.
  if (sound_.exchange(sound, std::memory_order_acq_rel) == Sound::silence) {
    syscall(SYS_futex, &sound_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
}

Bell::Sound Bell::listen() noexcept {
  for (;;) {
    if (const Sound heard = sound(); heard != Sound::silence) {
      return heard;
    }
    syscall(SYS_futex, &sound_, FUTEX_WAIT_PRIVATE, Sound::silence, nullptr, nullptr, 0);
  }
}

}  // namespace sluice::client
