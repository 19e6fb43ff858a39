// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/thread_role.hpp"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace sluice {

namespace {
constexpr std::uint64_t least_slice_ns = 100'000;

/// The kernel's `struct sched_attr` in its first version; this C library has none.
struct SchedulerAttributes {
  std::uint32_t size;
  std::uint32_t policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime_ns;
  std::uint64_t deadline_ns;
  std::uint64_t period_ns;
};
static_assert(sizeof(SchedulerAttributes) == 48);
}  // namespace

void name_this_thread(const char* name) noexcept {
  pthread_setname_np(pthread_self(), name);
}

void run_soon_after_waking() noexcept {
  SchedulerAttributes attributes{};  // Read first: whoever started the process may have chosen.
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) == 0) {
    attributes.runtime_ns = least_slice_ns;
    static_cast<void>(syscall(SYS_sched_setattr, 0, &attributes, 0));
  }
}

}  // namespace sluice
