// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/fault.hpp"
#include "bench/tenant_draw.hpp"
#include "bench/workload.hpp"

namespace sluice::bench {

/// A charge's place in the checks of a load, from 0.
using ChargeSlot = Strong<struct ChargeSlotTag, std::size_t>;

/// What is counted apart.
struct LedgerShape {
  std::size_t tenants;      ///< That are followed: the first so many.
  std::size_t users;        ///< Of each, at least 1.
  std::size_t charges = 1;  ///< Of a check.
};

/// Adds up what the server admitted, as its callers heard it, apart for each tenant, user and
/// charge. Follows the first so many tenants only, those that will be audited: following a million
/// costs more than asking for them.
///
/// In a file, it outlives the processes that count in it, however they end; several may do so at
/// once.
///
/// Threading  Thread-safe, and safe between processes.
/// Ownership  Sixteen bytes for each tenant followed, user and charge.
/// Errors     `open` returns `invalid_argument` for a file of another shape, or that cannot be
///            opened.
/// Cost       An addition is one uncontended atomic instruction for each charge.
class AdmissionLedger {
public:
  /// In memory.
  explicit AdmissionLedger(const LedgerShape& shape);
  /// In the file, which is made if there is none.
  [[nodiscard]] static Result<AdmissionLedger> open(const LedgerShape& shape,
                                                    const std::string& file);

  void admitted(TenantIndex tenant, UserIndex user, std::span<const Charge> charges) noexcept;
  /// No answer came: the server may have admitted it or not.
  void uncertain(TenantIndex tenant, UserIndex user, std::span<const Charge> charges) noexcept;

  [[nodiscard]] const LedgerShape& shape() const noexcept { return shape_; }
  /// Of a tenant that is followed; of all its users, or of one.
  [[nodiscard]] Amount admitted_of(TenantIndex tenant, ChargeSlot charge) const noexcept;
  [[nodiscard]] Amount uncertain_of(TenantIndex tenant, ChargeSlot charge) const noexcept;
  [[nodiscard]] Amount admitted_of(TenantIndex tenant, UserIndex user,
                                   ChargeSlot charge) const noexcept;

private:
  struct Sum {
    std::uint64_t admitted;
    std::uint64_t uncertain;
  };
  struct Unmap {
    std::size_t bytes;
    void operator()(Sum* sums) const noexcept;
  };
  using Sums = std::unique_ptr<Sum[], Unmap>;

  AdmissionLedger(const LedgerShape& shape, Sums sums);
  [[nodiscard]] static std::size_t bytes_of(const LedgerShape& shape) noexcept;
  void add(std::uint64_t Sum::*sum, TenantIndex tenant, UserIndex user,
           std::span<const Charge> charges) noexcept;
  [[nodiscard]] Amount read(std::uint64_t Sum::*sum, TenantIndex tenant, UserIndex user,
                            ChargeSlot charge) const noexcept;
  [[nodiscard]] Amount read_all(std::uint64_t Sum::*sum, TenantIndex tenant,
                                ChargeSlot charge) const noexcept;

  LedgerShape shape_;
  Sums sums_;
};

}  // namespace sluice::bench
