// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "actors/runtime/tenant_hash.hpp"
#include "actors/tenant/explanation.hpp"
#include "actors/tenant/ownership.hpp"

namespace sluice {

/// Remembers for a while why recent checks were decided as they were.
///
/// Role       Rings of fixed size, in shares. A tenant has its share by a secret hash, so one that
///            is refused all the time pushes out its own explanations and those of few others.
/// Threading  Confined to its host.
/// Ownership  Owns its memory.
/// Units      None.
/// Errors     None. What was overwritten is not known any more. Ids are not used again by later
///            runs: they begin with the epoch.
/// Cost       About 3 MiB at the most; a share takes its memory with its first explanation. After
///            that `keep` copies the limits and allocates nothing; `latest` and `forget` walk one
///            share.
class Explanations {
public:
  static constexpr std::size_t shares_max = 16;
  static constexpr std::size_t decisions_per_share_max = 256;
  static constexpr std::size_t limits_per_share_max = 2048;
  static_assert(limits_per_share_max >= limits_per_tenant_max, "any check can be explained");

  Explanations(Epoch epoch, HashSeed seed);

  /// Remembers it in place of the oldest ones of its share, under the id that is returned.
  DecisionId keep(TenantId tenant, Mode mode, Outcome outcome, WallTime at,
                  std::span<const ConsideredLimit> limits,
                  ShareVerdict sharing = ShareVerdict::none);
  /// Nothing if it is not known, or not of this tenant.
  [[nodiscard]] std::optional<Explanation> find(TenantId tenant, DecisionId decision) const;
  /// The latest ones of this tenant, the newest first.
  [[nodiscard]] std::vector<Explanation> latest(TenantId tenant, std::size_t count_max) const;
  /// The tenant is gone.
  void forget(TenantId tenant);

private:
  /// All of an explanation but its limits.
  struct Kept {
    TenantId tenant{};
    DecisionId decision{};  ///< Zero: there is none, or it is forgotten.
    WallTime at{};
    std::uint64_t limits_begin = 0;  ///< How many limits the share had been told of before.
    std::uint32_t limits_count = 0;
    Mode mode = Mode::normal;
    Outcome outcome = Outcome::unavailable;
    ShareVerdict sharing = ShareVerdict::none;
  };
  struct Share {
    std::vector<Kept> decisions;
    std::vector<ConsideredLimit> limits;
    // So many were told of in all; the rings have the last ones.
    std::uint64_t decisions_told = 0;
    std::uint64_t limits_told = 0;

    [[nodiscard]] bool has(const Kept& kept, TenantId tenant) const;
    [[nodiscard]] Explanation explanation(const Kept& kept) const;
  };

  [[nodiscard]] DecisionId id_of(std::uint64_t number) const;
  [[nodiscard]] std::size_t share_of(TenantId tenant) const { return hash_(tenant) % shares_max; }

  Epoch epoch_;
  TenantHash hash_;
  std::array<Share, shares_max> shares_;
};

}  // namespace sluice
