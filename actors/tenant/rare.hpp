// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "actors/tenant/cells.hpp"
#include "actors/tenant/credits.hpp"
#include "actors/tenant/ledger.hpp"
#include "actors/tenant/seats.hpp"
#include "actors/tenant/sharing/shares.hpp"
#include "actors/tenant/usage_values.hpp"

namespace sluice {

/// What few tenants have beside their limits: what was asked under an id, counters for labels,
/// grants of credit, history by labels, and what others share with it.
struct Rare {
  explicit Rare(std::size_t limits) : ledger(limits), cells(limits) {}

  Ledger ledger;
  Cells cells;
  Credits credits;
  Seats seats{};
  std::unique_ptr<UsageValues> values{};  ///< Null if nobody asks for it.
  std::unique_ptr<Shares> shares;         ///< Null until it had a grant.
};

[[nodiscard]] inline Shares& make_shares(Rare& rare) {
  if (rare.shares == nullptr) {
    rare.shares = std::make_unique<Shares>();
  }
  return *rare.shares;
}

}  // namespace sluice
