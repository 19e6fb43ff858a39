// SPDX-License-Identifier: Apache-2.0
// Prepaid credit: what an operator does about grants, and what time does.
#include "actors/tenant/charges_met.hpp"
#include "actors/tenant/grant_rules.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/rare.hpp"
#include "actors/tenant/tenant.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace sluice {
namespace {

constexpr const char* no_such_limit = "limit: there is no limit of credit with this name";
constexpr const char* no_id = "grant.id: is missing, or reserved";
constexpr const char* too_many_grants =
    "grant: this tenant has as many as it may have (100), and none of them is spent for good";

CreditAccount::Of of(const PlannedLimit& limit, const Plan& plan) {
  return {limit.id, limit.meter, limit.credit(), &plan.calendar()};
}

}  // namespace

Effect Tenant::change_credit(const Check& check, const Now& now, Decision& decision,
                             Happenings& happenings) {
  SLUICE_INVARIANT(check.credit != nullptr);
  const Effect effect = make_credit_change(check, now, decision, happenings);
  if (check.audit != nullptr && decision.outcome == Outcome::allowed && !decision.repeated) {
    AuditRow& row = happenings.audit.emplace_back(*check.audit);
    row.what.tenant = id_;
    row.what.at = now.wall;
    const Grant* const grant = spending_.rare()->credits.find_grant(check.id);
    if (row.what.subject.empty() && grant != nullptr) {
      row.what.subject = plan_->limits()[*credit_slot(grant->limit)].name;
    }
  }
  return effect;
}

Effect Tenant::make_credit_change(const Check& check, const Now& now, Decision& decision,
                                  Happenings& happenings) {
  if (const auto* give = std::get_if<GiveCredit>(check.credit)) {
    return give_credit(check.id, *give, now, decision, happenings);
  }
  if (const auto* reset = std::get_if<ResetCredit>(check.credit)) {
    return reset_credit(*reset, now, decision, happenings);
  }
  return void_credit(check.id, now, decision, happenings);
}

Effect Tenant::give_credit(EntryId id, const GiveCredit& give, const Now& now, Decision& decision,
                           Happenings& happenings) {
  const auto slot = credit_slot(give.limit);
  const bool has_id = id != EntryId{} && id.high != reserved_id_high;
  if (!slot || !has_id) {
    refuse(decision, !slot ? no_such_limit : no_id);
    return Effect::none;
  }
  const LimitId limit = plan_->planned()[*slot].id;
  const std::uint64_t digest = digest_of(give.terms);
  Credits& credits = rare().credits;
  if (const Grant* const given = credits.find_grant(id)) {
    decision.repeated = given->digest == digest && given->limit == limit;
    decision.outcome = decision.repeated ? Outcome::allowed : Outcome::conflict;
    return Effect::none;
  }
  if (rare().ledger.find(id, now.steady) != nullptr) {
    decision.outcome = Outcome::conflict;
    return Effect::none;
  }
  if (const char* const problem = object_to(give.terms, now.wall)) {
    refuse(decision, problem);
    return Effect::none;
  }
  settle_credit(*slot, now, happenings);
  if (!make_place_for_grant(now, happenings)) {
    refuse(decision, too_many_grants);
    return mark_credit(*slot, now, decision, happenings);
  }
  const PlannedLimit& planned = plan_->planned()[*slot];
  CreditCount& count = spending_.limit(*slot).credit();
  const ThresholdMask before = count.reached(*planned.credit());
  credits.find(limit)->give(Grant{.id = id, .digest = digest, .limit = limit, .terms = give.terms},
                            count, of(planned, *plan_));
  // It may be spent on what is owed already.
  announce(*slot, newly(before, count.reached(*planned.credit())), now, happenings);
  decision.outcome = Outcome::allowed;
  return mark_credit(*slot, now, decision, happenings);
}

// One that is spent gives way if there are too many. What it paid is told first, so that history
// has all of it.
bool Tenant::make_place_for_grant(const Now& now, Happenings& happenings) {
  Credits& credits = rare().credits;
  if (credits.size() < grants_per_tenant_max) {
    return true;
  }
  const Grant* const spent = credits.first_spent();
  if (spent == nullptr) {
    return false;
  }
  const std::uint32_t slot = *credit_slot(spent->limit);
  CreditAccount& account = *credits.find(spent->limit);
  CreditAccount::Rows rows;
  account.tell_apart(spending_.limit(slot).credit(), of(plan_->planned()[slot], *plan_), rows);
  tell_credit_rows(rows, happenings);
  credits.tell_changed(account, happenings.entries);
  credits.forget(*spent);
  Slots changed;
  changed.add(slot);
  (void)mark(changed, {}, now, happenings);  // What comes of it is marked anyway.
  return true;
}

Effect Tenant::void_credit(EntryId id, const Now& now, Decision& decision, Happenings& happenings) {
  const Grant* const grant = rare().credits.find_grant(id);
  if (grant == nullptr) {
    decision.outcome = Outcome::no_such_hold;
    return Effect::none;
  }
  decision.outcome = Outcome::allowed;
  if (grant->voided_at != wall_time_never) {
    decision.repeated = true;
    return Effect::none;
  }
  const std::uint32_t slot = *credit_slot(grant->limit);
  settle_credit(slot, now, happenings);
  const PlannedLimit& limit = plan_->planned()[slot];
  CreditAccount::Rows rows;
  CreditCount& count = spending_.limit(slot).credit();
  const ThresholdMask before = count.reached(*limit.credit());
  rare().credits.find(limit.id)->void_grant(id, count, of(limit, *plan_), rows);
  announce(slot, newly(before, count.reached(*limit.credit())), now, happenings);
  tell_credit_rows(rows, happenings);
  return mark_credit(slot, now, decision, happenings);
}

Effect Tenant::reset_credit(const ResetCredit& reset, const Now& now, Decision& decision,
                            Happenings& happenings) {
  const auto slot = credit_slot(reset.limit);
  if (!slot) {
    refuse(decision, no_such_limit);
    return Effect::none;
  }
  const PlannedLimit& limit = plan_->planned()[*slot];
  CreditAccount::Rows rows;
  rare().credits.find(limit.id)->reset(reset.keeps_overage, spending_.limit(*slot).credit(),
                                       of(limit, *plan_), now.wall, rows);
  tell_credit_rows(rows, happenings);
  decision.outcome = Outcome::allowed;
  return mark_credit(*slot, now, decision, happenings);
}

std::optional<std::uint32_t> Tenant::credit_slot(std::string_view name) const {
  const auto found = std::ranges::find(plan_->limits(), name, &Limit::name);
  if (found == plan_->limits().end() || !std::holds_alternative<CreditRule>(found->rule)) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(found - plan_->limits().begin());
}

std::optional<std::uint32_t> Tenant::credit_slot(LimitId limit) const {
  const auto found = std::ranges::find(plan_->planned(), limit, &PlannedLimit::id);
  if (found == plan_->planned().end() || found->credit() == nullptr) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(found - plan_->planned().begin());
}

// Lets time go on for the grants of a limit, and lays on them what was spent.
void Tenant::settle_credit(std::uint32_t slot, const Now& now, Happenings& happenings) {
  const PlannedLimit& limit = plan_->planned()[slot];
  Credits& credits = rare().credits;
  CreditAccount& account = *credits.find(limit.id);
  CreditAccount::Rows rows;
  CreditCount& count = spending_.limit(slot).credit();
  const ThresholdMask before = count.reached(*limit.credit());
  account.go_on(count, of(limit, *plan_), now.wall, rows);
  announce(slot, newly(before, count.reached(*limit.credit())), now, happenings);
  credits.tell_changed(account, happenings.entries);
  tell_credit_rows(rows, happenings);
}

void Tenant::tell_credit_rows(const std::vector<ClosedWindow>& rows, Happenings& happenings) const {
  for (const ClosedWindow& row : rows) {
    happenings.closed_windows.push_back({id_, row});
  }
}

Effect Tenant::mark_credit(std::uint32_t slot, const Now& now, Decision& decision,
                           Happenings& happenings) {
  Credits& credits = rare().credits;
  credits.tell_changed(*credits.find(plan_->planned()[slot].id), happenings.entries);
  read(slot, now, decision);
  Slots changed;
  changed.add(slot);
  return mark(changed, {}, now, happenings);
}

Amount Tenant::take_credit_back(std::uint32_t slot, Amount amount, WallTime begun, const Now& now,
                                Happenings& happenings) {
  settle_credit(slot, now, happenings);
  const PlannedLimit& limit = plan_->planned()[slot];
  Credits& credits = rare().credits;
  CreditAccount& account = *credits.find(limit.id);
  const Amount given =
      account.take_back(amount, begun, spending_.limit(slot).credit(), of(limit, *plan_));
  credits.tell_changed(account, happenings.entries);
  return given;
}

WallTime Tenant::credit_resets_at(std::uint32_t slot) const {
  return spending_.rare()->credits.find(plan_->planned()[slot].id)->resets_at();
}

Tenant::CreditView Tenant::credit_at(std::uint32_t slot, const Now& now) const {
  const PlannedLimit& limit = plan_->planned()[slot];
  CreditAccount account = *spending_.rare()->credits.find(limit.id);
  CreditView view{.count = spending_.limit(slot).credit()};
  CreditAccount::Rows rows;
  account.go_on(view.count, of(limit, *plan_), now.wall, rows);
  view.resets_at = account.resets_at();
  account.each([&](const Grant& grant) { view.grants.push_back(grant); });
  return view;
}

// As it was stored; what is stored of grants without a limit is forgotten.
void Tenant::open_accounts(std::span<const Counter> counters, std::span<const Entry> entries,
                           const Now& now) {
  for (const PlannedLimit& limit : plan_->planned()) {
    if (limit.credit() != nullptr) {
      const auto stored = std::ranges::find(counters, limit.id, &Counter::limit);
      rare().credits.open(limit.id, stored == counters.end() ? now.wall : stored->paced_until);
    }
  }
  for (const Entry& entry : entries) {
    if (entry.state != EntryState::granted) {
      continue;
    }
    SLUICE_INVARIANT(entry.grant);
    if (const auto slot = credit_slot(entry.grant->limit)) {
      rare()
          .credits.find(entry.grant->limit)
          ->restore(*entry.grant, of(plan_->planned()[*slot], *plan_));
    } else {
      rare().credits.forget(entry.id);
    }
  }
  renew_accounts();
}

void Tenant::adopt_accounts(const Now& now) {
  const bool has_credit = std::ranges::any_of(
      plan_->planned(), [](const PlannedLimit& limit) { return limit.credit() != nullptr; });
  if (!has_credit && (spending_.rare() == nullptr || spending_.rare()->credits.empty())) {
    return;
  }
  Credits& credits = rare().credits;
  std::vector<LimitId> closed;
  credits.each_limit([&](LimitId limit) {
    if (!credit_slot(limit)) {
      closed.push_back(limit);
    }
  });
  for (const LimitId limit : closed) {
    credits.close(limit);
  }
  for (const PlannedLimit& limit : plan_->planned()) {
    if (limit.credit() != nullptr) {
      credits.open(limit.id, now.wall);
    }
  }
  renew_accounts();
}

void Tenant::renew_accounts() {
  for (std::uint32_t slot = 0; slot < plan_->planned().size(); ++slot) {
    const PlannedLimit& limit = plan_->planned()[slot];
    if (limit.credit() != nullptr) {
      rare().credits.find(limit.id)->adopt(spending_.limit(slot).credit(), of(limit, *plan_));
    }
  }
}

}  // namespace sluice
