// SPDX-License-Identifier: Apache-2.0
// How tenants come to be resident, change and go; deciding is in hosting.cpp.
#include <algorithm>
#include <optional>
#include <utility>

#include "actors/runtime/hosting.hpp"

namespace sluice {

bool Hosting::loaded(std::vector<LoadedTenant>& tenants, const Now& now,
                     std::vector<CheckBatch*>& finished) {
  activations_.end_load();
  charged_ = false;
  happenings_.keep_minutes_open = write_behind_.history_full();
  for (LoadedTenant& loaded : tenants) {
    if (!loaded.found.ok()) {
      const Fault& fault = loaded.found.fault();
      turn_away(activations_.failed(loaded.id), Outcome::unavailable, fault, finished);
      continue;
    }
    std::optional<StoredTenant>& stored = loaded.found.value();
    auto waiting =
        activations_.loaded(loaded.id, stored ? std::optional{stored->version} : std::nullopt);
    if (!waiting) {
      continue;
    }
    if (stored) {
      admit(std::move(*stored), loaded.id, std::move(*waiting), now, finished);
    } else {
      if (write_behind_.recovered().find(loaded.id) != nullptr) {
        forget_former(loaded.id);
      }
      unknown_.remember(loaded.id, now.steady);
      turn_away(*waiting, Outcome::unknown_tenant,
                {FaultCode::not_found, "tenant " + to_string(loaded.id) + " does not exist"},
                finished);
    }
  }
  report_happenings();
  return charged_;
}

void Hosting::admit(StoredTenant stored, TenantId id, Waiting waiting, const Now& now,
                    std::vector<CheckBatch*>& finished) {
  crowded_ = !passivation_.make_room();
  if (crowded_) {
    turn_away(waiting, Outcome::unavailable,
              {FaultCode::unavailable, "resident_tenants_max is reached"}, finished);
    return;
  }
  const TenantState* recovered = write_behind_.recovered().find(id);
  if (recovered != nullptr && !turn_log_.has_room()) {
    turn_away(waiting, Outcome::unavailable,
              {FaultCode::unavailable, "the journal has no room for what was recovered"}, finished);
    return;
  }
  if (recovered != nullptr) {
    put_over(stored.state, *recovered);
    close_unlimited(id, *stored.plan, stored.state);
  }
  HostedTenant& hosted = table_.insert(id, std::move(stored.plan), stored.state, now);
  keep_room_for_values(hosted.tenant, stored.state.open_usage);
  hosted.tenant.stand(stored.standing);
  seat(hosted, stored.members, now);
  share(hosted, stored.shares, std::move(stored.facts));
  hosted.name = tally_.name_of(id);
  ++activated_;
  expiries_.set(id, hosted.tenant.next_expiry());
  hosted.tenant.each_open_entry([&](const Entry& entry) { leases_.changed(id, entry); });
  if (recovered != nullptr) {
    // From here on the tenant itself speaks for what was recovered of it.
    turn_log_.expect_values(hosted.tenant.mark_unjournalled());
    hosted.tenant.mark_unsaved();
    note(hosted, Effect::charged);
    write_behind_.admitted(id);
  }
  for (const auto& [batch, item] : waiting.checks) {
    if (!decide_resident(hosted, *batch, item, now)) {
      finished.push_back(batch);
    }
  }
  for (const TenantCall& call : waiting.calls) {
    end_overdue_of(hosted, now);
    call(TenantView{&hosted.tenant, now});
  }
  for (const SeatCall& call : waiting.seats) {
    call(take_seat(hosted, now));
  }
}

void Hosting::turn_away(const Waiting& waiting, Outcome outcome, const Fault& fault,
                        std::vector<CheckBatch*>& finished) {
  for (const auto& [batch, item] : waiting.checks) {
    answer(batch->decisions[item], outcome);
    finished.push_back(batch);
  }
  for (const TenantCall& call : waiting.calls) {
    call(fault);
  }
  for (const SeatCall& call : waiting.seats) {
    call(fault);
  }
}

void Hosting::give_up_waiting(std::vector<CheckBatch*>& finished) {
  turn_away(activations_.give_up(), Outcome::unavailable,
            {FaultCode::unavailable, "the server is stopping"}, finished);
  turn_away(Waiting{.checks = first_uses_.give_up()}, Outcome::unavailable,
            {FaultCode::unavailable, "the server is stopping"}, finished);
}

void Hosting::amended(TenantId tenant, Version version, std::shared_ptr<const Plan> plan,
                      Standing standing, const Now& now) {
  unknown_.forget(tenant);
  activations_.changed(tenant, version);
  if (HostedTenant* hosted = table_.find(tenant)) {
    hosted->tenant.adopt(std::move(plan), now, happenings_);
    keep_room_for_values(hosted->tenant, {});
    hosted->tenant.stand(standing);
    note(*hosted, Effect::charged);
    report_happenings();
  }
}

void Hosting::keep_room_for_values(const Tenant& tenant, std::span<const UsageBucket> open_usage) {
  const auto is_part = [](const UsageBucket& bucket) { return !bucket.part.is_whole(); };
  if (!tenant.plan().history().empty() || std::ranges::any_of(open_usage, is_part)) {
    turn_log_.keep_room_for_values();
  }
}

// Its last limit was removed before the host had heard of it. Nobody counts on in such a minute, so
// what is known of it is history.
void Hosting::close_unlimited(TenantId tenant, const Plan& plan, const TenantState& state) {
  for (const UsageBucket& bucket : state.open_usage) {
    const Plan::SlotRange limits = plan.slots_of(bucket.meter);
    if (limits.begin == limits.end) {
      happenings_.closed_usage.push_back({tenant, bucket});
    }
  }
}

void Hosting::created(TenantId tenant) {
  if (table_.find(tenant) == nullptr) {  // Else it was loaded and has used something already.
    forget_former(tenant);
  }
}

void Hosting::forget_former(TenantId tenant) {
  turn_log_.removed(tenant);
  write_behind_.forget(tenant);
}

void Hosting::removed(TenantId tenant) {
  activations_.removed(tenant);
  forget_former(tenant);
  explanations_.forget(tenant);
  seats_.erase(tenant);
  leases_.forget(tenant);
  if (const auto name = tally_.name_of(tenant); name != TenantTally::no_name) {
    tally_.take_name(name);
  }
  if (HostedTenant* hosted = table_.find(tenant)) {
    table_.erase(*hosted);
  }
}

std::optional<PlaceIndex> Hosting::log_again(PlaceIndex place, const Now& now,
                                             const MakeRoom& make_room) {
  bool logged = true;
  const auto next = table_.visit(place, 1, [&](HostedTenant& hosted) {
    logged = hosted.clean() || log_again(hosted, now, make_room);
  });
  return logged ? next : place;
}

// The store may not get what a flush that is under way has of a tenant.
bool Hosting::log_again(HostedTenant& hosted, const Now& now, const MakeRoom& make_room) {
  const TenantId tenant = hosted.tenant.id();
  bool has_room = make_room();
  const auto log = [&](const Entry& entry) {
    has_room = has_room && make_room();
    if (has_room) {
      turn_log_.entry(tenant, entry);
    }
  };
  hosted.flushing ? hosted.tenant.each_entry(now, log) : hosted.tenant.each_unsaved_entry(now, log);
  // Or the store's older state of them would come back.
  hosted.tenant.each_forgotten_entry(now, log);
  if (!has_room || !log_history_again(tenant, make_room) || !make_room()) {
    return false;
  }
  turn_log_.expect_values(hosted.tenant.mark_unjournalled());
  turn_log_.changed(hosted);
  return true;
}

std::optional<Hosting::RecoveredCursor> Hosting::log_again(RecoveredCursor from,
                                                           const MakeRoom& make_room) {
  const auto* const next = write_behind_.recovered().next(from.behind);
  if (next == nullptr) {
    return std::nullopt;
  }
  const auto& [tenant, state] = *next;
  if (!make_room() || !log_history_again(tenant, make_room)) {
    return from;
  }
  for (const Entry& entry : state.entries) {
    if (!make_room()) {
      return from;
    }
    turn_log_.entry(tenant, entry);
  }
  if (!make_room()) {
    return from;
  }
  turn_log_.carry(tenant, state);
  return RecoveredCursor{tenant};
}

bool Hosting::log_history_again(TenantId tenant, const MakeRoom& make_room) {
  const UnsavedHistory::OfTenant* const history = write_behind_.history().find(tenant);
  if (history == nullptr) {
    return true;
  }
  for (const UsageBucket& minute : history->minutes) {
    if (!make_room()) {
      return false;
    }
    turn_log_.closed(UsageRow{tenant, minute});
  }
  for (const ClosedWindow& window : history->windows) {
    if (!make_room()) {
      return false;
    }
    turn_log_.closed(WindowRow{tenant, window});
  }
  for (const AuditRow& row : history->audit) {
    if (!make_room()) {
      return false;
    }
    turn_log_.audited(row);
  }
  for (const ThresholdCrossed& row : history->crossed) {
    if (!make_room()) {
      return false;
    }
    turn_log_.crossed({&row, 1});
  }
  for (const SharedHourRow& row : history->shared) {
    if (!make_room()) {
      return false;
    }
    turn_log_.closed(row);
  }
  return true;
}

}  // namespace sluice
