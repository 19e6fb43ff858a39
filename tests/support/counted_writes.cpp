// SPDX-License-Identifier: Apache-2.0
#include "tests/support/counted_writes.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace sluice::test {

CountedWrites::CountedWrites() {
  const std::string path = directory_.path() / "writes";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || ftruncate(file, sizeof(WriteCount)) != 0) {
    throw std::system_error(errno, std::generic_category(), path);
  }
  void* const shared =
      mmap(nullptr, sizeof(WriteCount), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (shared == MAP_FAILED) {
    throw std::system_error(errno, std::generic_category(), path);
  }
  count_ = static_cast<WriteCount*>(shared);
  setenv("SLUICE_TEST_WRITES", path.c_str(), 1);
  setenv("LD_PRELOAD", SLUICE_COUNTING_WRITES, 1);
  // Whose runtime wants to come first; it does not lose anything by coming second.
  const char* const options = getenv("ASAN_OPTIONS");
  const std::string so_far = options == nullptr ? "" : std::string{options} + ':';
  setenv("ASAN_OPTIONS", (so_far + "verify_asan_link_order=0").c_str(), 1);
}

CountedWrites::~CountedWrites() {
  unsetenv("LD_PRELOAD");
  unsetenv("SLUICE_TEST_WRITES");
  munmap(count_, sizeof(WriteCount));
}

void CountedWrites::end_at(std::uint64_t number) {
  std::atomic_ref{count_->written} = 0;
  std::atomic_ref{count_->ends_at} = number;
}

std::uint64_t CountedWrites::written() const {
  return std::atomic_ref{count_->written}.load();
}

}  // namespace sluice::test
