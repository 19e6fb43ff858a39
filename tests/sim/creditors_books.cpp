// SPDX-License-Identifier: Apache-2.0
// How answers and states are compared with the books.
#include <algorithm>
#include <utility>
#include <variant>

#include "actors/tenant/grant_rules.hpp"
#include "tests/sim/creditors.hpp"
#include "tests/sim/trace.hpp"

namespace sluice::sim {

namespace {

KeptCredit kept_of(const Tenant& tenant, LimitId limit) {
  TenantState state;
  tenant.snapshot(Now{}, state);
  KeptCredit kept;
  const auto counter = std::ranges::find(state.counters, limit, &Counter::limit);
  kept.counter = counter == state.counters.end() ? std::nullopt : std::optional{*counter};
  for (const Entry& entry : state.entries) {
    if (entry.grant) {
      kept.grants.push_back(*entry.grant);
    }
  }
  return kept;
}

KeptCredit kept_of(const SimDatabase::Row& row, LimitId limit) {
  KeptCredit kept;
  const auto counter = row.counters.find(limit);
  kept.counter = counter == row.counters.end() ? std::nullopt : std::optional{counter->second};
  for (const auto& [id, entry] : row.entries) {
    if (entry.grant) {
      kept.grants.push_back(*entry.grant);
    }
  }
  return kept;
}

/// What history tells of the periods that are over.
std::uint64_t closed_of(const SimDatabase::Row& row, LimitId limit) {
  std::uint64_t used = 0;
  for (const auto& [key, window] : row.windows) {
    used += window.limit == limit && window.paid_by == EntryId{} ? window.used.raw() : 0;
  }
  return used;
}

/// The journal may have lost a grant and kept a later count: a tenant that is loaded has only what
/// its grants have, and what is stored stays until it changes.
void take_off_what_no_grant_has(KeptCredit& kept) {
  Amount there;
  for (const Grant& grant : kept.grants) {
    there = there + grant.balance;
  }
  if (kept.counter) {
    kept.counter->previous = std::min(kept.counter->previous, there);
  }
}

/// An older count beside a newer grant, say.
bool is_contradictory(const CreditStanding& standing) {
  return standing.owed() > 0 && standing.balance() > 0;
}

/// Whether it is so, if nothing else happens.
bool fits_at(CreditStanding standing, std::uint64_t amount, WallTime at) {
  standing.advance(at);
  return amount <= standing.room(0);
}

}  // namespace

Creditors::Account* Creditors::account_of(TenantId tenant, std::span<const Limit> limits) {
  const std::uint32_t incarnation = model_.incarnation(tenant);
  const auto limit = std::ranges::find(limits, credit_limit, &Limit::name);
  if (incarnation == 0 || limit == limits.end()) {
    accounts_.erase(tenant);  // Nothing is promised for what has this id.
    return nullptr;
  }
  const auto found = accounts_.find(tenant);
  if (found != accounts_.end() && found->second.incarnation == incarnation) {
    return &found->second;
  }
  Account account{.incarnation = incarnation, .limit = *limit};
  if (lost_something_) {
    account.is_sure = false;
  } else {
    account.states.push_back({0, {CreditStanding{*limit}}});
  }
  return &accounts_.insert_or_assign(tenant, std::move(account)).first->second;
}

void Creditors::look(const Tenant& tenant, Epoch epoch) {
  if (Account* const account = account_of(tenant.id(), tenant.plan().limits())) {
    compare(*account, tenant.id(), kept_of(tenant, account->limit.id), epoch);
  }
}

// The present state must have become this one. Under a new owner, any that it may have found.
void Creditors::compare(Account& account, TenantId id, const KeptCredit& kept, Epoch epoch) {
  const auto decided = std::exchange(account.decided, {});
  const bool is_new_owner = account.epoch != epoch;
  std::string problem;
  std::vector<CreditStanding> ways;
  std::size_t found = 0;  // So many states lie before what was found.
  for (std::size_t at = account.states.size(); at > 0; at = is_new_owner ? at - 1 : 0) {
    for (const CreditStanding& way : account.states[at - 1].ways) {
      const std::string objection = follow(way, decided, kept, ways);
      problem = problem.empty() ? objection : problem;
    }
    found = ways.empty() ? found : std::max(found, at);
  }
  if (ways.empty()) {
    expect(account.states.empty() || (is_new_owner && !account.is_sure), "credit of tenant ",
           number_of(id), ": ", problem);
    account.epoch = epoch;
    trust(account, kept, std::nullopt);
    return;
  }
  if (is_new_owner && account.states.size() > 1) {
    probes_.hit(found == account.states.size() ? Probe::unacknowledged_credit_kept
                                               : Probe::unacknowledged_credit_lost);
  }
  account.epoch = epoch;
  account.states.resize(found);
  keep(account, std::move(ways), decided);
}

void Creditors::keep(Account& account, std::vector<CreditStanding> ways,
                     const std::vector<Decided>& decided) {
  for (const Decided& one : decided) {
    note(one);
  }
  for (CreditStanding& way : ways) {
    note(way.take_events());
  }
  const State& before = account.states.back();
  if (!decided.empty() || ways != before.ways) {
    const std::uint64_t number =
        decided.empty() ? before.number : requests_[decided.back().request].number;
    account.states.push_back({number, std::move(ways)});
  }
}

void Creditors::trust(Account& account, const KeptCredit& kept,
                      std::optional<std::uint64_t> closed) const {
  account.states.clear();
  account.is_sure = false;
  account.trusted = decisions_;
  CreditStanding standing{account.limit, kept, closed};
  if (!is_contradictory(standing)) {
    account.states.push_back({decisions_, {std::move(standing)}});
  }
}

void Creditors::fall_back(const SimDatabase& database, const ServerId& from) {
  deposed_.insert(from);
  lose_journal();
  for (auto& [id, account] : accounts_) {
    const SimDatabase::Row* const row = database.find(id);
    if (row != nullptr && account.incarnation == model_.incarnation(id)) {
      trust(account, kept_of(*row, account.limit.id), closed_of(*row, account.limit.id));
      account.is_sure = true;  // The store does not forget it.
      probes_.hit(Probe::credit_given_up);
    }
  }
}

// ---------------------------------------------------------------------------------------- answers

// Adds where this way leads, if it leads here; or says why not.
std::string Creditors::follow(const CreditStanding& way, const std::vector<Decided>& decided,
                              const KeptCredit& kept, std::vector<CreditStanding>& ways) const {
  std::string objection;
  const auto try_from = [&](CreditStanding standing) {
    objection.clear();
    for (const Decided& one : decided) {
      objection = objection.empty() ? follow(standing, one) : objection;
    }
    objection = objection.empty() ? standing.difference(kept) : objection;
    if (objection.empty() && std::ranges::find(ways, standing) == ways.end()) {
      ways.push_back(std::move(standing));
    }
  };
  try_from(way);
  if (!objection.empty() && way.is_new()) {
    try_from(way.from_the_start());  // It may have been loaded since.
  }
  return objection;
}

std::string Creditors::follow(CreditStanding& standing, const Decided& decided) const {
  const Request& request = requests_[decided.request];
  const Decision& decision = decided.decision;
  const std::string problem = request.ask.mode == Mode::credit ? follow_change(standing, decided)
                                                               : follow_use(standing, decided);
  if (!problem.empty()) {
    return problem;
  }
  const LimitReading& reading = decision.reading;
  const bool is_read = decision.has_reading && !decision.repeated;
  const std::uint64_t left = standing.balance() - std::min(standing.balance(), reading.held.raw());
  if (is_read && (reading.used.raw() != standing.used() || reading.remaining.raw() != left)) {
    return text("decision ", request.number, " reads ", reading.used.raw(), " used and ",
                reading.remaining.raw(), " left instead of ", standing.used(), " and ", left);
  }
  return "";
}

std::string Creditors::follow_use(CreditStanding& standing, const Decided& decided) const {
  const Request& request = requests_[decided.request];
  const Books::Ask& ask = request.ask;
  const Decision& decision = decided.decision;
  const bool settles = ask.mode == Mode::commit || ask.mode == Mode::cancel;
  const bool is_allowed = decision.outcome == Outcome::allowed;
  if (decision.repeated || (settles && !is_allowed)) {
    return "";  // It did nothing.
  }
  standing.advance(decided.at);
  const std::uint64_t amount = ask.charges.empty() ? 0 : ask.charges.front().amount.raw();
  if (settles) {
    standing.use(amount);
    return "";
  }
  const std::uint64_t own = ask.mode == Mode::reserve && is_allowed ? amount : 0;
  const std::uint64_t room = standing.room(decision.reading.held.raw() - own);
  const bool takes_some = ask.mode == Mode::best_effort && room > 0;
  const bool is_due = ask.mode == Mode::record || takes_some || amount <= room;
  if (decision.outcome != (is_due ? Outcome::allowed : Outcome::denied)) {
    return text("decision ", request.number, " about ", amount, " is ", to_string(decision.outcome),
                " where there is room for ", room);
  }
  if (ask.mode == Mode::normal || ask.mode == Mode::record) {
    standing.use(is_allowed ? amount : 0);
  } else if (ask.mode == Mode::best_effort) {
    const std::uint64_t granted = std::min(room, amount);
    if (decision.granted.raw() != granted) {
      return text("decision ", request.number, " grants ", decision.granted.raw(), " instead of ",
                  granted);
    }
    standing.use(granted);
  }
  const bool is_told_when =
      !is_allowed && decision.retry_after && decision.reading.held == Amount{};
  const std::uint64_t least = ask.mode == Mode::best_effort ? 1 : amount;
  if (is_told_when && !fits_at(standing, least, decided.at + *decision.retry_after)) {
    return text("decision ", request.number, " is to be asked again at the wrong moment");
  }
  return "";
}

std::string Creditors::follow_change(CreditStanding& standing, const Decided& decided) const {
  const Request& request = requests_[decided.request];
  const Books::Ask& ask = request.ask;
  const auto says = [&](Outcome outcome, bool repeated) {
    const Decision& decision = decided.decision;
    return decision.outcome == outcome && decision.repeated == repeated
               ? std::string{}
               : text("change ", request.number, " of grant ", ask.id.low, " is answered ",
                      to_string(decision.outcome), decision.repeated ? " again" : "",
                      " instead of ", to_string(outcome), repeated ? " again" : "");
  };
  if (const auto* reset = std::get_if<ResetCredit>(&*ask.credit)) {
    standing.reset(reset->keeps_overage, decided.at);
    return says(Outcome::allowed, false);
  }
  const auto given = standing.given(ask.id);
  const auto* const give = std::get_if<GiveCredit>(&*ask.credit);
  if (give == nullptr && !given) {
    return says(Outcome::no_such_hold, false);
  }
  if (give == nullptr) {
    return says(Outcome::allowed, standing.void_grant(ask.id, decided.at));
  }
  if (given) {
    const bool is_same = *given == digest_of(give->terms);
    return is_same ? says(Outcome::allowed, true) : says(Outcome::conflict, false);
  }
  if (give->terms.expires_at <= decided.at) {
    return says(Outcome::invalid, false);
  }
  standing.advance(decided.at);
  standing.give(ask.id, give->terms);
  return says(Outcome::allowed, false);
}

// ------------------------------------------------------------------------------------------ store

void Creditors::check_stored(const SimDatabase& database, bool windows_complete) {
  audit_.check_stored(database, requests_.size());
  for (const auto& [id, row] : database.rows()) {
    Account* const account = account_of(id, row.definition.limits);
    if (account == nullptr) {
      continue;
    }
    KeptCredit kept = kept_of(row, account->limit.id);
    if (lost_something_) {
      take_off_what_no_grant_has(kept);
    }
    compare(*account, id, kept, database.epoch());
    if (windows_complete) {
      check_history(*account, id, closed_of(row, account->limit.id));
    }
  }
}

// One of the ways to the present must have left it.
void Creditors::check_history(const Account& account, TenantId id, std::uint64_t told) {
  if (account.states.empty()) {
    return;
  }
  const std::vector<CreditStanding>& ways = account.states.back().ways;
  const bool is_so = std::ranges::any_of(
      ways, [told](const CreditStanding& way) { return !way.closed() || *way.closed() == told; });
  expect(is_so, "credit of tenant ", number_of(id), ": history tells that ", told,
         " was used in periods that are over, instead of ", ways.front().closed().value_or(0));
}

}  // namespace sluice::sim
