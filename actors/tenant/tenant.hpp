// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit_state.hpp"
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
///            threshold fires), and divides only where a rate is reported. A tenant takes 40 bytes
///            and 24 for each limit.
class Tenant {
public:
  /// A tenant with stored counters; a limit without one starts unused at `now`. Counters of limits
  /// that the plan does not have are ignored. A stored arrival time that lies further ahead than a
  /// full burst (the wall clock was stepped back) is cut to a full burst.
  Tenant(TenantId id, std::shared_ptr<const Plan> plan, std::span<const Counter> counters,
         const Now& now);

  /// Decides the check and, if it is allowed and not a peek, takes every amount from every limit of
  /// its meter; otherwise takes nothing. Amounts of charges on the same meter are added up. A meter
  /// without limits is allowed. The numbers are those after the check: a peek, which takes nothing,
  /// reports what it found. Returns whether any counter changed, be it only that a window had ended
  /// and started again.
  bool decide(const Check& check, const Now& now, Decision& decision,
              std::vector<ThresholdCrossed>& events);

  /// Takes over new rules at `now`. Limits that are in both (by id) keep what was used: a window
  /// its count, and a rate the units that are missing from its burst, the started one as a whole if
  /// the pace changed. Thresholds (by percent) that fired in this window do not fire again. With a
  /// new calendar, a window that is open ends where the new one holding `now` ends.
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
  void announce(std::uint32_t slot, ThresholdMask reached,
                std::vector<ThresholdCrossed>& events) const;

  TenantId id_;
  std::shared_ptr<const Plan> plan_;
  std::unique_ptr<LimitState[]> states_;  ///< One for each of the plan's limits, in its order.
};

static_assert(sizeof(Tenant) == 40);

}  // namespace sluice
