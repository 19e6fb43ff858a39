// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "actors/tenant/calendar.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/pricing.hpp"

namespace sluice {

/// The rules of prices: which are good, what units cost by them, and over which time. All pure.
///
/// Money is whole millionths. What a use costs is worked out from all units of a period at once and
/// rounded up once, so that cutting a period's use into more checks makes it no dearer. A period
/// never costs more than `cost_micros_max`, which keeps every sum of some thousand of them in what
/// a store can hold.

/// Of a price, of what one grant costs in one period, and of a minimum payout: a thousand million
/// of the currency.
inline constexpr std::uint64_t cost_micros_max = 1'000'000'000'000'000;

/// All of what a consumer pays: `RevenueShare::owner_basis_points` is of so many.
inline constexpr std::uint16_t whole_in_basis_points = 10'000;

/// What these units of one period cost, in millionths. `fixed` has its price whatever they are: it
/// is owed because the grant stood. The pricing is one that `validate_pricing` let pass.
[[nodiscard]] std::uint64_t cost_of(const Pricing& pricing, Amount units) noexcept;

/// Saturates at what a store can hold.
[[nodiscard]] constexpr std::uint64_t sum_of_micros(std::uint64_t a, std::uint64_t b) noexcept {
  return std::min(a, Amount::max_raw) + std::min(b, Amount::max_raw - std::min(a, Amount::max_raw));
}

/// `invalid_argument` names the field, as in `pricing.bands[2].up_to`. Which meters there are is
/// not looked at.
[[nodiscard]] Result<Done> validate_pricing(const Pricing& pricing);
/// The same, as in `revenue.owner_basis_points`.
[[nodiscard]] Result<Done> validate_revenue(const RevenueShare& revenue);
/// Whether a policy may go from one to the other. How its use is counted, which is `period` and
/// `meter`, stays as long as it lives: grants were asked for under it, and units that were counted
/// in two ways have no price. What it costs may change, from the next period on.
[[nodiscard]] Result<Done> validate_pricing_change(const Pricing& before, const Pricing& after);

/// The period of UTC that holds the instant. Half-open; periods follow each other without a gap.
[[nodiscard]] Window billing_period_at(BillingPeriod period, WallTime instant) noexcept;

/// Over which time payouts gather.
[[nodiscard]] BillingPeriod period_of(PayoutSchedule schedule) noexcept;

/// `[A-Z]{3}`.
[[nodiscard]] bool is_currency(std::string_view text) noexcept;
/// Whether ISO 4217 has it, as of 2025: what prices may be put in. One put in before stays,
/// whatever becomes of the list.
[[nodiscard]] bool is_listed_currency(std::string_view text) noexcept;

}  // namespace sluice
