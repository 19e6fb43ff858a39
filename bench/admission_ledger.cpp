// SPDX-License-Identifier: Apache-2.0
#include "bench/admission_ledger.hpp"

namespace sluice::bench {

AdmissionLedger::AdmissionLedger(std::size_t tenants_followed, std::size_t charges_per_check)
    : tenants_followed_(tenants_followed),
      charges_per_check_(charges_per_check),
      sums_(std::make_unique<Sum[]>(tenants_followed * charges_per_check)) {}

void AdmissionLedger::admitted(TenantIndex tenant, std::span<const Charge> charges) noexcept {
  if (tenant.raw() >= tenants_followed_) {
    return;
  }
  for (std::size_t slot = 0; slot < charges.size(); ++slot) {
    sums_[tenant.raw() * charges_per_check_ + slot].admitted.fetch_add(charges[slot].amount.raw(),
                                                                       std::memory_order_relaxed);
  }
}

void AdmissionLedger::uncertain(TenantIndex tenant, std::span<const Charge> charges) noexcept {
  if (tenant.raw() >= tenants_followed_) {
    return;
  }
  for (std::size_t slot = 0; slot < charges.size(); ++slot) {
    sums_[tenant.raw() * charges_per_check_ + slot].uncertain.fetch_add(charges[slot].amount.raw(),
                                                                        std::memory_order_relaxed);
  }
}

Amount AdmissionLedger::admitted_of(TenantIndex tenant, ChargeSlot charge) const noexcept {
  return Amount{sums_[tenant.raw() * charges_per_check_ + charge.raw()].admitted};
}

Amount AdmissionLedger::uncertain_of(TenantIndex tenant, ChargeSlot charge) const noexcept {
  return Amount{sums_[tenant.raw() * charges_per_check_ + charge.raw()].uncertain};
}

}  // namespace sluice::bench
