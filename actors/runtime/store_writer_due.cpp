// SPDX-License-Identifier: Apache-2.0
// What time alone does to tenants.
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <utility>

#include "actors/runtime/store_writer.hpp"

namespace sluice {

namespace {
/// Tenants that one message sees to: others wait so long.
constexpr std::size_t due_at_once = 64;

constexpr Duration prepares_months_every = std::chrono::hours{24};
constexpr Duration prepares_months_again = std::chrono::minutes{1};
}  // namespace

void StoreWriter::see_to_due(SeeToDue& wish) {
  clear_doubts();
  const WallTime now = shared_.surroundings.clock->now().wall;
  if (!wish.after) {
    forget_old_audit(now);
    forget_old_alerts(now);
    warn_of_trials(now);
    sweep_a_part();
    prepare_coming_months(now);
    free_reserved_hosts(now);
    end_due_sharing(now);
  }
  const auto due = store_->due({now, wish.after, due_at_once});
  look_at_store(due.ok() || due.fault().code == FaultCode::fenced);
  if (!due.ok()) {
    tell("due", due.fault());
    return wish.ended();
  }
  for (const DueTenant& next : due.value()) {
    if (see_to(next.tenant, wish.host_of(next.tenant))) {
      return wish.ended();  // The others fare no better now.
    }
  }
  if (due.value().size() < due_at_once) {
    return wish.ended();
  }
  wish.after = due.value().back();
  caf::anon_send(caf::actor_cast<StoreWriterActor>(this), std::move(wish));
}

void StoreWriter::prepare_coming_months(WallTime now) {
  const Instant machine = shared_.surroundings.machine->now().steady;
  const bool is_time = !months_prepared_at_ || now < *months_prepared_at_ ||
                       now - *months_prepared_at_ >= prepares_months_every;
  if (!is_time || machine < prepares_months_from_) {
    return;
  }
  const auto rest = store_->prepare_months(epoch_, now);
  if (!rest.ok()) {
    prepares_months_from_ = machine + prepares_months_again;
    return tell("prepare_months", rest.fault());
  }
  if (rest.value() == Rest::none) {
    months_prepared_at_ = now;  // Otherwise the next round goes on.
  }
}

void StoreWriter::look_at_store(bool answers) {
  if (answers == store_answers_) {
    return;
  }
  store_answers_ = answers;
  shared_.surroundings.observer->vital_changed(Vital::store, answers);
  if (answers) {
    for (const ShardHostActor& host : std::exchange(failed_flushes_of_, {})) {
      caf::anon_send(host, StoreAnswers{});
    }
  }
}

void StoreWriter::note_flush_of(const ShardHostActor& host, bool worked) {
  std::erase(failed_flushes_of_, host);
  if (!worked) {
    failed_flushes_of_.push_back(host);
  }
}

bool StoreWriter::see_to(TenantId tenant, const ShardHostActor& host) {
  const EngineSurroundings& on = shared_.surroundings;
  const Instant now = on.machine->now().steady;
  if (postponed_.holds(tenant, now)) {
    return false;
  }
  auto change = let_time_act_on(tenant);
  const auto fault = change.ok() ? std::nullopt : std::optional{change.fault()};
  conclude("due", tenant, std::move(change), host, std::nullopt);
  if (!fault) {
    return false;
  }
  if (fault->code == FaultCode::unavailable || fault->code == FaultCode::fenced) {
    return true;
  }
  if (postponed_.refuse(tenant, *fault, now)) {
    on.observer->due_refused(tenant, *fault);
  }
  return false;
}

Result<StoreWriter::Change> StoreWriter::let_time_act_on(TenantId id) {
  const auto current = read(id);
  if (!current.ok()) {
    return current.fault();
  }
  switch (due(current.value().life, shared_.surroundings.clock->now().wall)) {
    case Due::trial_end:
      return amend(system_author(), {id, std::nullopt, LifeEvent{EndTrial{}}});
    case Due::grace_end:
      return amend(system_author(), {id, std::nullopt, LifeEvent{EndGrace{}}});
    case Due::purge:
      return remove(system_author(), id);
    case Due::nothing:
      break;
  }
  if (current.value().pending_tier) {
    return amend(system_author(), {id, std::nullopt, TakePendingTier{}});
  }
  return Fault{FaultCode::conflict, "the clock was stepped back meanwhile"};
}

}  // namespace sluice
