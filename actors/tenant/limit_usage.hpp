// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/calendar.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/limit.hpp"

namespace sluice {

/// One limit of a tenant with its numbers, for people.
struct LimitUsage {
  Limit limit;
  LimitReading reading;
  Window window;  ///< Of a window limit; for a rate, from now until the burst is full.
  Amount over{};  ///< Units above the size in a window of the calendar; of credit, what is owed.
  std::uint64_t price_micros = 0;  ///< What they cost, rounded up once.
  Amount leased{};              ///< Out on leases: of what is held, or of a rate of what is used.
  std::vector<Grant> grants{};  ///< Of credit: those that are remembered, in burn order.
};

}  // namespace sluice
