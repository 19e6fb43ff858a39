// SPDX-License-Identifier: Apache-2.0
// What the labels of a request make of a tenant's limits.
#include "actors/tenant/charges_met.hpp"
#include "actors/tenant/prefetch.hpp"
#include "actors/tenant/rare.hpp"
#include "actors/tenant/tenant.hpp"

namespace sluice {

void Tenant::prefetch_rare() const noexcept {
  if (const Rare* const rare = spending_.rare()) {
    prefetch_object(*rare);
  }
}

void Tenant::prefetch_lists(const Check& check) const noexcept {
  const Rare* const rare = spending_.rare();
  if (rare == nullptr) {
    return;
  }
  if (check.id != EntryId{}) {
    rare->ledger.prefetch_lists(check.id);
  }
  if (!check.labels.empty()) {
    rare->cells.prefetch_index(check.labels, *plan_);
  }
}

void Tenant::prefetch_entries(const Check& check) const noexcept {
  const Rare* const rare = spending_.rare();
  if (rare == nullptr) {
    return;
  }
  if (check.id != EntryId{}) {
    rare->ledger.prefetch_entry(check.id);
  }
  if (!check.labels.empty()) {
    rare->cells.prefetch_counters(check.labels, *plan_);
  }
}

bool Tenant::meet(const Check& check, const Now& now, Decision& decision) {
  if (!rare().cells.meet(check.charges, check.labels, *plan_, now)) {
    refuse(decision, "labels: this tenant has too many live values (10000)");
    return false;
  }
  return true;
}

Tenant::Met Tenant::met_beside(std::uint32_t slot) noexcept {
  Rare& rare = *spending_.rare();
  if (plan_->planned()[slot].labelled) {
    const Cells::Met& met = rare.cells.met(slot);
    if (!met.applies) {
      return {nullptr};
    }
    if (met.cell != nullptr) {
      return {&met.cell->state, met.cell->held};
    }
  }
  return {&spending_.limit(slot), rare.ledger.held(slot)};
}

bool Tenant::applies_to_labels(std::uint32_t slot) const noexcept {
  const Rare* const rare = spending_.rare();
  return rare == nullptr || rare->cells.met(slot).applies;
}

LimitState& Tenant::labelled_state(std::uint32_t slot) noexcept {
  Rare* const rare = spending_.rare();
  Cells::Cell* const cell = rare == nullptr ? nullptr : rare->cells.met(slot).cell;
  return cell == nullptr ? spending_.limit(slot) : cell->state;
}

Amount Tenant::held_by_reservations(std::uint32_t slot) const noexcept {
  const Rare& rare = *spending_.rare();
  const Cells::Cell* const cell = rare.cells.met(slot).cell;
  return cell == nullptr ? rare.ledger.held(slot) : cell->held;
}

void Tenant::hold(std::uint32_t slot, Amount amount) {
  Cells::Cell* const cell = rare().cells.met(slot).cell;
  if (cell == nullptr) {
    rare().ledger.hold(slot, amount);
  } else {
    cell->held = cell->held + amount;
  }
}

// And tells what is reached with it, if it is in flight.
void Tenant::hold(std::uint32_t slot, Amount amount, const Now& now, Happenings& happenings) {
  hold(slot, amount);
  announce(slot, state(slot).follow(plan_->planned()[slot], held(slot)), now, happenings);
}

void Tenant::let_go(std::uint32_t slot, Amount amount) {
  Cells::Cell* const cell = rare().cells.met(slot).cell;
  if (cell == nullptr) {
    rare().ledger.let_go(slot, amount);
  } else {
    cell->held = excess(cell->held, amount);
  }
}

void Tenant::tell_cells(Slots changed, const Now& now, Happenings& happenings) {
  Cells& cells = rare().cells;
  for (const std::uint32_t slot : plan_->labelled()) {
    if (cells.met(slot).cell != nullptr && changed.has(slot)) {
      cells.tell(slot, *plan_, now, happenings.add_counter());
    }
  }
}

}  // namespace sluice
