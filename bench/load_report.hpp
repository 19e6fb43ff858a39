// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "bench/admission_audit.hpp"
#include "bench/load_options.hpp"
#include "bench/load_run.hpp"

namespace sluice::bench {

/// Everything that a finished load has to say. Without an audit nothing was compared.
struct LoadReport {
  const LoadOptions& options;
  const LoadResult& result;
  const std::optional<AuditFindings>& audit;
};

/// For people: a few short tables, ending with the line `over-admission: 0` if that is so.
[[nodiscard]] std::string describe(const LoadReport& report);

/// The same as one JSON document; durations in nanoseconds.
[[nodiscard]] std::string describe_json(const LoadReport& report);

}  // namespace sluice::bench
