// SPDX-License-Identifier: Apache-2.0
// What a check took under an id is remembered with its answer, and a release under that id gives it
// back: so much of every limit that counted it, where it still counts. Usage history stays: it says
// what was asked for.
#include "actors/tenant/charges_met.hpp"
#include "actors/tenant/rare.hpp"
#include "actors/tenant/tenant.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {
namespace {

constexpr const char* is_metered =
    "id: was a use of a shared resource, which is metered for both sides and not given back";

bool looks_at(const Limit& rules, std::string_view label) {
  return std::ranges::count(rules.per, label) > 0 ||
         std::ranges::count(rules.when, label, &Condition::label) > 0;
}

/// Whether these charges are all that the check took, or none are said.
bool is_all_of(std::span<const Charge> said, const Entry& answer) {
  const auto took = [&answer](const HeldCharge& charge) {
    return std::ranges::find(answer.charges, charge) != answer.charges.end();
  };
  Few<HeldCharge> charges = merged(said);
  for (HeldCharge& charge : charges.all()) {
    charge.used = charge.held;
  }
  return said.empty() || (charges.all().size() == answer.charges.size() &&
                          std::ranges::all_of(charges.all(), took));
}

}  // namespace

void Tenant::note_taken(const Check& check, Entry& entry) const {
  const bool takes =
      check.mode == Mode::normal || check.mode == Mode::best_effort || check.mode == Mode::record;
  if (!takes || entry.first.outcome != Outcome::allowed || check.shared != nullptr) {
    return;
  }
  Few<HeldCharge> charges = merged(check.charges);
  for (HeldCharge& charge : charges.all()) {
    charge.held = check.mode == Mode::best_effort ? entry.first.granted : charge.held;
    charge.used = charge.held;
    const Plan::SlotRange slots = plan_->slots_of(charge.meter);
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      const PlannedLimit& limit = plan_->planned()[slot];
      // Of a record, a rate takes no more than its burst has.
      const bool may_be_cut = check.mode == Mode::record && limit.size_terms() == nullptr;
      if (applies(slot) && charge.held > Amount{} && !may_be_cut) {
        entry.counted.push_back(limit.id);
      }
    }
  }
  entry.charges.assign(charges.all().begin(), charges.all().end());
  for (const Label& label : check.labels) {
    const auto is_seen = [&](std::uint32_t slot) {
      const Limit& rules = plan_->limits()[slot];
      return looks_at(rules, label.name) &&
             std::ranges::find(charges.all(), rules.meter, &HeldCharge::meter) !=
                 charges.all().end();
    };
    if (std::ranges::any_of(plan_->labelled(), is_seen)) {
      entry.labels.push_back({std::string{label.name}, std::string{label.value}});
    }
  }
}

Effect Tenant::refund(const Entry& answer, const Check& check, const Now& now, Decision& decision,
                      Happenings& happenings) {
  if (answer.first.sharing != ShareVerdict::none) {
    refuse(decision, is_metered);
    return Effect::none;
  }
  if (answer.state != EntryState::answered || answer.charges.empty() ||
      !is_all_of(check.charges, answer)) {
    decision.outcome = Outcome::conflict;
    return Effect::none;
  }
  decision.outcome = Outcome::allowed;
  decision.repeated = answer.given_back.has_value();
  if (decision.repeated) {
    decision.granted = *answer.given_back;
    meet_again(answer, now);
    read_tightest(answer, now, decision);
    return Effect::none;
  }
  Ledger& ledger = spending_.rare()->ledger;
  const LimitState::Past past{answer.begun, ledger.age_of_answer(answer.id, now.steady)};
  Entry& entry = ledger.blank();
  entry = answer;
  meet_again(entry, now);
  Slots changed;
  std::optional<Amount> granted;
  for (const HeldCharge& charge : entry.charges) {
    const Plan::SlotRange slots = plan_->slots_of(charge.meter);
    Amount given = charge.held;
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      if (applies(slot) && std::ranges::count(entry.counted, plan_->planned()[slot].id) > 0) {
        given = std::min(given, take_back(slot, charge.held, past, now, happenings));
        changed.add(slot);
      }
    }
    granted = std::min(granted.value_or(given), given);
  }
  decision.granted = granted.value_or(Amount{});
  read_tightest(entry, now, decision);
  entry.given_back = decision.granted;
  ledger.replace(entry, now.steady + Ledger::answers_kept, now);
  happenings.entries.push_back(&entry);
  (void)mark(changed, {}, now, happenings);
  return Effect::charged;
}

Amount Tenant::take_back(std::uint32_t slot, Amount amount, const LimitState::Past& past,
                         const Now& now, Happenings& happenings) {
  const PlannedLimit& limit = plan_->planned()[slot];
  if (limit.credit() != nullptr) {
    return take_credit_back(slot, amount, past.at, now, happenings);
  }
  bring_up_to(now, slot, happenings);
  LimitState& state = this->state(slot);
  const Amount given = state.take_back(limit, plan_->calendar(), held(slot), amount, past, now);
  if (const Amount members = seated(slot); members > Amount{}) {
    state.level(limit, members);  // What they reach stays reached.
  }
  return given;
}

}  // namespace sluice
