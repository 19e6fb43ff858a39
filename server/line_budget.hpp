// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "actors/tenant/time.hpp"

namespace sluice {

/// How many lines of one kind a log may get, so that a storm of events is not a flood of lines.
///
/// Threading  Any thread.
/// Units      Lines in each second of monotonic time.
/// Cost       A lock that is held for a few instructions.
class LineBudget {
public:
  explicit LineBudget(std::uint32_t lines_per_second) : lines_per_second_(lines_per_second) {}

  /// Takes a line: how many before it were kept back since the last that was not, or nothing if
  /// this one is kept back as well.
  [[nodiscard]] std::optional<std::uint64_t> take(Instant now);

private:
  const std::uint32_t lines_per_second_;
  std::mutex mutex_;
  Instant second_began_ = Instant::min();
  std::uint32_t taken_ = 0;
  std::uint64_t kept_back_ = 0;
};

}  // namespace sluice
