// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/ids.hpp"

namespace sluice {

/// What the use of a shared resource costs, and how what is paid is divided. Values only; money is
/// whole millionths of a currency and never a fraction.

enum class PricingKind : std::uint8_t {
  free,
  fixed,   ///< `price_micros` for each period in which a grant stood, whether it was used or not.
  usage,   ///< `price_micros` for every `per` units of a period.
  tiered,  ///< Graduated: each unit at the price of the band that it falls into.
};

/// The calendar period of UTC over which uses are added up and paid for. Weeks begin on Mondays.
enum class BillingPeriod : std::uint8_t { day, week, month };

/// Units of a period up to and with the `up_to`th, from where the band before it ends.
struct PriceBand {
  std::optional<Amount> up_to{};   ///< Nothing: all further ones. Only, and always, of the last.
  std::uint64_t price_micros = 0;  ///< For every `per` units.
  friend bool operator==(const PriceBand&, const PriceBand&) = default;
};
inline constexpr std::size_t price_bands_max = 16;

struct Pricing {
  PricingKind kind = PricingKind::free;
  std::string currency = "USD";  ///< ISO 4217: `[A-Z]{3}`.
  BillingPeriod period = BillingPeriod::month;
  /// What is a unit: the amounts that a use charges on this meter, or without one each use.
  std::optional<MeterId> meter{};
  std::uint64_t price_micros = 0;  ///< Of `fixed` and `usage`.
  Amount per{1};                   ///< Of `usage` and `tiered`, at least 1.
  std::vector<PriceBand> bands{};  ///< Of `tiered`, ascending.
  friend bool operator==(const Pricing&, const Pricing&) = default;
};

enum class PayoutSchedule : std::uint8_t { daily, weekly, monthly };

/// How what consumers pay is divided. The platform has what the owner has not, to the millionth.
struct RevenueShare {
  std::uint16_t owner_basis_points = 10'000;  ///< Of 10,000.
  std::uint64_t minimum_payout_micros = 0;  ///< Less than that is carried over to the next payout.
  PayoutSchedule schedule = PayoutSchedule::monthly;
  friend bool operator==(const RevenueShare&, const RevenueShare&) = default;
};

}  // namespace sluice
