// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "actors/tenant/strong.hpp"

namespace sluice::bench {

/// A tenant of a load, counted from 0.
using TenantIndex = Strong<struct TenantIndexTag, std::uint32_t>;
/// A request of a load, counted from 0.
using RequestIndex = Strong<struct RequestIndexTag, std::uint64_t>;
/// The exponent of a Zipf distribution: the tenant of rank r is asked for in proportion to
/// 1 / r^s.
using ZipfExponent = Strong<struct ZipfExponentTag, double>;

inline constexpr std::size_t load_tenants_max = 4'000'000;

/// How the tenant of a request is chosen.
struct Uniformly {};
/// One after the other, round and round: the shortest way to touch all of them.
struct InTurn {};
using TenantChoice = std::variant<Uniformly, ZipfExponent, InTurn>;

/// Which tenant each request is for: drawn before the run with a fixed seed, so that choosing costs
/// the run one sequential read, and the same run can be had again.
///
/// Threading  Immutable; may be shared.
/// Ownership  Holds the drawn sequence, four bytes a draw, at most 64 MiB.
/// Cost       Making one is O(draws log tenants).
class TenantDraw {
public:
  /// By Zipf, tenant 0 is the most likely.
  TenantDraw(std::size_t tenants, TenantChoice choice, std::uint64_t seed);

  /// Goes round when a run is longer than the sequence.
  [[nodiscard]] TenantIndex of(RequestIndex request) const noexcept {
    return TenantIndex{drawn_[request.raw() % drawn_.size()]};
  }

private:
  std::vector<std::uint32_t> drawn_;
};

}  // namespace sluice::bench
