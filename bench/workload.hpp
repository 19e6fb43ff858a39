// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "actors/tenant/check.hpp"
#include "bench/load_tenants.hpp"
#include "bench/request_trace.hpp"
#include "bench/tenant_draw.hpp"

namespace sluice::bench {

/// What each check of a load asks: which tenant, and how much of which meters.
///
/// Role       Worked out before the run; during it, an array that is read.
/// Threading  Immutable; may be shared.
/// Ownership  Owns what the checks refer to, so it must outlive them.
/// Cost       `check` reads two arrays in sequence: with a million tenants a table of their ids
///            would cost more than the client library does.
class Workload {
public:
  /// Every check charges the same.
  Workload(LimitPreset preset, TenantDraw draw, Charge charge);
  /// Check i charges one request and the tokens of the trace's request i; there are no more.
  Workload(LimitPreset preset, TenantDraw draw, MeterId requests, MeterId tokens,
           std::span<const TraceRequest> trace);

  [[nodiscard]] TenantIndex tenant(RequestIndex check) const noexcept { return draw_.of(check); }
  [[nodiscard]] std::span<const Charge> charges(RequestIndex check) const noexcept {
    const std::size_t first = varies_ ? check.raw() * charges_per_check_ : 0;
    return {charges_.data() + first, charges_per_check_};
  }
  [[nodiscard]] Check check(RequestIndex check) const noexcept {
    return {load_tenant_id(preset_, tenant(check)), charges(check), Mode::normal};
  }

  [[nodiscard]] TenantId id(TenantIndex tenant) const noexcept {
    return load_tenant_id(preset_, tenant);
  }
  /// The meters that every check charges, in the order of its charges.
  [[nodiscard]] std::vector<MeterId> meters() const;

private:
  LimitPreset preset_;
  TenantDraw draw_;
  std::vector<Charge> charges_;
  std::size_t charges_per_check_;
  bool varies_;
};

}  // namespace sluice::bench
