// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"

namespace sluice {

/// Tenants whose state the store refuses, and in which round each is tried again.
///
/// Role       Keeps what one tenant has from stopping the flushes of all others.
/// Threading  Confined to its host.
/// Units      Rounds of flushes, an interval each at least.
/// Errors     None.
/// Bounds     `tenants_max`: where more are refused, it is not the tenants.
/// Cost       A search among them.
class SetAside {
public:
  static constexpr std::size_t tenants_max = 64;
  static constexpr std::uint64_t rounds_max = 16;  ///< From one attempt to the next.

  void begin_round() noexcept { ++round_; }
  [[nodiscard]] std::size_t size() const noexcept { return tenants_.size(); }
  [[nodiscard]] bool full() const noexcept { return tenants_.size() >= tenants_max; }
  [[nodiscard]] bool contains(TenantId tenant) const { return tenants_.contains(tenant); }
  /// Whether it is too early to try again.
  [[nodiscard]] bool holds(TenantId tenant) const {
    const auto found = tenants_.find(tenant);
    return found != tenants_.end() && round_ < found->second.until;
  }
  /// It was refused by itself: waits twice as long as before. Whether the reason is new.
  bool refuse(TenantId tenant, const Fault& fault) {
    Refused& refused = tenants_[tenant];
    refused.rounds = std::clamp<std::uint64_t>(2 * refused.rounds, 1, rounds_max);
    refused.until = round_ + 1 + refused.rounds;
    return std::exchange(refused.reason, fault.context) != fault.context;
  }
  /// The store took it, or the tenant is no more.
  void forget(TenantId tenant) { tenants_.erase(tenant); }
  /// How many of them `is_one` is true of.
  template <class Predicate>
  [[nodiscard]] std::size_t count(Predicate&& is_one) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        tenants_, [&is_one](const auto& entry) { return is_one(entry.first); }));
  }

private:
  struct Refused {
    std::uint64_t rounds = 0;
    std::uint64_t until = 0;
    std::string reason;
  };
  std::map<TenantId, Refused> tenants_;
  std::uint64_t round_ = 0;
};

}  // namespace sluice
