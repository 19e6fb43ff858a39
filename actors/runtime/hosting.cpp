// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/hosting.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {

namespace {
constexpr std::size_t busiest_tenants_max = 16;
/// Who should have a name shows over half a minute: one in so many samples will do.
constexpr std::size_t tallied_of_sampled = 8;
/// Tenants whose overdue reservations one tick ends.
constexpr std::size_t expiring_at_once = 256;
}  // namespace

Hosting::Hosting(const Bounds& bounds, HashSeed seed, const PublishedMeters& meters,
                 Observer& observer, Start start)
    : meters_(meters),
      observer_(observer),
      table_(bounds.resident_tenants_max, seed),
      write_behind_(table_, bounds.write_behind, start.epoch, start.shards,
                    std::move(start.recovered)),
      turn_log_(*start.journal, start.shards),
      passivation_(table_, bounds.idle_after, [this](TenantId gone) { leases_.forget(gone); }),
      activations_(bounds.activations, seed),
      unknown_(bounds.unknown_tenants_max, bounds.unknown_for, seed),
      tally_(bounds.tenants_with_names_max),
      expiries_(seed),
      explanations_(start.epoch, seed),
      policies_(seed),
      random_(static_cast<std::uint32_t>(seed.raw())) {}

Hosting::Decided Hosting::decide(CheckBatch& batch, BatchItems items, const Now& now) {
  charged_ = false;
  happenings_.keep_minutes_open = write_behind_.history_full();
  std::uint32_t waiting = 0;
  for (std::size_t begin = 0; begin < items.size(); begin += block) {
    const std::size_t end = std::min(begin + block, items.size());
    waiting += decide_block(batch, items, begin, end, now);
  }
  sample(batch, items);
  report_happenings();
  return {waiting, charged_};
}

// What is asked under an id, or with labels, lies a few steps behind the tenant.
void Hosting::prefetch(const CheckBatch& batch, const BatchItems& items, std::size_t begin,
                       std::size_t end, const Found& found) {
  bool goes_deeper = false;
  for (std::size_t i = begin; i < end; ++i) {
    if (found[i - begin] != nullptr) {
      found[i - begin]->tenant.prefetch();
      const Check& check = batch.checks[items[i]];
      goes_deeper = goes_deeper || check.id != EntryId{} || !check.labels.empty();
    }
  }
  if (!goes_deeper) [[likely]] {
    return;
  }
  const auto each = [&](auto&& step) {
    for (std::size_t i = begin; i < end; ++i) {
      if (found[i - begin] != nullptr) {
        step(found[i - begin]->tenant, batch.checks[items[i]]);
      }
    }
  };
  each([](const Tenant& tenant, const Check&) { tenant.prefetch_rare(); });
  each([](const Tenant& tenant, const Check& check) { tenant.prefetch_lists(check); });
  each([](const Tenant& tenant, const Check& check) { tenant.prefetch_entries(check); });
}

// Each pass asks memory for what the next one reads, so that the misses of a block overlap.
std::uint32_t Hosting::decide_block(CheckBatch& batch, const BatchItems& items, std::size_t begin,
                                    std::size_t end, const Now& now) {
  Found found;
  std::array<std::size_t, block> hashes;
  for (std::size_t i = begin; i < end; ++i) {
    const TenantId tenant = batch.checks[items[i]].tenant;
    hashes[i - begin] = table_.hash(tenant);
    table_.prefetch(tenant, hashes[i - begin]);
  }
  for (std::size_t i = begin; i < end; ++i) {
    found[i - begin] = table_.find(batch.checks[items[i]].tenant, hashes[i - begin]);
    __builtin_prefetch(found[i - begin], 1);
  }
  prefetch(batch, items, begin, end, found);
  const MeterCount meters = meters_.count();
  std::uint32_t waiting = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const std::uint32_t item = items[i];
    const Check& check = batch.checks[item];
    Decision& decision = batch.decisions[item];
    if (CheckBatch::is_settled(decision)) {
      answer(decision, decision.outcome);
    } else if (!names_known_meters(check, meters)) {
      answer(decision, Outcome::no_such_meter);
    } else if (found[i - begin] != nullptr) {
      waiting += decide_resident(*found[i - begin], batch, item, now) ? 1U : 0U;
    } else {
      waiting += decide_absent(batch, item, now) ? 1U : 0U;
    }
  }
  return waiting;
}

bool Hosting::decide_resident(HostedTenant& hosted, CheckBatch& batch, std::uint32_t item,
                              const Now& now, MayWait may_wait) {
  const Check& check = batch.checks[item];
  Decision& decision = batch.decisions[item];
  hosted.touched = coarse(now.steady);
  const bool may_change = check.mode != Mode::peek;
  if (!owner_ || (may_change && !turn_log_.has_room())) [[unlikely]] {
    answer(decision, Outcome::unavailable);
    return false;
  }
  if (check.shared == nullptr) [[likely]] {
    note(hosted, hosted.tenant.decide(check, now, decision, happenings_));
  } else {
    note(hosted, decide_use(hosted, check, now, decision));
    if (waits_for_grant(batch, item, decision, now, may_wait)) {
      return true;
    }
  }
  // The journal may not have yet what is said again.
  charged_ = charged_ || decision.repeated;
  ++decided_[decision.outcome];
  tally(hosted, check.mode, decision.outcome, now);
  if (happenings_.explained) [[unlikely]] {
    keep_explanation(batch, item, now);
  }
  return false;
}

void Hosting::keep_explanation(CheckBatch& batch, std::uint32_t item, const Now& now) {
  happenings_.explained = false;
  const Check& check = batch.checks[item];
  Decision& decision = batch.decisions[item];
  if (decision.outcome == Outcome::invalid) {
    return;  // Its problem explains it.
  }
  decision.id = explanations_.keep(check.tenant, check.mode, decision.outcome, now.wall,
                                   happenings_.considered, decision.sharing);
  if (Explanation* const place = check.explain ? batch.explanation_of(item) : nullptr) {
    *place = {decision.id,     now.wall, check.mode, decision.outcome, happenings_.considered,
              decision.sharing};
  }
}

Result<std::vector<Explanation>> Hosting::explanations(const ExplanationQuery& query) const {
  if (query.decision == DecisionId{}) {
    return explanations_.latest(query.tenant, query.count_max);
  }
  auto found = explanations_.find(query.tenant, query.decision);
  if (!found) {
    return Fault{FaultCode::not_found, "decision " + std::to_string(query.decision.raw()) +
                                           " of this tenant is not known, or not any more"};
  }
  return std::vector{*std::move(found)};
}

void Hosting::note(HostedTenant& hosted, Effect effect) {
  if (effect == Effect::none) {
    return;
  }
  write_behind_.changed(hosted);
  if (effect == Effect::charged) {
    turn_log_.changed(hosted);
    turn_log_.expect_uses(std::exchange(happenings_.uses_to_journal, 0));
    turn_log_.expect_values(std::exchange(happenings_.values_to_journal, 0));
    charged_ = true;
    if (!happenings_.entries.empty()) [[unlikely]] {
      log_entries(hosted);
    }
    if (!happenings_.crossed.empty()) [[unlikely]] {
      log_crossed();
    }
  }
}

void Hosting::log_crossed() {
  turn_log_.crossed(happenings_.crossed);
  write_behind_.crossed(happenings_.crossed);
  for (const ThresholdCrossed& event : happenings_.crossed) {
    observer_.threshold_crossed(event);
  }
  happenings_.crossed.clear();
}

// At once, because the room that is left for the next check depends on it.
void Hosting::log_entries(HostedTenant& hosted) {
  const TenantId tenant = hosted.tenant.id();
  turn_log_.entries(tenant, happenings_.entries);
  bool is_one_open = false;
  for (const Entry* entry : happenings_.entries) {
    leases_.changed(tenant, *entry);
    is_one_open |= is_open(entry->state);
  }
  happenings_.entries.clear();
  if (is_one_open) {  // What is over brings no end forward.
    expiries_.expect(tenant, hosted.tenant.next_expiry());
  }
}

void Hosting::end_overdue(const Now& now) {
  happenings_.keep_minutes_open = write_behind_.history_full();
  for (std::size_t i = 0; i < expiring_at_once; ++i) {
    const auto tenant = expiries_.due(now.steady);
    if (!tenant || !owner_ || !turn_log_.has_room()) {
      break;
    }
    if (HostedTenant* hosted = table_.find(*tenant)) {
      note(*hosted, hosted->tenant.end_overdue(now, happenings_));
      expiries_.set(*tenant, hosted->tenant.next_expiry());
    } else {
      expiries_.set(*tenant, std::nullopt);  // It will see to them when it comes back.
    }
  }
  report_happenings();
}

void Hosting::end_overdue_of(HostedTenant& hosted, const Now& now) {
  happenings_.keep_minutes_open = write_behind_.history_full();
  Effect effect = Effect::charged;
  while (owner_ && turn_log_.has_room() && effect != Effect::none) {
    effect = hosted.tenant.end_overdue(now, happenings_);
    note(hosted, effect);
  }
  report_happenings();
}

bool Hosting::decide_absent(CheckBatch& batch, std::uint32_t item, const Now& now) {
  const TenantId tenant = batch.checks[item].tenant;
  if (unknown_.knows(tenant, now.steady)) {
    answer(batch.decisions[item], Outcome::unknown_tenant);
    return false;
  }
  if (activations_.wait(tenant, WaitingCheck{&batch, item})) {
    return true;
  }
  answer(batch.decisions[item], Outcome::unavailable);
  return false;
}

bool Hosting::names_known_meters(const Check& check, MeterCount meters) {
  return std::all_of(check.charges.begin(), check.charges.end(), [&](const Charge& charge) {
    // Zero is no meter's id; it wraps to the highest.
    return static_cast<std::uint16_t>(charge.meter.raw() - 1) < meters.raw();
  });
}

void Hosting::answer(Decision& decision, Outcome outcome) {
  decision.outcome = outcome;
  ++decided_[outcome];
}

// What a limit let pass or refused; what is settled or looked at was counted, or is to be.
void Hosting::tally(HostedTenant& hosted, Mode mode, Outcome outcome, const Now& now) {
  const bool refused = outcome == Outcome::denied || outcome == Outcome::throttled;
  const bool asks = mode == Mode::normal || mode == Mode::best_effort || mode == Mode::record ||
                    mode == Mode::reserve;
  if (!asks || (outcome != Outcome::allowed && !refused)) {
    return;
  }
  if (hosted.name == TenantTally::no_name && tally_.has_free_name()) [[unlikely]] {
    hosted.name = tally_.give_name(hosted.tenant.id(), now.steady);
  }
  tally_.count(hosted.name, refused);
}

void Hosting::review_names(const Now& now) {
  for (const TenantId idle : tally_.fade(now.steady)) {
    rename(idle, TenantTally::no_name);
  }
  if (const auto taken = tally_.take_over()) {
    rename(taken->loser, TenantTally::no_name);
    rename(taken->winner, taken->name);
  }
}

void Hosting::rename(TenantId tenant, TenantTally::Name name) {
  if (HostedTenant* const hosted = table_.find(tenant)) {
    hosted->name = name;
  }
}

// One check stands for all of its part: which tenants are busy shows over many parts.
void Hosting::sample(const CheckBatch& batch, const BatchItems& items) {
  if (items.size() == 0) {
    return;
  }
  const std::uint32_t item = items[random_() % items.size()];
  const Outcome outcome = batch.decisions[item].outcome;
  const bool refused = outcome == Outcome::denied || outcome == Outcome::throttled;
  if (outcome == Outcome::allowed || refused) {
    busiest_.saw(batch.checks[item].tenant, items.size(), refused ? items.size() : 0);
    if (random_() % tallied_of_sampled == 0) {
      tally_.saw(batch.checks[item].tenant, items.size() * tallied_of_sampled);
    }
  }
}

void Hosting::report_happenings() {
  for (const UsageRow& row : happenings_.closed_usage) {
    turn_log_.closed(row);
  }
  for (const WindowRow& row : happenings_.closed_windows) {
    turn_log_.closed(row);
  }
  for (const SharedHourRow& row : happenings_.closed_shared) {
    turn_log_.closed(row);
  }
  for (const AuditRow& row : happenings_.audit) {
    turn_log_.audited(row);
  }
  write_behind_.closed(happenings_.closed_usage);
  write_behind_.closed(happenings_.closed_windows);
  write_behind_.closed(happenings_.closed_shared);
  write_behind_.audited(happenings_.audit);
  happenings_.clear();
}

void Hosting::ask(TenantId tenant, const TenantCall& call, const Now& now) {
  if (HostedTenant* hosted = table_.find(tenant)) {
    hosted->touched = coarse(now.steady);
    end_overdue_of(*hosted, now);
    call(TenantView{&hosted->tenant, now});
  } else if (unknown_.knows(tenant, now.steady)) {
    call(Fault{FaultCode::not_found, "tenant " + to_string(tenant) + " does not exist"});
  } else if (!activations_.wait(tenant, call)) {
    call(Fault{FaultCode::unavailable, "too many checks wait for tenants to be loaded"});
  }
}

void Hosting::tick(const Now& now) {
  end_overdue(now);
  busiest_.fade(now.steady);
  review_names(now);
  passivation_.sweep(now.steady);
}

ReactorStatus Hosting::status() const {
  ReactorStatus status;
  status.decided = decided_;
  status.resident_tenants = table_.size();
  status.activations = activated_;
  status.passivations = passivation_.passivated();
  status.waiting_checks = activations_.waiting() + first_uses_.waiting();
  status.dirty_tenants = write_behind_.unsaved();
  status.history_rows = write_behind_.history().rows();
  status.history_lost = write_behind_.history_lost();
  status.refused_tenants = write_behind_.aside().size();
  status.leases = leases_.by_meter();
  status.busiest = busiest_.busiest(busiest_tenants_max);
  status.tenants = tally_.read();
  return status;
}

}  // namespace sluice
