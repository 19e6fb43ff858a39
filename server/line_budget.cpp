// SPDX-License-Identifier: Apache-2.0
#include "server/line_budget.hpp"

#include <chrono>
#include <utility>

namespace sluice {

std::optional<std::uint64_t> LineBudget::take(Instant now) {
  const std::lock_guard lock(mutex_);
  if (second_began_ == Instant::min() || now - second_began_ >= std::chrono::seconds{1}) {
    second_began_ = now;
    taken_ = 0;
  }
  if (taken_ == lines_per_second_) {
    ++kept_back_;
    return std::nullopt;
  }
  ++taken_;
  return std::exchange(kept_back_, 0);
}

}  // namespace sluice
