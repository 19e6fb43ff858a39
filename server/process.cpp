// SPDX-License-Identifier: Apache-2.0
#include "server/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

namespace sluice {

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  SLUICE_INVARIANT(pthread_sigmask(SIG_BLOCK, &signals_, nullptr) == 0);
  std::signal(SIGPIPE, SIG_IGN);
}

int StopSignals::wait() const {
  int signal = 0;
  SLUICE_INVARIANT(sigwait(&signals_, &signal) == 0);
  return signal;
}

std::optional<int> StopSignals::wait_for(std::chrono::milliseconds patience) const {
  const timespec time{patience.count() / 1000, patience.count() % 1000 * 1'000'000};
  const int signal = sigtimedwait(&signals_, nullptr, &time);
  return signal > 0 ? std::optional{signal} : std::nullopt;
}

void StopSignals::exit_at_next(const Log& log) const {
  // The thread ends with the process: nothing waits for it, and it owns nothing.
  std::thread([signals = *this, &log] {
    const int signal = signals.wait();
    log.error("stopped_at_once", {{"signal", signal}, {"reason", "a second signal"}});
    _exit(128 + signal);
  }).detach();
}

std::string host_name() {
  std::array<char, 256> name{};
  SLUICE_INVARIANT(::gethostname(name.data(), name.size() - 1) == 0);
  return name.data();
}

std::size_t raise_open_files(std::size_t needed) {
  rlimit limit{};
  SLUICE_INVARIANT(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  if (limit.rlim_cur >= needed) {
    return limit.rlim_cur;
  }
  rlimit wanted{needed, std::max<rlim_t>(limit.rlim_max, needed)};
  if (setrlimit(RLIMIT_NOFILE, &wanted) == 0) {
    return needed;
  }
  // Beyond the hard limit only root may go.
  wanted = rlimit{std::min<rlim_t>(limit.rlim_max, needed), limit.rlim_max};
  return setrlimit(RLIMIT_NOFILE, &wanted) == 0 ? wanted.rlim_cur : limit.rlim_cur;
}

}  // namespace sluice
