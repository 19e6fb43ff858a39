// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "actors/tenant/report.hpp"
#include "ops/sluicectl/report.hpp"
#include "ops/sluicectl/table.hpp"

namespace sluice::ctl {

/// Slugs of tenants that have been looked up.
using SlugsById = std::map<TenantId, std::string>;

/// What happened between two readings of a server's counters.
struct Interval {
  ServerStatus before;
  ServerStatus now;
  Duration length{};  ///< On this machine's clock: the server's may be simulated.
};

/// So many a second, rounded down; zero if the counter went back, as it does when the server is
/// started again.
[[nodiscard]] std::uint64_t per_second(std::uint64_t before, std::uint64_t now, Duration length);

/// One screen: totals, each reactor, the busiest tenants.
[[nodiscard]] std::string top_view(const Interval& interval, const SlugsById& slugs, Style style);
[[nodiscard]] Json top_document(const Interval& interval, const SlugsById& slugs);

}  // namespace sluice::ctl
