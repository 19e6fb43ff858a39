// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/price.hpp"

#include <date/date.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

/// Holds `price_bands_max` bands of `Amount::max()` units at `cost_micros_max` each.
__extension__ typedef unsigned __int128 WideMicros;

std::uint64_t rounded_up(WideMicros cost, Amount per) noexcept {
  SLUICE_INVARIANT(per.raw() > 0);
  const WideMicros whole = (cost + per.raw() - 1) / per.raw();
  return static_cast<std::uint64_t>(std::min<WideMicros>(whole, cost_micros_max));
}

WideMicros cost_in_bands(const Pricing& pricing, Amount units) noexcept {
  WideMicros cost = 0;
  Amount begin{};
  for (const PriceBand& band : pricing.bands) {
    const Amount end = std::min(units, band.up_to.value_or(units));
    cost += WideMicros{excess(end, begin).raw()} * band.price_micros;
    begin = std::max(begin, end);
  }
  return cost;
}

Fault wrong(std::string field, std::string_view what) {
  return {FaultCode::invalid_argument, std::move(field).append(": ").append(what)};
}

Result<Done> validate_price(std::string field, std::uint64_t micros) {
  if (micros > cost_micros_max) {
    return wrong(std::move(field), "must be at most a thousand million of the currency");
  }
  return Done{};
}

std::string band_field(std::size_t index, std::string_view field) {
  return std::string{"pricing.bands["}.append(std::to_string(index)).append("].").append(field);
}

Result<Done> validate_bands(const std::vector<PriceBand>& bands) {
  if (bands.empty() || bands.size() > price_bands_max) {
    return wrong("pricing.bands", "tiered pricing has 1 to 16");
  }
  Amount before{};
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const PriceBand& band = bands[i];
    const bool last = i + 1 == bands.size();
    if (last != !band.up_to) {
      return wrong(band_field(i, "up_to"),
                   last ? "the last band must have none, so that every unit has a price"
                        : "only the last band may have none");
    }
    if (band.up_to && *band.up_to <= before) {
      return wrong(band_field(i, "up_to"), "must be above that of the band before, and above 0");
    }
    before = band.up_to.value_or(before);
    if (auto price = validate_price(band_field(i, "price_micros"), band.price_micros);
        !price.ok()) {
      return price;
    }
  }
  return Done{};
}

WallTime wall_time_of(date::sys_days day) noexcept {
  using std::chrono::seconds;
  constexpr auto latest = std::chrono::duration_cast<seconds>(WallTime::max().time_since_epoch());
  constexpr auto earliest = std::chrono::duration_cast<seconds>(WallTime::min().time_since_epoch());
  const seconds since_epoch = day.time_since_epoch();
  if (since_epoch > latest) {
    return wall_time_never;
  }
  return since_epoch < earliest ? WallTime::min() : WallTime{since_epoch};
}

std::pair<date::sys_days, date::sys_days> days_of(BillingPeriod period, date::sys_days day) {
  switch (period) {
    case BillingPeriod::day:
      break;
    case BillingPeriod::week: {
      const date::sys_days monday = day - (date::weekday{day} - date::Monday);
      return {monday, monday + date::weeks{1}};
    }
    case BillingPeriod::month: {
      const date::year_month_day ymd{day};
      const date::year_month month = ymd.year() / ymd.month();
      return {date::sys_days{month / 1}, date::sys_days{(month + date::months{1}) / 1}};
    }
  }
  return {day, day + date::days{1}};
}

}  // namespace

static_assert(WideMicros{Amount::max_raw} * cost_micros_max <
              (~WideMicros{0} - Amount::max_raw) / price_bands_max);

std::uint64_t cost_of(const Pricing& pricing, Amount units) noexcept {
  switch (pricing.kind) {
    case PricingKind::free:
      return 0;
    case PricingKind::fixed:
      return pricing.price_micros;
    case PricingKind::usage:
      return rounded_up(WideMicros{units.raw()} * pricing.price_micros, pricing.per);
    case PricingKind::tiered:
      return rounded_up(cost_in_bands(pricing, units), pricing.per);
  }
  invariant_broken("a kind of pricing", __FILE__, __LINE__);
}

Result<Done> validate_pricing(const Pricing& pricing) {
  const bool has_price = pricing.kind == PricingKind::fixed || pricing.kind == PricingKind::usage;
  const bool has_per = pricing.kind == PricingKind::usage || pricing.kind == PricingKind::tiered;
  if (!is_currency(pricing.currency)) {
    return wrong("pricing.currency", "must be three capital letters, as in USD");
  }
  if (has_price && pricing.price_micros == 0) {
    return wrong("pricing.price_micros", "fixed and usage pricing need a base price above 0");
  }
  if (!has_price && pricing.price_micros != 0) {
    return wrong("pricing.price_micros", "only fixed and usage pricing have one");
  }
  if (auto price = validate_price("pricing.price_micros", pricing.price_micros); !price.ok()) {
    return price;
  }
  if (pricing.per < Amount{1}) {
    return wrong("pricing.per", "must be at least 1");
  }
  if (!has_per && pricing.per != Amount{1}) {
    return wrong("pricing.per", "only usage and tiered pricing have one");
  }
  if (pricing.kind == PricingKind::tiered) {
    return validate_bands(pricing.bands);
  }
  if (!pricing.bands.empty()) {
    return wrong("pricing.bands", "only tiered pricing has bands");
  }
  return Done{};
}

Result<Done> validate_revenue(const RevenueShare& revenue) {
  if (revenue.owner_basis_points > whole_in_basis_points) {
    return wrong("revenue.owner_basis_points", "must be at most 10000, which is all");
  }
  return validate_price("revenue.minimum_payout_micros", revenue.minimum_payout_micros);
}

Result<Done> validate_pricing_change(const Pricing& before, const Pricing& after) {
  if (before.period != after.period) {
    return wrong("pricing.period", "stays as long as the policy lives");
  }
  if (before.meter != after.meter) {
    return wrong("pricing.meter", "stays as long as the policy lives");
  }
  return Done{};
}

Window billing_period_at(BillingPeriod period, WallTime instant) noexcept {
  const date::sys_days day{date::floor<date::days>(instant.time_since_epoch())};
  const auto [start, end] = days_of(period, day);
  return {wall_time_of(start), wall_time_of(end)};
}

BillingPeriod period_of(PayoutSchedule schedule) noexcept {
  switch (schedule) {
    case PayoutSchedule::daily:
      return BillingPeriod::day;
    case PayoutSchedule::weekly:
      return BillingPeriod::week;
    case PayoutSchedule::monthly:
      return BillingPeriod::month;
  }
  invariant_broken("a schedule of payouts", __FILE__, __LINE__);
}

bool is_listed_currency(std::string_view text) noexcept {
  // Each ends with a blank, so that none begins within another.
  constexpr std::string_view listed =
      "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN "
      "BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN "
      "ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD "
      "JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT "
      "MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG "
      "QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
      "TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF "
      "XPF YER ZAR ZMW ZWG ";
  constexpr std::size_t step = 4;
  for (std::size_t at = 0; at < listed.size(); at += step) {
    if (listed.substr(at, step - 1) == text) {
      return true;
    }
  }
  return false;
}

bool is_currency(std::string_view text) noexcept {
  return text.size() == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace sluice
