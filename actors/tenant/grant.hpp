// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// The instants at which a grant is full again: `every` periods after each other, by the clocks of
/// the tenant's time zone, one of them at `anchor`.
struct Recurrence {
  Period period = Period::month;  ///< From an hour to a year.
  std::uint16_t every = 1;        ///< 1 to 1000.
  WallTime anchor{};
  friend bool operator==(const Recurrence&, const Recurrence&) = default;
};

/// What a reset leaves of a grant: what it had, but at least `min` and at most `max`.
struct Rollover {
  Amount min{};
  Amount max{};
  friend bool operator==(const Rollover&, const Rollover&) = default;
};

/// What is agreed about a grant. It pays from `effective_at` until just before `expires_at`.
struct GrantTerms {
  Amount amount{};
  std::uint8_t priority = 1;  ///< A lower number is spent first.
  WallTime effective_at{};
  WallTime expires_at = wall_time_never;
  std::optional<Recurrence> recurrence{};
  Rollover rollover{};
  friend bool operator==(const GrantTerms&, const GrantTerms&) = default;
};

/// Prepaid credit: so much of a limit's meter, and what is left of it. A value.
struct Grant {
  EntryId id{};
  std::uint64_t digest = 0;  ///< Of what was asked: the same id with another one is a conflict.
  LimitId limit{};
  GrantTerms terms{};
  WallTime given_at{};
  WallTime voided_at = wall_time_never;
  Amount balance{};  ///< Zero before it is effective, and once it has ended.
  Amount paid{};     ///< In all.
  Amount told{};     ///< Of what it paid: what history has.
  friend bool operator==(const Grant&, const Grant&) = default;

  [[nodiscard]] WallTime ends_at() const noexcept { return std::min(terms.expires_at, voided_at); }
};

inline constexpr std::size_t grants_per_tenant_max = 100;
inline constexpr std::uint16_t recurrence_every_max = 1000;

// What an operator may do about credit. `Check::id` names the grant.

/// Gives a grant. One that is to be effective before now is so at once.
struct GiveCredit {
  std::string_view limit;
  GrantTerms terms;
};
/// Takes what is left of a grant.
struct VoidCredit {};
/// Starts the period of a limit again: grants roll over, and usage counts from zero.
struct ResetCredit {
  std::string_view limit;
  bool keeps_overage = false;  ///< What is owed is still to be paid by grants.
};
using CreditChange = std::variant<GiveCredit, VoidCredit, ResetCredit>;

}  // namespace sluice
