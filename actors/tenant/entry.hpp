// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What an entry speaks of.
enum class EntryState : std::uint8_t {
  answered,   ///< A check with an id; it is over, and only its answer is remembered.
  held,       ///< A reservation that is open.
  committed,  ///< Settled at what was used.
  cancelled,  ///< Given back.
  expired,    ///< Settled by time, at what was reported.
};

/// A reservation's part on one meter.
struct HeldCharge {
  MeterId meter;
  Amount held;  ///< As it was reserved.
  Amount used;  ///< As far as was reported; once it is settled, what was charged.
  friend bool operator==(const HeldCharge&, const HeldCharge&) = default;
};

/// Something that a tenant was asked under an id, and what came of it: absolute, so that writing it
/// twice is writing it once.
struct Entry {
  EntryId id{};
  EntryState state = EntryState::answered;
  std::uint64_t digest = 0;  ///< Of what was asked: the same id with another one is a conflict.
  WallTime begun{};          ///< When it was asked first.
  WallTime due{};            ///< When it expires; once it is over, when it is forgotten.
  std::vector<HeldCharge> charges{};  ///< Of a reservation; each meter once.
  Decision first{};                   ///< What was answered first.
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// An entry with the tenant that it is of.
struct EntryRow {
  TenantId tenant;
  Entry entry;
};

/// An entry that its tenant does not know any more.
struct ForgottenRow {
  TenantId tenant;
  EntryId id{};
};

}  // namespace sluice
