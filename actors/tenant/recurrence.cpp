// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/recurrence.hpp"

#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

using std::chrono::seconds;

/// On average; no number of them in a row is off by as much as one.
seconds length_of(Period period) {
  switch (period) {
    case Period::hour:
      return std::chrono::hours{1};
    case Period::day:
      return std::chrono::hours{24};
    case Period::week:
      return std::chrono::hours{24 * 7};
    case Period::month:
      return seconds{2'629'746};
    case Period::year:
      return seconds{31'556'952};
    case Period::minute:
    case Period::never:
      break;
  }
  SLUICE_INVARIANT(false);
}

}  // namespace

Recurring recurring_at(const Recurrence& recurrence, const Calendar& calendar, WallTime instant) {
  const auto at = [&](std::int64_t step) {
    return calendar.later(recurrence.anchor, recurrence.period, step * recurrence.every);
  };
  const seconds distance = std::chrono::floor<seconds>(instant.time_since_epoch()) -
                           std::chrono::floor<seconds>(recurrence.anchor.time_since_epoch());
  std::int64_t step = distance / (length_of(recurrence.period) * recurrence.every);
  while (at(step) > instant) {
    --step;
  }
  while (at(step + 1) <= instant && at(step + 1) != wall_time_never) {
    ++step;
  }
  return Recurring{at(step), at(step + 1)};
}

}  // namespace sluice
