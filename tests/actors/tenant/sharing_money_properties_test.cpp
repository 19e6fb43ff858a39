// SPDX-License-Identifier: Apache-2.0
// Goal    Money adds up to the millionth: prices are those of a naive sum over single units, parts
//         are the whole, both sides are told the same, hours add up to their period, and over any
//         sequence of periods each line is paid once or still unpaid.
// Method  RapidCheck draws bands, units, splits, minima and schedules; the rules are compared with
//         sums that are too simple to be wrong.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "actors/tenant/sharing/statistics.hpp"
#include "tests/actors/tenant/sharing_money.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sluice {
namespace {

Pricing any_pricing() {
  Pricing pricing{.kind = *rc::gen::element(PricingKind::free, PricingKind::fixed,
                                            PricingKind::usage, PricingKind::tiered)};
  const bool has_price = pricing.kind == PricingKind::fixed || pricing.kind == PricingKind::usage;
  if (has_price) {
    pricing.price_micros = *rc::gen::inRange<std::uint64_t>(1, 1000);
  }
  if (pricing.kind == PricingKind::usage || pricing.kind == PricingKind::tiered) {
    pricing.per = Amount{*rc::gen::inRange<std::uint64_t>(1, 50)};
  }
  if (pricing.kind == PricingKind::tiered) {
    std::uint64_t up_to = 0;
    for (int bands = *rc::gen::inRange(0, 5); bands > 0; --bands) {
      up_to += *rc::gen::inRange<std::uint64_t>(1, 300);
      pricing.bands.push_back({Amount{up_to}, *rc::gen::inRange<std::uint64_t>(0, 1000)});
    }
    pricing.bands.push_back({std::nullopt, *rc::gen::inRange<std::uint64_t>(0, 1000)});
  }
  return pricing;
}

/// What the `unit`th costs, for every `per` of it.
std::uint64_t price_of_unit(const Pricing& pricing, std::uint64_t unit) {
  for (const PriceBand& band : pricing.bands) {
    if (!band.up_to || unit <= band.up_to->raw()) {
      return band.price_micros;
    }
  }
  return pricing.price_micros;
}

std::uint64_t cost_unit_by_unit(const Pricing& pricing, std::uint64_t units) {
  if (pricing.kind == PricingKind::free || pricing.kind == PricingKind::fixed) {
    return pricing.price_micros;
  }
  std::uint64_t sum = 0;
  for (std::uint64_t unit = 1; unit <= units; ++unit) {
    sum += price_of_unit(pricing, unit);
  }
  return sum / pricing.per.raw() + (sum % pricing.per.raw() == 0 ? 0U : 1U);
}

RC_GTEST_PROP(MoneyProperties, APriceIsThatOfEachUnitInItsBand, ()) {
  const Pricing pricing = any_pricing();
  RC_ASSERT(validate_pricing(pricing).ok());
  const auto units = *rc::gen::inRange<std::uint64_t>(0, 2000);
  RC_ASSERT(cost_of(pricing, Amount{units}) == cost_unit_by_unit(pricing, units));
}

RC_GTEST_PROP(MoneyProperties, MoreUnitsNeverCostLess, ()) {
  const Pricing pricing = any_pricing();
  const auto few = *rc::gen::inRange<std::uint64_t>(0, Amount::max_raw);
  const auto more = *rc::gen::inRange<std::uint64_t>(0, Amount::max_raw - few);
  RC_ASSERT(cost_of(pricing, Amount{few}) <= cost_of(pricing, Amount{few + more}));
}

RC_GTEST_PROP(MoneyProperties, PartsAreTheWhole, ()) {
  const auto amount = *rc::gen::inRange<std::uint64_t>(0, cost_micros_max + 1);
  const auto points = *rc::gen::inRange<std::uint16_t>(0, whole_in_basis_points + 1);
  const Division parts = divide(amount, {.owner_basis_points = points});
  RC_ASSERT(parts.owner_micros + parts.platform_micros == amount);
  // Not a whole millionth less than his part.
  RC_ASSERT((parts.owner_micros + 1) * whole_in_basis_points > amount * points);
  RC_ASSERT(parts.owner_micros * whole_in_basis_points <= amount * points);
}

/// Grants between a few owners and consumers, of one policy each.
GrantSpan any_grant(std::uint64_t number) {
  GrantSpan grant = money::span();
  grant.id = {number, 1};
  grant.owner = {1, *rc::gen::inRange<std::uint64_t>(1, 4)};
  grant.consumer = {2, *rc::gen::inRange<std::uint64_t>(1, 4)};
  grant.policy = {number, 3};
  return grant;
}

std::vector<SharedHour> any_hours(const GrantSpan& grant) {
  std::vector<SharedHour> hours;
  const auto at = *rc::gen::container<std::set<int>>(rc::gen::inRange(0, 31 * 24));
  for (const int hour : at) {
    SharedHour used = money::hour(money::on(1, hour), *rc::gen::inRange<std::uint64_t>(0, 20),
                                  *rc::gen::inRange<std::uint64_t>(0, 200));
    used.grant = grant.id;
    used.policy = grant.policy;
    hours.push_back(used);
  }
  return hours;
}

SharingTerms any_terms(const GrantSpan& grant) {
  SharingTerms terms = money::terms(
      any_pricing(), {.owner_basis_points = *rc::gen::inRange<std::uint16_t>(0, 10'001)});
  terms.policy = grant.policy;
  terms.owner = grant.owner;
  terms.pricing.currency = *rc::gen::element<std::string>("EUR", "USD");
  terms.pricing.period =
      *rc::gen::element(BillingPeriod::day, BillingPeriod::week, BillingPeriod::month);
  return terms;
}

RC_GTEST_PROP(MoneyProperties, OwnersAndConsumersAreToldTheSame, ()) {
  std::vector<StatementLine> all;
  std::map<TenantId, std::vector<StatementLine>> of_owner;
  std::map<TenantId, std::vector<StatementLine>> of_consumer;
  for (auto grants = *rc::gen::inRange<std::uint64_t>(0, 8); grants > 0; --grants) {
    const GrantSpan grant = any_grant(grants);
    const auto line = statement_line(grant, any_terms(grant), money::in_march, any_hours(grant));
    if (line) {
      RC_ASSERT(line->owner_micros + line->platform_micros == line->amount_micros);
      all.push_back(*line);
      of_owner[line->owner].push_back(*line);
      of_consumer[line->consumer].push_back(*line);
    }
  }
  const auto total = [](const std::map<TenantId, std::vector<StatementLine>>& side) {
    std::map<std::string, std::uint64_t> sums;
    for (const auto& [tenant, lines] : side) {
      for (const CurrencySum& part : sum_up(lines)) {
        sums[part.currency] += part.sum.amount_micros;
      }
    }
    return sums;
  };
  RC_ASSERT(total(of_owner) == total(of_consumer));
  for (const CurrencySum& part : sum_up(all)) {
    RC_ASSERT(total(of_owner).at(part.currency) == part.sum.amount_micros);
  }
}

RC_GTEST_PROP(MoneyProperties, HoursAndDaysAddUpToTheLinesOfTheirPeriods, ()) {
  const GrantSpan grant = any_grant(1);
  const SharingTerms terms = any_terms(grant);
  const std::vector<SharedHour> hours = any_hours(grant);
  // Whole weeks and months, so that no period is cut.
  const WallTime from = billing_period_at(BillingPeriod::week, money::march).start;
  const bool is_month = terms.pricing.period == BillingPeriod::month;
  const WallTime begin = is_month ? money::march : from;
  const WallTime end = is_month ? money::in_march.end : from + std::chrono::hours{24 * 42};
  std::vector<StatementLine> lines;
  for (Window period = billing_period_at(terms.pricing.period, begin); period.start < end;
       period = billing_period_at(terms.pricing.period, period.end)) {
    if (const auto line = statement_line(grant, terms, period, hours)) {
      lines.push_back(*line);
    }
  }
  SharingTally tally{{.tenant = grant.owner,
                      .by = *rc::gen::element(SharingGranularity::hour, SharingGranularity::day,
                                              SharingGranularity::period),
                      .from = begin,
                      .to = end,
                      .points_max = sharing_points_max}};
  tally.add(grant, std::span{&terms, 1}, hours);
  StatementSum expected;
  for (const CurrencySum& part : sum_up(lines)) {
    expected = part.sum;
  }
  SharingCount told;
  for (const SharingPoint& point : tally.take().points) {
    told.uses += point.count.uses;
    told.amount_micros += point.count.amount_micros;
    told.owner_micros += point.count.owner_micros;
  }
  RC_ASSERT(told.uses == expected.uses);
  RC_ASSERT(told.amount_micros == expected.amount_micros);
  RC_ASSERT(told.owner_micros == expected.owner_micros);
}

RC_GTEST_PROP(MoneyProperties, SeveralGrantsOfAConsumerOweWhatOneWould, ()) {
  const GrantSpan first = any_grant(1);
  SharingTerms terms = any_terms(first);
  terms.pricing.period = BillingPeriod::month;
  GrantCosts costs{.terms = {terms}};
  std::vector<GrantSpan> spans;
  Amount units;
  bool stood = false;
  const auto grants = *rc::gen::inRange<std::uint64_t>(1, 6);
  for (std::uint64_t number = 1; number <= grants; ++number) {  // One after the other.
    GrantSpan grant = first;
    grant.id = {number, 1};
    grant.granted_at = money::on(static_cast<int>(5 * number) - 10);
    grant.ended_at = grant.granted_at + std::chrono::hours{24 * 4};
    std::vector<SharedHour> hours = any_hours(grant);
    for (const SharedHour& hour : hours) {
      units = units + hour.units;
    }
    stood |= stood_in(grant, money::in_march);
    costs.hours.insert(costs.hours.end(), hours.begin(), hours.end());
    spans.push_back(grant);
  }
  EarlierUses earlier;
  const std::vector<StatementLine> lines = statement_lines(spans, costs, money::in_march, earlier);
  StatementSum owed;
  for (const CurrencySum& part : sum_up(lines)) {
    owed = part.sum;
  }
  const bool is_owed = terms.pricing.kind != PricingKind::fixed || stood;
  RC_ASSERT(owed.amount_micros == (is_owed ? cost_of(terms.pricing, units) : 0));
  RC_ASSERT(owed.owner_micros == divide(owed.amount_micros, terms.revenue).owner_micros);
  RC_ASSERT(owed.owner_micros + owed.platform_micros == owed.amount_micros);
  SharingTally tally{{.tenant = first.owner,
                      .from = money::march,
                      .to = money::in_march.end,
                      .points_max = sharing_points_max}};
  for (const GrantSpan& grant : spans) {
    tally.add(grant, costs.terms, hours_of(grant.id, costs.hours));
  }
  SharingCount told;
  for (const SharingPoint& point : tally.take().points) {
    told.amount_micros += point.count.amount_micros;
    told.owner_micros += point.count.owner_micros;
  }
  RC_ASSERT(told.amount_micros == owed.amount_micros);
  RC_ASSERT(told.owner_micros == owed.owner_micros);
}

/// What a store does of payouts, as simple as can be.
struct Ledger {
  struct Row {
    UnpaidLine line;
    PolicyId policy;
    PayoutSchedule schedule;
    std::uint64_t minimum;
  };
  std::vector<Row> unpaid{};
  std::uint64_t paid = 0;
  std::map<std::uint64_t, int> times_paid{};  ///< By the line's grant, which is its own.

  [[nodiscard]] std::vector<UnpaidPool> pools() const {
    std::map<PolicyId, UnpaidPool> pools;
    for (const Row& row : unpaid) {
      UnpaidPool& pool = pools[row.policy];
      pool = {money::owner, "USD",      row.policy, pool.owner_micros + row.line.owner_micros,
              row.schedule, row.minimum};
    }
    std::vector<UnpaidPool> all;
    for (const auto& [policy, pool] : pools) {
      all.push_back(pool);
    }
    return all;
  }
  void pay(PayoutSchedule schedule, WallTime through, std::size_t lines_max) {
    for (const DuePayout& due : due_payouts(pools(), schedule)) {
      std::vector<UnpaidLine> lines;
      for (const Row& row : unpaid) {
        if (lines.size() < lines_max && std::ranges::count(due.policies, row.policy) > 0) {
          lines.push_back(row.line);
        }
      }
      const Payout payout = payout_of(due, schedule, through, lines, through);
      RC_ASSERT(payout.lines == lines.size());
      paid += payout.amount_micros;
      for (const UnpaidLine& line : lines) {
        ++times_paid[line.grant.high];
        std::erase_if(unpaid, [&](const Row& row) { return row.line == line; });
      }
    }
  }
};

RC_GTEST_PROP(MoneyProperties, WhatIsCarriedOverIsNeitherLostNorPaidTwice, ()) {
  Ledger ledger;
  std::uint64_t owed = 0;
  std::uint64_t made = 0;
  for (int step = *rc::gen::inRange(1, 60); step > 0; --step) {
    if (*rc::gen::inRange(0, 3) > 0) {
      const auto micros = *rc::gen::inRange<std::uint64_t>(1, 100);
      const auto policy = *rc::gen::inRange<std::uint64_t>(1, 4);
      ledger.unpaid.push_back({{{++made, 1}, money::march, micros},
                               {policy, policy},
                               *rc::gen::element(PayoutSchedule::daily, PayoutSchedule::weekly,
                                                 PayoutSchedule::monthly),
                               *rc::gen::inRange<std::uint64_t>(0, 300)});
      owed += micros;
    } else {
      ledger.pay(
          *rc::gen::element(PayoutSchedule::daily, PayoutSchedule::weekly, PayoutSchedule::monthly),
          money::on(step), *rc::gen::inRange<std::size_t>(1, 10));
    }
    std::uint64_t left = 0;
    for (const Ledger::Row& row : ledger.unpaid) {
      left += row.line.owner_micros;
    }
    RC_ASSERT(ledger.paid + left == owed);
  }
  for (const auto& [line, times] : ledger.times_paid) {
    RC_ASSERT(times == 1);
  }
}

}  // namespace
}  // namespace sluice
