// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/pricing.hpp"
#include "actors/tenant/sharing/statement.hpp"

namespace sluice {

/// Payouts: what the platform owes an owner, from the owner's parts of closed lines.
///
/// Each policy has its own schedule and minimum. At the end of each day, week or month all lines of
/// a policy that are not paid are looked at together: if they reach its minimum they are paid, all
/// of them, otherwise all are carried over. What is due to one owner in one currency at one time is
/// one payout. A line is taken out of what is unpaid in the transaction that puts it into a payout,
/// so it is paid exactly once; and none is forgotten, because what is not in a payout is unpaid.

/// Names a payout: the owner's first one in a currency has the number 1.
struct PayoutKey {
  TenantId owner{};
  std::string currency{};
  std::uint32_t number = 0;
  friend auto operator<=>(const PayoutKey&, const PayoutKey&) = default;
};

struct Payout {
  PayoutKey key{};
  PayoutSchedule schedule = PayoutSchedule::monthly;
  WallTime through{};  ///< Lines of periods that ended by then.
  std::uint32_t lines = 0;
  std::uint64_t amount_micros = 0;
  WallTime made_at{};
  std::optional<WallTime> paid_at{};  ///< When the platform says that it paid.
  std::string reference{};            ///< What it calls that payment: up to 200 characters.
  friend bool operator==(const Payout&, const Payout&) = default;
};
inline constexpr std::size_t payout_reference_characters_max = 200;
/// In one payout; others go into the next one, which is made at once. So many of the dearest lines
/// add up to what a store can hold.
inline constexpr std::size_t payout_lines_max = 4096;

/// What is not paid of one policy and currency.
struct UnpaidPool {
  TenantId owner{};
  std::string currency{};
  PolicyId policy{};
  std::uint64_t owner_micros = 0;  ///< Saturated.
  /// Of the latest line.
  PayoutSchedule schedule = PayoutSchedule::monthly;
  std::uint64_t minimum_payout_micros = 0;
  friend bool operator==(const UnpaidPool&, const UnpaidPool&) = default;
};

/// Whether the end of a period of this schedule pays it.
[[nodiscard]] bool is_due(const UnpaidPool& pool, PayoutSchedule schedule) noexcept;

/// What is due to one owner in one currency.
struct DuePayout {
  TenantId owner{};
  std::string currency{};
  std::vector<PolicyId> policies{};  ///< In the order of the pools.
  friend bool operator==(const DuePayout&, const DuePayout&) = default;
};
/// `pools` are in the order of owner and currency; so is what comes of them.
[[nodiscard]] std::vector<DuePayout> due_payouts(std::span<const UnpaidPool> pools,
                                                 PayoutSchedule schedule);

/// A line's place in what is unpaid.
struct UnpaidLine {
  SharingId grant{};
  WallTime period_start{};
  std::uint64_t owner_micros = 0;
  friend bool operator==(const UnpaidLine&, const UnpaidLine&) = default;
};

/// The payout of these lines, at most `payout_lines_max` and at least one; its number is
/// for the caller to give.
[[nodiscard]] Payout payout_of(const DuePayout& due, PayoutSchedule schedule, WallTime through,
                               std::span<const UnpaidLine> lines, WallTime now);

/// `invalid_argument` names `reference`.
[[nodiscard]] Result<Done> validate_payout_reference(std::string_view reference);

}  // namespace sluice
