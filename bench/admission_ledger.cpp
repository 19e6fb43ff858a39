// SPDX-License-Identifier: Apache-2.0
#include "bench/admission_ledger.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "actors/tenant/invariant.hpp"

namespace sluice::bench {

namespace {

/// A file that is open until the end of the block.
class OpenFile {
public:
  explicit OpenFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// Whether it has the size, or was empty and has it now.
  [[nodiscard]] bool takes_size(std::size_t bytes) const {
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
      return false;
    }
    return status.st_size == static_cast<off_t>(bytes) ||
           (status.st_size == 0 && ::ftruncate(descriptor_, static_cast<off_t>(bytes)) == 0);
  }

private:
  int descriptor_;
};

}  // namespace

void AdmissionLedger::Unmap::operator()(Sum* sums) const noexcept {
  ::munmap(sums, bytes);
}

std::size_t AdmissionLedger::bytes_of(const LedgerShape& shape) noexcept {
  return std::max<std::size_t>(shape.tenants * shape.users * shape.charges, 1) * sizeof(Sum);
}

AdmissionLedger::AdmissionLedger(const LedgerShape& shape, Sums sums)
    : shape_(shape), sums_(std::move(sums)) {}

AdmissionLedger::AdmissionLedger(const LedgerShape& shape)
    : AdmissionLedger(shape, Sums{nullptr, Unmap{bytes_of(shape)}}) {
  void* const memory =
      ::mmap(nullptr, bytes_of(shape), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  SLUICE_INVARIANT(memory != MAP_FAILED);
  sums_.reset(static_cast<Sum*>(memory));
}

Result<AdmissionLedger> AdmissionLedger::open(const LedgerShape& shape, const std::string& file) {
  const std::size_t bytes = bytes_of(shape);
  const OpenFile opened{file};
  if (!opened.takes_size(bytes)) {
    return Fault{FaultCode::invalid_argument,
                 fmt::format("ledger: {} cannot be written, or counts other tenants, users or "
                             "charges",
                             file)};
  }
  void* const memory =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, opened.descriptor(), 0);
  if (memory == MAP_FAILED) {
    return Fault{FaultCode::invalid_argument, fmt::format("ledger: {} cannot be mapped", file)};
  }
  return AdmissionLedger{shape, Sums{static_cast<Sum*>(memory), Unmap{bytes}}};
}

void AdmissionLedger::admitted(TenantIndex tenant, UserIndex user,
                               std::span<const Charge> charges) noexcept {
  add(&Sum::admitted, tenant, user, charges);
}

void AdmissionLedger::uncertain(TenantIndex tenant, UserIndex user,
                                std::span<const Charge> charges) noexcept {
  add(&Sum::uncertain, tenant, user, charges);
}

void AdmissionLedger::add(std::uint64_t Sum::*sum, TenantIndex tenant, UserIndex user,
                          std::span<const Charge> charges) noexcept {
  if (tenant.raw() >= shape_.tenants) {
    return;
  }
  Sum* const first = &sums_[(tenant.raw() * shape_.users + user.raw()) * shape_.charges];
  for (std::size_t slot = 0; slot < charges.size(); ++slot) {
    std::atomic_ref{first[slot].*sum}.fetch_add(charges[slot].amount.raw(),
                                                std::memory_order_relaxed);
  }
}

Amount AdmissionLedger::read(std::uint64_t Sum::*sum, TenantIndex tenant, UserIndex user,
                             ChargeSlot charge) const noexcept {
  const std::size_t first = (tenant.raw() * shape_.users + user.raw()) * shape_.charges;
  return Amount{std::atomic_ref{sums_[first + charge.raw()].*sum}.load(std::memory_order_relaxed)};
}

Amount AdmissionLedger::read_all(std::uint64_t Sum::*sum, TenantIndex tenant,
                                 ChargeSlot charge) const noexcept {
  Amount all;
  for (std::uint32_t user = 0; user < shape_.users; ++user) {
    all = all + read(sum, tenant, UserIndex{user}, charge);
  }
  return all;
}

Amount AdmissionLedger::admitted_of(TenantIndex tenant, ChargeSlot charge) const noexcept {
  return read_all(&Sum::admitted, tenant, charge);
}

Amount AdmissionLedger::uncertain_of(TenantIndex tenant, ChargeSlot charge) const noexcept {
  return read_all(&Sum::uncertain, tenant, charge);
}

Amount AdmissionLedger::admitted_of(TenantIndex tenant, UserIndex user,
                                    ChargeSlot charge) const noexcept {
  return read(&Sum::admitted, tenant, user, charge);
}

}  // namespace sluice::bench
