// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/usage_watch.hpp"

#include <chrono>
#include <vector>

#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {
constexpr Duration one_hour = std::chrono::hours{1};
}  // namespace

Result<Done> UsageWatch::look(Store& store, WallTime saved_before, WallTime now) {
  if (saved_before < WallTime{} + one_hour) {
    return Done{};
  }
  const WallTime last = bucket_start(saved_before, Granularity::hour) - one_hour;
  set_next(last);
  for (std::size_t page = 0; page < pages_at_once && *next_ <= last; ++page) {
    if (const auto looked = look_at_page(store, now); !looked.ok()) {
      return looked;
    }
  }
  return Done{};
}

void UsageWatch::set_next(WallTime last) noexcept {
  const WallTime earliest = last - one_hour * (hours_caught_up_max - 1);
  // Much later: the clock was stepped back.
  const bool astray = next_ && *next_ > last + one_hour * hours_caught_up_max;
  if (!next_ || *next_ < earliest || astray) {
    next_ = earliest;
    mark_ = {};
  }
}

Result<Done> UsageWatch::look_at_page(Store& store, WallTime now) {
  SLUICE_INVARIANT(next_.has_value());
  const auto page = store.busy_hours({.hour = *next_, .above = unusual_least, .after = mark_});
  if (!page.ok()) {
    if (mark_.place > 0 && page.fault().code == FaultCode::unavailable) {
      mark_ = {mark_.place + 1, {}, {}};
    }
    return page.fault();
  }
  std::vector<Alert> alerts;
  for (const ComparedHour& hour : page.value().hours) {
    if (auto alert = alert_of_unusual(hour, now)) {
      alerts.push_back(*std::move(alert));
    }
  }
  if (!alerts.empty()) {
    if (const auto raised = store.raise(epoch_, alerts); !raised.ok()) {
      return raised;
    }
  }
  if (page.value().next) {
    mark_ = *page.value().next;
  } else {
    mark_ = {};
    *next_ += one_hour;
  }
  return Done{};
}

}  // namespace sluice
