// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What people ask of a tenant that many of its requests have in common: which counters its limits
/// by label have now, and which reservations and leases are open. Both are told in pages in the
/// order of ids, so who goes on behind the last one of a page meets everything once that was there
/// all the time.
inline constexpr std::size_t live_page_size_max = 500;

/// The counter of a limit for some values of labels, with its numbers at one instant.
struct LabelCounter {
  EntryId id{};                      ///< The tenant's own; it stays as long as the counter is kept.
  std::string limit{};               ///< Its name.
  std::vector<OwnedLabel> labels{};  ///< In the order of `Limit::per`.
  LimitReading reading{};
  bool idle = false;  ///< It is as good as new, and makes room when others need its place.
  friend bool operator==(const LabelCounter&, const LabelCounter&) = default;
};

/// Which counters to tell.
struct CounterQuery {
  TenantId tenant{};
  std::string limit{};               ///< By name; empty: of all limits by label.
  std::vector<OwnedLabel> labels{};  ///< Only those with all of these values.
  EntryId after{};                   ///< The cursor: only ids above this one.
  std::size_t page_size = 100;       ///< 1 to `live_page_size_max`.
};
struct CounterPage {
  std::vector<LabelCounter> counters{};
  bool more = false;
  WallTime at{};
};

enum class HoldKind : std::uint8_t { reservation, lease };

/// A reservation or a lease that is open.
struct OpenHold {
  EntryId id{};  ///< Also what makes a repeated request the same one.
  HoldKind kind = HoldKind::reservation;
  WallTime made_at{};
  WallTime expires_at{};
  std::vector<HeldCharge> charges{};  ///< What is held of each meter, and was reported as used.
  std::vector<OwnedLabel> labels{};   ///< Of the request that made it.
  PolicyId policy{};                  ///< Of the resource that it uses; nil if it uses none.
  friend bool operator==(const OpenHold&, const OpenHold&) = default;
};

/// Which of them to tell.
struct HoldQuery {
  TenantId tenant{};
  std::vector<OwnedLabel> labels{};  ///< Only those with all of these values; empty: without it.
  EntryId after{};                   ///< The cursor: only ids above this one.
  std::size_t page_size = 100;       ///< 1 to `live_page_size_max`.
};
struct HoldPage {
  std::vector<OpenHold> holds{};
  bool more = false;
  WallTime at{};
};

}  // namespace sluice
