// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/two_phase_account.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace sluice::test {
namespace {

using std::chrono::seconds;

/// No server has so many.
constexpr MeterId no_meter{999};

std::string name_of(const Decision& decision) {
  if (decision.outcome != Outcome::allowed) {
    return to_string(decision.outcome);
  }
  return decision.repeated ? "repeated" : decision.overrun ? "overrun" : "created";
}

TwoPhaseStep step_of(TwoPhaseOp op, std::uint64_t amount) {
  TwoPhaseStep step;
  step.op = op;
  step.amount = amount;
  return step;
}

bool same_request(const TwoPhaseStep& a, const TwoPhaseStep& b) {
  return a.op == b.op && a.amount == b.amount && a.timeout_s == b.timeout_s;
}

Mode mode_of(TwoPhaseOp op) {
  return op == TwoPhaseOp::reserve      ? Mode::reserve
         : op == TwoPhaseOp::take_up_to ? Mode::best_effort
                                        : Mode::normal;
}

}  // namespace

TwoPhaseAccount::TwoPhaseAccount(Served& served, const std::string& slug, const TwoPhaseCase& start)
    : served_(served) {
  Limit limit = window_limit("balance", start.limit.value_or(0), Period::never);
  if (!start.limit) {
    limit.rule = WindowRule{std::nullopt, Period::never};
  }
  tenant_ = served_.create(slug, {limit});
  if (start.used > 0) {
    ask(step_of(TwoPhaseOp::spend, start.used));
  }
  if (start.reserved > 0) {
    ask(step_of(TwoPhaseOp::reserve, start.reserved));
  }
}

// A reservation that is to last longer than one may is extended in time.
void TwoPhaseAccount::advance(Duration by) {
  for (Duration left = by; left > Duration{};) {
    const Duration part = std::min(left, ttl_max / 2);
    for (const auto& [name, reservation] : reservations_) {
      const bool is_long = !reservation.until || *reservation.until - now_ > part;
      if (is_open(reservation) && is_long) {
        send(Mode::extend, id_of(name), {}, ttl(reservation));
      }
    }
    must(served_.administrator().advance_clock(part));
    now_ += part;
    left -= part;
  }
}

std::string TwoPhaseAccount::answer_by_rule(const TwoPhaseStep& step) const {
  if (step.settles()) {
    return settlement_by_rule(step);
  }
  if (step.op == TwoPhaseOp::linked) {
    const bool all_valid = std::ranges::all_of(step.items, &TwoPhaseStep::Item::valid);
    return step.done_by_peer() ? "created" : all_valid ? "denied" : "no_such_meter";
  }
  if (const auto before = asked_.find(step.id); before != asked_.end()) {
    const std::string& first = before->second.answer;
    return !same_request(before->second.step, step) ? "conflict"
           : first == "created"                     ? "repeated"
                                                    : first;
  }
  return step.peer == "denied" || step.taken == 0 ? "denied" : "created";
}

std::string TwoPhaseAccount::settlement_by_rule(const TwoPhaseStep& step) const {
  const Reservation* const of = reservation(step.of);
  if (of == nullptr) {
    return "no_such_hold";
  }
  const bool commits = step.op == TwoPhaseOp::commit;
  const Amount used = commits && step.amount ? Amount{*step.amount} : of->amount;
  if (of->state != State::open) {
    const bool same =
        commits ? of->state == State::committed && of->used == used : of->state == State::cancelled;
    return same ? "repeated" : "conflict";
  }
  if (!is_open(*of)) {
    return "hold_expired";
  }
  if (!commits && step.amount && !step.done_by_peer()) {
    return "invalid";
  }
  return used > of->amount ? "overrun" : "created";
}

std::string TwoPhaseAccount::ask(const TwoPhaseStep& step) {
  if (step.settles()) {
    return settle(step);
  }
  if (step.op == TwoPhaseOp::linked) {
    return ask_all(step);
  }
  // An id that nothing else has needs no name either, but for the holds that are to go on.
  const std::string name = step.id.empty() ? "#" + std::to_string(last_id_ + 1) : step.id;
  const Amount amount{step.amount.value_or(0)};
  const Charge charge{api_requests, amount};
  Reservation made{amount, std::nullopt};
  if (step.timeout_s > 0) {
    made.until = now_ + seconds{step.timeout_s};
  }
  const bool reserves = step.op == TwoPhaseOp::reserve;
  const std::string answer =
      send(mode_of(step.op), id_of(name), {&charge, 1}, reserves ? ttl(made) : Duration{});
  asked_.try_emplace(name, Asked{step, answer});
  if (reserves && answer == "created") {
    reservations_.insert_or_assign(name, made);
  }
  return answer;
}

std::string TwoPhaseAccount::ask_all(const TwoPhaseStep& step) {
  std::vector<Charge> charges;
  for (const TwoPhaseStep::Item& item : step.items) {
    charges.push_back({item.valid ? api_requests : no_meter, Amount{item.amount}});
  }
  return send(Mode::normal, id_of("#" + std::to_string(last_id_ + 1)), charges);
}

std::string TwoPhaseAccount::settle(const TwoPhaseStep& step) {
  const bool commits = step.op == TwoPhaseOp::commit;
  const bool says_amount = step.amount && (commits || settlement_by_rule(step) == "invalid");
  const Charge charge{api_requests, Amount{step.amount.value_or(0)}};
  const auto charges = says_amount ? std::span{&charge, 1} : std::span<const Charge>{};
  const std::string answer = send(commits ? Mode::commit : Mode::cancel, id_of(step.of), charges);
  if (answer == "created" || answer == "overrun") {
    Reservation& of = reservations_.at(step.of);
    of.state = commits ? State::committed : State::cancelled;
    of.used = says_amount ? charge.amount : of.amount;
  }
  return answer;
}

void TwoPhaseAccount::reserve_as(const TwoPhaseAccount& other, const std::string& name) {
  if (const Reservation* like = other.reservation(name)) {
    TwoPhaseStep step = step_of(TwoPhaseOp::reserve, like->amount.raw());
    step.id = name;
    ask(step);
  }
}

LimitReading TwoPhaseAccount::reading() const {
  return must(served_.administrator().usage(tenant_)).limits.at(0).reading;
}

const TwoPhaseAccount::Reservation* TwoPhaseAccount::reservation(const std::string& name) const {
  const auto found = reservations_.find(name);
  return found == reservations_.end() ? nullptr : &found->second;
}

bool TwoPhaseAccount::is_open(const Reservation& reservation) const {
  return reservation.state == State::open && (!reservation.until || *reservation.until > now_);
}

Duration TwoPhaseAccount::ttl(const Reservation& reservation) const {
  return reservation.until ? std::min(*reservation.until - now_, ttl_max) : ttl_max;
}

std::string TwoPhaseAccount::send(Mode mode, EntryId id, std::span<const Charge> charges,
                                  Duration ttl) {
  const Decision decision =
      served_.gateway().check(Check{tenant_, charges, mode, id, ttl}).decision;
  granted_ = decision.granted;
  return name_of(decision);
}

EntryId TwoPhaseAccount::id_of(const std::string& name) {
  const auto [place, added] = ids_.try_emplace(name, EntryId{1, last_id_ + 1});
  last_id_ += added ? 1 : 0;
  return place->second;
}

}  // namespace sluice::test
