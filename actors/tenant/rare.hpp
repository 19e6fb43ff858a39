// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "actors/tenant/cells.hpp"
#include "actors/tenant/credits.hpp"
#include "actors/tenant/ledger.hpp"
#include "actors/tenant/seats.hpp"

namespace sluice {

/// What few tenants have beside their limits: what was asked under an id, counters for labels, and
/// grants of credit.
struct Rare {
  explicit Rare(std::size_t limits) : ledger(limits), cells(limits) {}

  Ledger ledger;
  Cells cells;
  Credits credits;
  Seats seats{};
};

}  // namespace sluice
