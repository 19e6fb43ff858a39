// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/entry.hpp"

namespace sluice {

/// What was used under a grant, with everything that there is to say of it.
inline SharedCount shared_count(std::uint64_t number = 1) {
  return {.open = {.grant = {7, number},
                   .policy = {8, 1},
                   .hour = Hour{476'700},
                   .uses = 3,
                   .units = Amount{Amount::max_raw - 1},
                   .denied = 2},
          .owner = {9, 1},
          .period = BillingPeriod::week,
          .period_ends = WallTime{std::chrono::hours{476'760}},
          .units = Amount::max()};
}

inline Entry shared_entry(std::uint64_t number = 1) {
  const SharedCount count = shared_count(number);
  return {.id = entry_id_of(count.open.grant),
          .state = EntryState::shared,
          .begun = WallTime{std::chrono::hours{476'000}},
          .use = count};
}

/// A reservation that was made under a grant.
inline Entry reserved_under_a_grant() {
  Entry entry{.id = {1, 2}, .state = EntryState::held, .digest = 3};
  entry.charges = {{MeterId{1}, Amount{5}, Amount{}}};
  entry.first.outcome = Outcome::allowed;
  entry.first.sharing = ShareVerdict::admitted;
  entry.first.use_cost_micros = 42;
  entry.under = SharedHold{.grant = {7, 1},
                           .policy = {8, 1},
                           .owner = {9, 1},
                           .period = BillingPeriod::day,
                           .meter = MeterId{1}};
  return entry;
}

}  // namespace sluice
