// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/calendar.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Two instants of a recurrence with none between them; the first is the latest that is not after
/// the instant asked for.
struct Recurring {
  WallTime last;
  WallTime next;
};

/// Role       A pure function: the anchor and what lies a whole number of steps before or after it.
/// Errors     None for terms that were validated.
/// Cost       Some microseconds.
[[nodiscard]] Recurring recurring_at(const Recurrence& recurrence, const Calendar& calendar,
                                     WallTime instant);

}  // namespace sluice
