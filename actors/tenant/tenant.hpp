// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/plan.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// A limit's usage reached a threshold for the first time in its window.
struct ThresholdCrossed {
  TenantId tenant;
  LimitId limit;
  MeterId meter;
  Percent threshold;
  Amount used;
  Amount size;
};

/// One limit of a tenant with its numbers, for people.
struct LimitUsage {
  Limit limit;
  LimitReading reading;
  Window window;  ///< Of a window limit; for a rate, from now until the burst is full.
};

/// Owns what one tenant has spent and decides what it may spend.
///
/// Role       The tenant actor without its mailbox: a pure state machine. Same calls in the same
///            order give the same answers. It reads no clock, logs nothing and does no I/O.
/// Threading  Confined to its host; needs no lock.
/// Ownership  Owns its counters; shares its plan. Returns copies.
/// Units      Amounts in the unit of their meter.
/// Errors     None. A refusal is an outcome.
/// Cost       `decide` is O(limits of the charged meters), allocates nothing (but `events`, when a
///            threshold fires), and divides only where a rate is reported.
class Tenant {
public:
  /// A tenant with stored counters; a limit without one starts unused at `now`. Counters of limits
  /// that the plan does not have are ignored. A stored arrival time that lies further ahead than a
  /// full burst (the wall clock was stepped back) is cut to a full burst.
  Tenant(TenantId id, std::shared_ptr<const Plan> plan, std::span<const Counter> counters,
         const Now& now);

  /// Decides the check and, if it is allowed and not a peek, takes every amount from every limit of
  /// its meter; otherwise takes nothing. Amounts of charges on the same meter are added up. A meter
  /// without limits is allowed. Returns whether any counter changed.
  bool decide(const Check& check, const Now& now, Decision& decision,
              std::vector<ThresholdCrossed>& events);

  /// Takes over new rules at `now`. Limits that are in both keep what was used.
  void adopt(std::shared_ptr<const Plan> plan, const Now& now);

  /// Every limit with its numbers at `now`, in the plan's order.
  [[nodiscard]] std::vector<LimitUsage> usage(const Now& now) const;

  /// Appends the state of every limit, as it is to be stored.
  void snapshot(const Now& now, std::vector<Counter>& out) const;

  [[nodiscard]] TenantId id() const noexcept { return id_; }
  [[nodiscard]] const Plan& plan() const noexcept { return *plan_; }
  /// Asks the processor to fetch what `decide` will read.
  void prefetch() const noexcept;
  /// Bytes held for this tenant alone, without the shared plan.
  [[nodiscard]] std::size_t bytes() const noexcept;

private:
  TenantId id_;
  std::shared_ptr<const Plan> plan_;
};

}  // namespace sluice
