// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/report.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Estimates which tenants are the busiest, in little memory.
///
/// Role       The Space-Saving sketch (Metwally, Agrawal and El Abbadi, 2005) with counts that
///            fade: when a tenant comes that has no entry, it takes over the smallest one with its
///            count. Every tenant with more than 1/entries of all checks is in it.
/// Threading  Confined to its host.
/// Ownership  Owns its entries.
/// Units      Counts are checks; a count halves every half-life, so it is proportional to a rate.
/// Errors     A count is too high by at most that of the entry that was taken over, which is known.
/// Cost       `saw` walks the ids of all entries, about 1 KiB; feed it with a sample.
class SpaceSaving {
public:
  static constexpr std::size_t entries_max = 64;
  static constexpr Duration half_life = std::chrono::seconds{3};

  explicit SpaceSaving(Duration halves_within = half_life) : half_life_(halves_within) {}

  /// `checks` of this tenant were decided, `denied` of them refused.
  void saw(TenantId tenant, std::uint64_t checks, std::uint64_t denied);
  /// Lets counts fade up to this instant. Called a few times a second.
  void fade(Instant now);
  /// The busiest tenants, most checks first; those below one check a second are left out.
  [[nodiscard]] std::vector<BusyTenant> busiest(std::size_t tenants_max) const;
  /// The same, but with no more than what is certain of each.
  [[nodiscard]] std::vector<BusyTenant> surely_busiest(std::size_t tenants_max) const;

private:
  struct Count {
    double checks = 0;
    double denied = 0;
    double inherited = 0;  ///< Of the checks: perhaps other tenants'.
  };
  [[nodiscard]] std::vector<BusyTenant> ranked(std::size_t tenants_max,
                                               double (*checks_of)(const Count&)) const;

  Duration half_life_;
  std::vector<TenantId> tenants_;
  std::vector<Count> counts_;  ///< In the order of `tenants_`.
  Instant faded_at_{};
};

}  // namespace sluice
