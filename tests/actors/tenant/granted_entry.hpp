// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/entry.hpp"

namespace sluice {

/// With everything that a grant may have.
inline Entry granted() {
  Entry entry;
  entry.id = EntryId{0, 1};
  entry.first.outcome = Outcome::allowed;
  entry.state = EntryState::granted;
  entry.digest = 77;
  entry.begun = WallTime{std::chrono::hours{5}};
  entry.grant = Grant{.id = entry.id,
                      .digest = entry.digest,
                      .limit = LimitId{0xA1B2C3D4},
                      .terms = {.amount = Amount::max(),
                                .priority = 255,
                                .effective_at = WallTime::min(),
                                .expires_at = WallTime{std::chrono::hours{9}},
                                .recurrence = Recurrence{Period::year, recurrence_every_max,
                                                         WallTime{std::chrono::hours{7}}},
                                .rollover = {Amount{3}, Amount::max()}},
                      .given_at = entry.begun,
                      .voided_at = WallTime{std::chrono::hours{8}},
                      .balance = Amount{40},
                      .paid = Amount{30},
                      .told = Amount{20}};
  return entry;
}

/// Without a recurrence.
inline Entry granted_once() {
  Entry entry = granted();
  entry.grant->terms.recurrence = std::nullopt;
  return entry;
}

}  // namespace sluice
