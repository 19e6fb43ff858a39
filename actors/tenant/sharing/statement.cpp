// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/statement.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/sharing/price.hpp"

namespace sluice {
namespace {

// The whole of the largest cost times all basis points still fits into 64 bits.
static_assert(cost_micros_max <= std::numeric_limits<std::uint64_t>::max() / whole_in_basis_points);

bool counts_in(const SharedHour& hour, const GrantSpan& grant, const Window& period) noexcept {
  const WallTime begin = begin_of(hour.hour);
  return hour.grant == grant.id && begin >= period.start && begin < period.end;
}

}  // namespace

const SharingTerms* terms_at(std::span<const SharingTerms> all, WallTime period_start) noexcept {
  if (all.empty()) {
    return nullptr;
  }
  const SharingTerms* held = &all.front();
  for (const SharingTerms& terms : all) {
    if (terms.since <= period_start) {
      held = &terms;
    }
  }
  return held;
}

std::vector<SharingTerms> terms_after(std::vector<SharingTerms> all, const SharingPolicy& policy) {
  if (!all.empty() && all.back().pricing == policy.pricing &&
      all.back().revenue == policy.revenue) {
    return all;
  }
  const WallTime begin = billing_period_at(policy.pricing.period, policy.updated_at).start;
  const auto never_held = [&](const SharingTerms& terms) {
    return &terms != &all.front() && terms.since > begin;
  };
  all.erase(std::find_if(all.begin(), all.end(), never_held), all.end());
  if (!all.empty() && all.back().since == policy.updated_at) {
    all.pop_back();
  }
  all.push_back({policy.id, policy.updated_at, policy.owner, policy.resource, policy.pricing,
                 policy.revenue});
  return all;
}

std::vector<SharingTerms> terms_from(std::vector<SharingTerms> all, WallTime now) {
  if (!all.empty()) {
    const Window period = billing_period_at(all.front().pricing.period, now);
    const auto gone = terms_at(all, period.start) - all.data();
    all.erase(all.begin(), all.begin() + gone);
  }
  return all;
}

bool stood_in(const GrantSpan& grant, const Window& window) noexcept {
  return grant.granted_at < window.end && (!grant.ended_at || *grant.ended_at > window.start);
}

Division divide(std::uint64_t amount_micros, const RevenueShare& revenue) noexcept {
  SLUICE_INVARIANT(amount_micros <= cost_micros_max);
  SLUICE_INVARIANT(revenue.owner_basis_points <= whole_in_basis_points);
  const std::uint64_t owner =
      amount_micros * revenue.owner_basis_points / std::uint64_t{whole_in_basis_points};
  return {owner, amount_micros - owner};
}

std::uint64_t cost_of(const Pricing& pricing, const EarlierUse& use) noexcept {
  // A fixed price is for a grant that stood; a commit that comes after its end does not renew it.
  return pricing.kind == PricingKind::fixed && !use.stood ? 0 : cost_of(pricing, use.units);
}

EarlierUse with_grant(EarlierUse earlier, const GrantSpan& grant, const Window& period,
                      std::span<const SharedHour> hours) {
  for (const SharedHour& hour : hours) {
    earlier.units = counts_in(hour, grant, period) ? earlier.units + hour.units : earlier.units;
  }
  earlier.stood |= stood_in(grant, period);
  return earlier;
}

// Grants of one consumer and policy follow each other, so whatever else it had ended before this
// one began; and ids go by time, so one that is used after weeks was looked at before.
bool may_share_period(const GrantSpan& grant, const Window& period) noexcept {
  return grant.ended_at || period.start < WallTime{} + late_use_max ||
         grant.granted_at >= period.start - late_use_max;
}

EarlierUse EarlierUses::before(const GrantSpan& grant, const Window& period) const {
  const auto found = uses_.find({grant.policy, grant.consumer, period.start});
  return found == uses_.end() ? EarlierUse{} : found->second;
}

void EarlierUses::add(const GrantSpan& grant, const Window& period,
                      std::span<const SharedHour> hours) {
  const EarlierUse earlier = before(grant, period);
  const EarlierUse with = with_grant(earlier, grant, period, hours);
  if (with != earlier && may_share_period(grant, period)) {
    uses_.insert_or_assign({grant.policy, grant.consumer, period.start}, with);
  }
}

std::optional<StatementLine> statement_line(const GrantSpan& grant, const SharingTerms& terms,
                                            const Window& period, std::span<const SharedHour> hours,
                                            const EarlierUse& earlier) {
  SLUICE_INVARIANT(grant.policy == terms.policy);
  StatementLine line{.grant = grant.id,
                     .policy = grant.policy,
                     .owner = grant.owner,
                     .consumer = grant.consumer,
                     .resource = terms.resource,
                     .period = period,
                     .currency = terms.pricing.currency,
                     .schedule = terms.revenue.schedule,
                     .minimum_payout_micros = terms.revenue.minimum_payout_micros};
  for (const SharedHour& hour : hours) {
    if (counts_in(hour, grant, period)) {
      line.uses += hour.uses;
      line.units = line.units + hour.units;
    }
  }
  const std::uint64_t before = cost_of(terms.pricing, earlier);
  const std::uint64_t all = cost_of(terms.pricing, with_grant(earlier, grant, period, hours));
  SLUICE_INVARIANT(all >= before);
  line.amount_micros = all - before;
  if (line.uses == 0 && line.units == Amount{} && line.amount_micros == 0) {
    return std::nullopt;
  }
  line.owner_micros =
      divide(all, terms.revenue).owner_micros - divide(before, terms.revenue).owner_micros;
  line.platform_micros = line.amount_micros - line.owner_micros;
  return line;
}

std::span<const SharingTerms> terms_of(PolicyId policy,
                                       std::span<const SharingTerms> terms) noexcept {
  const auto begin = std::ranges::find(terms, policy, &SharingTerms::policy);
  const auto end = std::find_if(begin, terms.end(),
                                [&](const SharingTerms& one) { return one.policy != policy; });
  return {begin, end};
}

std::span<const SharedHour> hours_of(SharingId grant, std::span<const SharedHour> hours) noexcept {
  const auto begin = std::ranges::lower_bound(hours, grant, {}, &SharedHour::grant);
  const auto end = std::ranges::upper_bound(begin, hours.end(), grant, {}, &SharedHour::grant);
  return {begin, end};
}

std::vector<StatementLine> statement_lines(std::span<const GrantSpan> grants,
                                           const GrantCosts& costs, const Window& period,
                                           EarlierUses& earlier) {
  std::vector<StatementLine> lines;
  for (const GrantSpan& grant : grants) {
    const SharingTerms* held = terms_at(terms_of(grant.policy, costs.terms), period.start);
    if (held == nullptr) {
      continue;
    }
    const auto hours = hours_of(grant.id, costs.hours);
    if (auto line = statement_line(grant, *held, period, hours, earlier.before(grant, period))) {
      lines.push_back(*std::move(line));
    }
    earlier.add(grant, period, hours);
  }
  return lines;
}

std::vector<CurrencySum> sum_up(std::span<const StatementLine> lines) {
  std::vector<CurrencySum> sums;
  for (const StatementLine& line : lines) {
    add_to(sums, line);
  }
  return sums;
}

void add_to(std::vector<CurrencySum>& sums, const StatementLine& line) {
  auto place = std::ranges::lower_bound(sums, line.currency, {}, &CurrencySum::currency);
  if (place == sums.end() || place->currency != line.currency) {
    place = sums.insert(place, {line.currency, {}});
  }
  StatementSum& sum = place->sum;
  ++sum.lines;
  sum.uses += line.uses;
  sum.amount_micros = sum_of_micros(sum.amount_micros, line.amount_micros);
  sum.owner_micros = sum_of_micros(sum.owner_micros, line.owner_micros);
  sum.platform_micros = sum_of_micros(sum.platform_micros, line.platform_micros);
}

Hour billing_hour_at(WallTime instant) noexcept {
  using std::chrono::hours;
  const auto since_epoch = std::chrono::floor<hours>(instant.time_since_epoch()).count();
  return Hour{static_cast<std::uint32_t>(std::max<std::int64_t>(since_epoch, 0))};
}

WallTime begin_of(Hour hour) noexcept {
  constexpr auto latest =
      std::chrono::floor<std::chrono::hours>(WallTime::max().time_since_epoch()).count();
  return WallTime{std::chrono::hours{std::min<std::int64_t>(hour.raw(), latest)}};
}

}  // namespace sluice
