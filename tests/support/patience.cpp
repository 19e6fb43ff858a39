// SPDX-License-Identifier: Apache-2.0
#include "tests/support/patience.hpp"

#include <thread>

namespace sluice::test {

bool wait_until(const std::function<bool()>& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::yield();
  }
  return true;
}

}  // namespace sluice::test
