// SPDX-License-Identifier: Apache-2.0
// What the books must come to once everything is at rest.
#include <set>
#include <tuple>

#include "actors/tenant/sharing/price.hpp"
#include "tests/sim/accountants.hpp"
#include "tests/sim/trace.hpp"

namespace sluice::sim {

namespace {

constexpr std::uint64_t whole = 10'000;

/// Of which version the price is that holds in a period: the last one before it, or the first.
const SharingPolicy& terms_in(const Sharers::Policy& policy, const Window& period) {
  const SharingPolicy* held = &*policy.versions.front();
  for (const auto& version : policy.versions) {
    if (version && version->updated_at <= period.start) {
      held = &*version;
    }
  }
  return *held;
}

std::uint64_t price_of_unit(const Pricing& pricing, std::uint64_t number) {
  for (const PriceBand& band : pricing.bands) {
    if (!band.up_to || number <= band.up_to->raw()) {
      return band.price_micros;
    }
  }
  return pricing.price_micros;
}

/// One unit after the other.
std::uint64_t price_of(const Pricing& pricing, std::uint64_t units, bool stood) {
  if (pricing.kind == PricingKind::free) {
    return 0;
  }
  if (pricing.kind == PricingKind::fixed) {
    return stood ? pricing.price_micros : 0;
  }
  std::uint64_t sum = 0;
  for (std::uint64_t number = 1; number <= units; ++number) {
    sum += price_of_unit(pricing, number);
  }
  const std::uint64_t per = pricing.per.raw();
  return sum / per + (sum % per > 0 ? 1 : 0);
}

bool stood(const Sharers::Grant& grant, const Window& period) {
  WallTime end = grant.ended_at.value_or(WallTime::max());
  end = std::min(end, grant.terms.expires_at.value_or(WallTime::max()));
  return grant.terms.granted_at < period.end && end > period.start;
}

struct Sums {
  std::uint64_t lines = 0;
  std::uint64_t amount = 0;
  std::uint64_t owners = 0;
  std::uint64_t platform = 0;
  friend bool operator==(const Sums&, const Sums&) = default;
};

void add(std::map<std::string, Sums>& sums, const StatementLine& line) {
  Sums& sum = sums[line.currency];
  ++sum.lines;
  sum.amount += line.amount_micros;
  sum.owners += line.owner_micros;
  sum.platform += line.platform_micros;
}

}  // namespace

void Accountants::check_end() const {
  check_sums();
  check_unpaid();
  if (is_exact()) {
    check_consumers();
  }
}

// What owners are told adds up to what consumers are told, and to what was heard of.
void Accountants::check_sums() const {
  std::map<std::string, Sums> heard;
  std::set<TenantId> parties;
  for (const auto& [key, one] : lines_) {
    add(heard, one.line);
    parties.insert(one.line.owner);
    parties.insert(one.line.consumer);
  }
  for (const SharingSide side : {SharingSide::owner, SharingSide::consumer}) {
    std::map<std::string, Sums> told;
    for (const TenantId party : parties) {
      const StatementPage page = database_.books().statements(
          {.tenant = party, .side = side, .page_size = statement_page_size_max});
      expect(!page.more, "a statement of tenant ", number_of(party), " is very long");
      for (const StatementLine& line : page.lines) {
        add(told, line);
      }
    }
    expect(told == heard, "statements of one side have other sums than the lines that were made");
    probes_.hit(Probe::statements_compared);
  }
  for (const auto& [currency, sum] : heard) {
    expect(sum.owners + sum.platform == sum.amount, "owners and the platform have ",
           sum.owners + sum.platform, " of ", sum.amount);
  }
}

// What is left is not due: it is below the minimum, or its time has not come.
void Accountants::check_unpaid() const {
  std::set<std::pair<PolicyId, std::string>> pools;
  for (const auto& [key, one] : lines_) {
    pools.emplace(one.line.policy, one.line.currency);
  }
  for (const auto& [policy, currency] : pools) {
    for (const BooksTask task :
         {BooksTask::pay_daily, BooksTask::pay_weekly, BooksTask::pay_monthly}) {
      const auto mark = marks_.find(task);
      const auto pool = mark == marks_.end() ? std::vector<const StatementLine*>{}
                                             : unpaid(policy, currency, mark->second);
      if (pool.empty() || pool.back()->schedule != schedule_of(task)) {
        continue;
      }
      std::uint64_t all = 0;
      for (const StatementLine* const line : pool) {
        all += line->owner_micros;
      }
      expect(all < pool.back()->minimum_payout_micros, "policy ", policy.low, " is not paid ", all,
             " of at least ", pool.back()->minimum_payout_micros);
      probes_.hit(Probe::payout_carried_over);
    }
  }
}

void Accountants::check_consumers() const {
  std::map<std::tuple<PolicyId, TenantId, std::uint32_t>, Grants> consumers;
  for (const auto& [id, grant] : sharers_.grants()) {
    consumers[{grant.terms.policy, grant.consumer, grant.incarnation}].emplace_back(id, &grant);
  }
  for (const auto& [key, grants] : consumers) {
    const Sharers::Grant& first = *grants.front().second;
    const BillingPeriod length = sharers_.period_of(first);
    const auto mark = marks_.find(static_cast<BooksTask>(length));
    const Sharers::Policy& policy = sharers_.policies().at(first.terms.policy);
    for (Window period = billing_period_at(length, first.terms.granted_at);
         mark != marks_.end() && period.end <= mark->second;
         period = billing_period_at(length, period.end)) {
      check_period(grants, terms_in(policy, period), period);
    }
  }
}

// A purge waits until everything is billed of a period in which a grant stood that costs something,
// and for nothing else.
void Accountants::check_period(const Grants& grants, const SharingPolicy& terms,
                               const Window& period) const {
  Bill bill;
  bool is_purged = false;
  for (const auto& [id, grant] : grants) {
    bill.stood = bill.stood || stood(*grant, period);
    is_purged = is_purged || grant->is_purged;
  }
  if (is_purged && (!bill.stood || terms.pricing.kind == PricingKind::free)) {
    return;
  }
  for (const auto& [id, grant] : grants) {
    check_metered(id, *grant, period);
    if (const StatementLine* const line = find(period, id)) {
      bill.units += line->units.raw();
      bill.amount += line->amount_micros;
      bill.owners += line->owner_micros;
    }
  }
  const std::uint64_t price = price_of(terms.pricing, bill.units, bill.stood);
  expect(bill.amount == price, "tenant ", number_of(grants.front().second->consumer), " owes ",
         bill.amount, " for ", bill.units, " units of policy ", terms.id.low, ", which cost ",
         price);
  expect(bill.owners == price * terms.revenue.owner_basis_points / whole, "the owner of policy ",
         terms.id.low, " has ", bill.owners, " of ", price);
  if (price > 0 && terms.pricing.kind == PricingKind::fixed) {
    probes_.hit(Probe::line_of_fixed_price);
  }
  if (terms.pricing.kind == PricingKind::tiered &&
      bill.units > terms.pricing.bands.front().up_to->raw()) {
    probes_.hit(Probe::line_in_several_bands);
  }
}

// What was acknowledged in the period is in the store, as the sharers see to.
void Accountants::check_metered(SharingId id, const Sharers::Grant& grant,
                                const Window& period) const {
  const StatementLine* const line = find(period, id);
  const std::uint64_t uses = line == nullptr ? 0 : line->uses;
  const std::uint64_t units = line == nullptr ? 0 : line->units.raw();
  const MeteredUse stored = database_.hours().of(id, period);
  expect(uses == stored.uses && units == stored.units, "grant ", id.low, " is billed for ", uses,
         " uses of ", units, " units, and the store has ", stored.uses, " of ", stored.units);
  const auto known = grant.periods.find(period.end);
  if (known == grant.periods.end() || !grant.is_sure || !sharers_.is_there(grant)) {
    return;
  }
  expect(uses >= known->second.uses.acknowledged && units >= known->second.units.acknowledged,
         "grant ", id.low, " is billed for ", units, " units, of ",
         known->second.units.acknowledged, " that were acknowledged");
}

}  // namespace sluice::sim
