// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "actors/runtime/tenant_table.hpp"

namespace sluice {

/// Decides which resident tenants leave memory. Only clean ones may: the store has all they spent,
/// so they come back with the same numbers.
///
/// Role       Lets idle tenants go bit by bit, and makes room when the table is full.
/// Threading  Confined to its host.
/// Ownership  Refers to the table.
/// Units      Idleness is measured in whole seconds.
/// Errors     None.
/// Cost       Each call looks at a bounded number of tenants.
class Passivation {
public:
  /// `leaving` hears of each before it goes.
  Passivation(
      TenantTable& table, Duration idle_after,
      std::function<void(TenantId)> leaving = [](TenantId) {})
      : table_(table), idle_after_(idle_after), leaving_(std::move(leaving)) {}

  /// Lets the idle ones among the next tenants of an endless round go, but for those with
  /// reservations that have yet to end.
  void sweep(Instant now);

  /// Unless there is room, lets the longest untouched of a sample of tenants go. Returns whether
  /// there is room now; there is none if no tenant near the sample is clean.
  [[nodiscard]] bool make_room();

  [[nodiscard]] std::uint64_t passivated() const noexcept { return passivated_; }

private:
  static constexpr std::size_t places_per_sweep = 2048;
  static constexpr std::size_t places_per_sample = 64;
  static constexpr std::size_t places_for_room_max = 4096;

  void let_go(HostedTenant& hosted);

  TenantTable& table_;
  Duration idle_after_;
  std::function<void(TenantId)> leaving_;
  std::uint64_t passivated_ = 0;
};

}  // namespace sluice
