// SPDX-License-Identifier: Apache-2.0
// What `CountedWrites` loads into a program before the C library: it stands in for the functions
// that write to files.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "tests/support/counted_writes.hpp"

namespace sluice::test {
namespace {

WriteCount* map_count() {
  const char* const path = getenv("SLUICE_TEST_WRITES");
  const int file = path == nullptr ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) {
    return nullptr;
  }
  void* const shared =
      mmap(nullptr, sizeof(WriteCount), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return shared == MAP_FAILED ? nullptr : static_cast<WriteCount*>(shared);
}

void count_write(int file) {
  static WriteCount* const count = map_count();
  struct stat status {};
  if (count == nullptr || fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    return;
  }
  const std::uint64_t number = std::atomic_ref{count->written}.fetch_add(1) + 1;
  if (number == std::atomic_ref{count->ends_at}.load()) {
    kill(getpid(), SIGKILL);
  }
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace
}  // namespace sluice::test

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
  static auto* const onwards = sluice::test::next<decltype(write)>("write");
  sluice::test::count_write(file);
  return onwards(file, bytes, size);
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  static auto* const onwards = sluice::test::next<decltype(pwrite)>("pwrite");
  sluice::test::count_write(file);
  return onwards(file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
  static auto* const onwards = sluice::test::next<decltype(pwrite64)>("pwrite64");
  sluice::test::count_write(file);
  return onwards(file, bytes, size, offset);
}
}
