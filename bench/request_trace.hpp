// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::bench {

/// One request of a recorded day.
struct TraceRequest {
  Duration at{};       ///< Since the first request of the trace.
  Amount tokens;       ///< Context and generated tokens together.
  Amount generated{};  ///< Those of them that the model wrote.
  friend bool operator==(const TraceRequest&, const TraceRequest&) = default;
};

inline constexpr std::size_t trace_requests_max = 10'000'000;

/// Reads a request trace: a CSV file with the columns TIMESTAMP (`2023-11-16 18:15:46.6805900`,
/// ascending), ContextTokens and GeneratedTokens, and a header line that names them.
///
/// Errors     `invalid_argument` names the line and the column; `limit_exceeded` for a trace that
///            is too long.
[[nodiscard]] Result<std::vector<TraceRequest>> read_trace(std::istream& in);
[[nodiscard]] Result<std::vector<TraceRequest>> read_trace_file(const std::string& path);

}  // namespace sluice::bench
