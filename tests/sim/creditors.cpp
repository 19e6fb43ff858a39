// SPDX-License-Identifier: Apache-2.0
// What creditors ask; how it is judged is in creditors_books.cpp.
#include "tests/sim/creditors.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "tests/sim/trace.hpp"

namespace sluice::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t picked_from = 12;
constexpr std::ptrdiff_t grants_per_tenant = 12;
constexpr std::array lifetimes{Duration{5s}, Duration{60s}, Duration{1h}};
/// From long enough ago to be of no more matter to what comes in some days.
constexpr std::array starts{Duration{-1h}, Duration{},    Duration{},   Duration{},
                            Duration{3s},  Duration{90s}, Duration{2h}, Duration{30h}};
constexpr std::array lengths{Duration{2s}, Duration{20s}, Duration{2min},
                             Duration{3h}, Duration{40h}, Duration{24h * 40}};
constexpr std::array steps{Recurrence{Period::hour, 1, {}}, Recurrence{Period::hour, 7, {}},
                           Recurrence{Period::day, 1, {}}, Recurrence{Period::day, 3, {}}};
constexpr std::array periods{Period::hour, Period::day, Period::never};

/// The latest ones.
template <class List>
std::size_t pick_place(const List& list, Random& random) {
  const std::size_t count = std::min(list.size(), picked_from);
  return list.size() - count + static_cast<std::size_t>(random.below(count));
}

}  // namespace

Limit Creditors::limit(Random& random) {
  Limit limit;
  limit.name = credit_limit;
  limit.meter = credit_meter;
  limit.rule = CreditRule{random.pick(periods)};
  if (random.per_mille(500)) {
    limit.enforcement = Enforcement::overage;
    limit.overage = OverageTerms{1, Amount{1}, Amount{random.between(5, 40)}};
  }
  return limit;
}

Books::Ask Creditors::ask(TenantId tenant, Random& random, Duration now, WallTime wall) {
  Books::Ask ask{};
  ask.tenant = tenant;
  if (random.per_mille(350)) {
    draw_change(ask, random, wall);
  } else {
    draw_use(ask, random, now);
  }
  return book(std::move(ask));
}

Books::Ask Creditors::ask_nothing(TenantId tenant) {
  Books::Ask ask{};
  ask.tenant = tenant;
  ask.mode = Mode::peek;
  ask.charges = {{credit_meter, Amount{1}}};
  return book(std::move(ask));
}

Books::Ask Creditors::book(Books::Ask ask) {
  ask.credit_request = requests_.size();
  requests_.push_back({ask});
  return ask;
}

void Creditors::draw_change(Books::Ask& ask, Random& random, WallTime wall) {
  ask.mode = Mode::credit;
  if (random.per_mille(120)) {
    ask.credit = ResetCredit{credit_limit, random.per_mille(500)};
    return;
  }
  const bool is_new =
      std::ranges::count(grants_, ask.tenant, &GrantPage::tenant) < grants_per_tenant &&
      random.per_mille(500);
  if (is_new || grants_.empty()) {
    grants_.push_back({ask.tenant, EntryId{4, grants_.size() + 1}, draw_terms(random, wall)});
  }
  const bool is_latest = is_new || random.per_mille(400);
  const GrantPage& page = is_latest ? grants_.back() : grants_[pick_place(grants_, random)];
  ask.tenant = page.tenant;
  ask.id = page.id;
  if (!is_new && random.per_mille(400)) {
    ask.credit = VoidCredit{};
    return;
  }
  GrantTerms terms = page.terms;
  if (random.per_mille(80)) {
    terms.amount = terms.amount + Amount{1};
  }
  ask.credit = GiveCredit{credit_limit, terms};
}

GrantTerms Creditors::draw_terms(Random& random, WallTime wall) {
  GrantTerms terms;
  terms.amount = Amount{random.between(5, 60)};
  terms.priority = static_cast<std::uint8_t>(random.between(1, 3));
  terms.effective_at = wall + random.pick(starts);
  if (random.per_mille(600)) {
    terms.expires_at = std::max(wall, terms.effective_at) + random.pick(lengths);
  }
  if (random.per_mille(400)) {
    terms.recurrence = random.pick(steps);
    // So that it comes round soon.
    terms.recurrence->anchor = wall + Duration{random.below(5'000'000'000)};
  }
  if (random.per_mille(500)) {
    terms.rollover.min = Amount{random.below(2) * random.below(10)};
    terms.rollover.max = terms.rollover.min + Amount{random.below(60)};
  }
  return terms;
}

void Creditors::draw_use(Books::Ask& ask, Random& random, Duration now) {
  ask.charges = {{credit_meter, Amount{random.between(1, 12)}}};
  const std::uint64_t kind = random.below(1000);
  if (kind < 270) {
    const bool settles = !holds_.empty() && random.per_mille(600);
    if (!settles) {
      ask.mode = Mode::reserve;
      ask.ttl = random.pick(lifetimes);
      ask.id = EntryId{3, holds_.size() + 1};
      holds_.push_back({ask.tenant, model_.incarnation(ask.tenant), ask.ttl / 100 * 90 + now});
      return;
    }
    const std::size_t at = pick_place(holds_, random);
    holds_[at].is_settled = true;
    ask.id = EntryId{3, at + 1};
    ask.tenant = holds_[at].tenant;
    ask.mode = random.per_mille(700) ? Mode::commit : Mode::cancel;
    if (ask.mode == Mode::cancel) {
      ask.charges.clear();
    }
  } else if (kind < 700) {
    ask.mode = Mode::normal;
  } else {
    ask.mode = kind < 800 ? Mode::peek : kind < 880 ? Mode::record : Mode::best_effort;
  }
}

void Creditors::decided(const Books::Ask& ask, const Decision& decision, const Tenant& by,
                        WallTime wall, Duration now) {
  Account* const account = account_of(by.id(), by.plan().limits());
  if (account == nullptr) {
    return;
  }
  Request& request = requests_[*ask.credit_request];
  request.number = ++decisions_;
  request.incarnation = account->incarnation;
  account->decided.push_back({*ask.credit_request, decision, wall});
  if (decision.has_reading && !decision.repeated) {
    check_held(by.id(), decision.reading, now);
  }
}

// What surely is reserved is held.
void Creditors::check_held(TenantId tenant, const LimitReading& reading, Duration now) const {
  std::uint64_t held = 0;
  for (std::size_t i = first_hold_; i < holds_.size(); ++i) {
    const Hold& hold = holds_[i];
    const bool is_sure = hold.is_there && !hold.is_settled && now < hold.good_until;
    if (is_sure && hold.tenant == tenant && hold.incarnation == model_.incarnation(tenant)) {
      held += hold.amount;
    }
  }
  expect(wall_steps_ || reading.held.raw() >= held, "tenant ", number_of(tenant), " holds ",
         reading.held.raw(), " of its credit, and reserved ", held);
}

void Creditors::told(const Books::Ask& ask, const Decision* decision) {
  const Request& request = requests_[*ask.credit_request];
  const bool says_something =
      decision != nullptr && decision->outcome == Outcome::allowed && ask.mode != Mode::peek;
  const auto found = accounts_.find(ask.tenant);
  if (!says_something || request.number == 0 || found == accounts_.end() ||
      found->second.incarnation != request.incarnation) {
    return;
  }
  if (ask.mode == Mode::reserve) {
    Hold& hold = holds_[ask.id.low - 1];
    hold.is_there = true;
    hold.amount = ask.charges.front().amount.raw();
  }
  if (ask.credit && !decision->repeated) {
    audit_.acknowledged(ask.tenant, request.incarnation, *ask.credit_request);
  }
  Account& account = found->second;
  // From now on, no server that ends leaves a state of before.
  const auto first = std::ranges::find_if(
      account.states, [&](const State& state) { return state.number >= request.number; });
  account.states.erase(account.states.begin(), first);
  account.is_sure = account.is_sure || request.number >= account.trusted;
}

void Creditors::came_back(const ServerId& server) {
  if (deposed_.contains(server)) {
    lose_journal();
  }
}

void Creditors::lose_journal() {
  lost_something_ = true;
  audit_.forget();
  first_hold_ = holds_.size();
  for (auto& [id, account] : accounts_) {
    account.states.clear();
    account.is_sure = false;
  }
}

void Creditors::note(const Decided& decided) {
  const Books::Ask& ask = requests_[decided.request].ask;
  const Outcome outcome = decided.decision.outcome;
  if (outcome == Outcome::denied) {
    probes_.hit(Probe::credit_was_gone);
  }
  if (!ask.credit || outcome != Outcome::allowed) {
    return;
  }
  if (std::holds_alternative<GiveCredit>(*ask.credit)) {
    probes_.hit(decided.decision.repeated ? Probe::grant_repeated : Probe::grant_given);
  } else {
    const bool resets = std::holds_alternative<ResetCredit>(*ask.credit);
    probes_.hit(resets ? Probe::credit_reset : Probe::grant_voided);
  }
}

void Creditors::note(const CreditStanding::Events& events) {
  const std::array happened{std::pair{events.grant_ended, Probe::grant_ended},
                            std::pair{events.grant_recurred, Probe::grant_recurred},
                            std::pair{events.grant_rolled_over, Probe::grant_rolled_over},
                            std::pair{events.period_ended, Probe::credit_period_ended},
                            std::pair{events.overage_paid, Probe::overage_paid}};
  for (const auto& [is_so, probe] : happened) {
    if (is_so) {
      probes_.hit(probe);
    }
  }
}

}  // namespace sluice::sim
