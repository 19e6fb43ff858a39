// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::test {

/// Facts about how other systems answer, to be asked of ours through the front door. They are read
/// from a directory of conformance cases beside the checkout if there is one, and otherwise from
/// the project's own copy of the facts (tests/conformance/facts).

struct GcraStep {
  std::int64_t at_ms = 0;
  std::uint64_t cost = 0;
  bool expects_error = false;
  bool allowed = false;
  std::optional<std::uint64_t> limit;
  std::optional<std::uint64_t> remaining;
  std::optional<std::int64_t> reset_after_ms;
  std::optional<std::int64_t> retry_after_ms;  ///< -1: there is none.
};

struct GcraCase {
  std::string name;
  std::uint64_t capacity = 0;
  std::uint64_t count = 0;
  std::int64_t period_ms = 0;
  std::vector<GcraStep> steps;
};
[[nodiscard]] std::vector<GcraCase> gcra_cases();

/// `count` per `period` means one each `interval_ms`.
struct IntervalFact {
  std::uint64_t count = 0;
  std::string period;
  std::int64_t interval_ms = 0;
};
[[nodiscard]] std::vector<IntervalFact> interval_facts();

struct CalendarCase {
  std::string name;
  std::string now;   ///< RFC 3339.
  std::string unit;  ///< The window's period; may be one that does not exist.
  std::optional<std::int64_t> expect_end_ms;  ///< The last millisecond inside.
  bool expects_error = false;
};
[[nodiscard]] std::vector<CalendarCase> calendar_cases();

}  // namespace sluice::test
