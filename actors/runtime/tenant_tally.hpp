// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/runtime/space_saving.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/report.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Counts what tenants ask, for a bounded number of them by name and for all others together.
///
/// Role       A tenant gets a name with its first check while there are any. When there are none,
///            one that surely is much busier than the idlest with a name takes it over (a sample of
///            the checks goes to a `SpaceSaving` for that); and a tenant that asks nothing for
///            `idle_max` loses its own. What a name had counted goes to the others: so every count
///            only grows, or ends.
/// Threading  Confined to its host.
/// Ownership  Owns its counts. The host keeps with each resident tenant which name it has.
/// Units      Checks; rates are checks a second, which halve within `half_life`.
/// Errors     None.
/// Cost       `count` is two additions. All else is linear in the number of names, and for the
///            first check of a tenant, its load or a tick.
class TenantTally {
public:
  /// Which count is a tenant's.
  using Name = std::uint8_t;
  static constexpr Name no_name = 0;  ///< That of all others.
  static constexpr std::size_t names_max = 255;
  static constexpr Duration half_life = std::chrono::seconds{30};
  static constexpr Duration idle_max = std::chrono::minutes{10};

  /// Up to `names`, which are at most `names_max`.
  explicit TenantTally(std::size_t names);

  [[nodiscard]] bool has_free_name() const noexcept { return names_taken_ + 1 < counts_.size(); }
  /// There must be a free one, and the tenant must have none.
  [[nodiscard]] Name give_name(TenantId tenant, Instant now) { return give_name(tenant, now, 0); }
  /// Of a tenant that was away meanwhile.
  [[nodiscard]] Name name_of(TenantId tenant) const;
  void count(Name name, bool refused) noexcept {
    Count& count = counts_[name];
    ++count.checks.asked;
    count.checks.refused += refused ? 1U : 0U;
  }
  /// One of a sample of checks, which stands for so many; of a tenant with a name or without.
  void saw(TenantId tenant, std::uint64_t checks) { busiest_.saw(tenant, checks, 0); }
  /// The tenant has no name any more.
  void take_name(Name name);

  /// Lets rates fade up to this instant, and takes the names of those that were idle. Who they
  /// were. Called a few times a second.
  [[nodiscard]] std::vector<TenantId> fade(Instant now);
  struct TakeOver {
    TenantId loser;
    TenantId winner;
    Name name;
  };
  /// Lets the busiest tenant without a name take over one, if it should have one.
  [[nodiscard]] std::optional<TakeOver> take_over();

  /// Those that have names, and the others last.
  [[nodiscard]] std::vector<TenantChecks> read() const;

private:
  struct Count {
    TenantChecks checks;
    std::uint64_t asked_before = 0;  ///< At the last `fade`.
    double per_second = 0;
    Instant asked_at{};  ///< As far as `fade` saw.
  };

  [[nodiscard]] Name give_name(TenantId tenant, Instant now, double per_second);
  [[nodiscard]] std::optional<BusyTenant> busiest_without_name() const;

  SpaceSaving busiest_{half_life};
  std::vector<Count> counts_;  ///< The first is of the others; free ones are of no tenant.
  std::size_t names_taken_ = 0;
  Instant faded_at_{};
};

}  // namespace sluice
