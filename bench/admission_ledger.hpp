// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/check.hpp"
#include "bench/tenant_draw.hpp"

namespace sluice::bench {

/// A charge's place in the checks of a load, from 0.
using ChargeSlot = Strong<struct ChargeSlotTag, std::size_t>;

/// Adds up what the server admitted, as its callers heard it, apart for each tenant and charge.
/// Follows the first so many tenants only, those that will be audited: following a million costs
/// more than asking for them.
///
/// Threading  Thread-safe.
/// Ownership  Sixteen bytes for each tenant followed and charge.
/// Cost       An addition is one uncontended atomic instruction for each charge.
class AdmissionLedger {
public:
  AdmissionLedger(std::size_t tenants_followed, std::size_t charges_per_check);

  void admitted(TenantIndex tenant, std::span<const Charge> charges) noexcept;
  /// No answer came: the server may have admitted it or not.
  void uncertain(TenantIndex tenant, std::span<const Charge> charges) noexcept;

  /// Of a tenant that is followed.
  [[nodiscard]] Amount admitted_of(TenantIndex tenant, ChargeSlot charge) const noexcept;
  [[nodiscard]] Amount uncertain_of(TenantIndex tenant, ChargeSlot charge) const noexcept;

private:
  struct Sum {
    std::atomic<std::uint64_t> admitted{0};
    std::atomic<std::uint64_t> uncertain{0};
  };

  std::size_t tenants_followed_;
  std::size_t charges_per_check_;
  std::unique_ptr<Sum[]> sums_;
};

}  // namespace sluice::bench
