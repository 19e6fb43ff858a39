// SPDX-License-Identifier: Apache-2.0
// How tests steer a database in memory and look into it; what it does as a store is in
// memory_store.cpp.
#include <algorithm>
#include <chrono>
#include <utility>

#include "tests/actors/runtime/memory_store.hpp"

namespace sluice::testing {

void MemoryDatabase::fail_opening(std::optional<Fault> fault) {
  const auto guard = enter();
  opening_fault_ = std::move(fault);
}

void MemoryDatabase::fail_reads(std::optional<Fault> fault) {
  const auto guard = enter();
  read_fault_ = std::move(fault);
}

void MemoryDatabase::fail_writes(std::optional<Fault> fault) {
  const auto guard = enter();
  write_fault_ = std::move(fault);
}

void MemoryDatabase::lose_answers(bool lose) {
  const auto guard = enter();
  lose_answers_ = lose;
}

void MemoryDatabase::hold_next_load() {
  const auto guard = enter();
  hold_next_load_ = true;
}

void MemoryDatabase::let_go_of_load() {
  const auto guard = enter();
  hold_next_load_ = false;
  load_held_ = false;
  changed_.notify_all();
}

void MemoryDatabase::hold_next_history() {
  const auto guard = enter();
  hold_next_history_ = true;
}

void MemoryDatabase::let_go_of_history() {
  const auto guard = enter();
  hold_next_history_ = false;
  history_held_ = false;
  changed_.notify_all();
}

void MemoryDatabase::hold_saves(bool hold) {
  const auto guard = enter();
  hold_saves_ = hold;
  changed_.notify_all();
}

void MemoryDatabase::put(TenantRecord record) {
  const auto guard = enter();
  tenants_[record.definition.id] = std::move(record);
}

void MemoryDatabase::damage(TenantId tenant) {
  const auto guard = enter();
  damaged_.push_back(tenant);
}

void MemoryDatabase::damage_definition(TenantId tenant) {
  damage(tenant);
  const auto guard = enter();
  damaged_definitions_.push_back(tenant);
}

std::optional<TenantRecord> MemoryDatabase::find(TenantId tenant) const {
  const auto guard = enter();
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? std::nullopt : std::optional{found->second};
}

Amount MemoryDatabase::used(TenantId tenant, LimitId limit) const {
  const TenantRecord record = find(tenant).value_or(TenantRecord{});
  const auto counter = std::ranges::find(record.counters, limit, &Counter::limit);
  return counter == record.counters.end() ? Amount{} : counter->used;
}

bool MemoryDatabase::wait_until(const std::function<bool()>& condition) const {
  auto guard = enter();
  return changed_.wait_for(guard, std::chrono::seconds{10}, condition);
}

void MemoryDatabase::take_over() {
  const auto guard = enter();
  epoch_ = Epoch{epoch_.raw() + 1};
}

Watermark MemoryDatabase::stored(ShardId shard) const {
  const auto guard = enter();
  return stored_[shard.raw()];
}

std::vector<UsageRow> MemoryDatabase::closed_usage() const {
  const auto guard = enter();
  return closed_usage_;
}

Result<Done> MemoryDatabase::write(Epoch epoch, const std::function<Result<Done>()>& change) {
  const auto guard = enter();
  if (write_fault_) {
    return *write_fault_;
  }
  if (epoch != epoch_) {
    return Fault{FaultCode::fenced, "a newer epoch exists"};
  }
  auto done = change();
  if (done.ok() && lose_answers_) {
    return Fault{FaultCode::outcome_unknown, "the connection broke"};
  }
  return done;
}

Result<Done> MemoryDatabase::write(const SharedDeed& deed,
                                   const std::function<Result<Done>()>& change) {
  return write(deed.epoch, [&] {
    auto changed = change();
    if (changed.ok()) {
      for (const AuditDraft& event : deed.audit) {
        audit_.append(event);
      }
      asked();
    }
    return changed;
  });
}
Result<Done> MemoryDatabase::write(const Deed& deed, const std::function<Result<Done>()>& change) {
  return write(deed.epoch, [&]() -> Result<Done> {
    auto changed = change();
    if (changed.ok()) {
      audit_.append(deed.audit);
      alerts_.raise(deed.alerts);
      asked();
    }
    if (changed.ok() && breaks_with_) {
      read_fault_ = std::exchange(breaks_with_, std::nullopt);
      return Fault{FaultCode::outcome_unknown, "the connection broke"};
    }
    return changed;
  });
}

void MemoryDatabase::forget_what_belongs_to(TenantId tenant) {
  members_.forget(tenant);
  customisations_.forget(tenant);
  alerts_.forget(tenant);
  sharing_.forget(tenant);
  keys_.uncover(tenant);
}

std::vector<Alert> MemoryDatabase::alerts() const {
  const auto guard = enter();
  return alerts_.all();
}

std::vector<AuditEvent> MemoryDatabase::audit(TenantId tenant) const {
  const auto guard = enter();
  return audit_.events(tenant);
}

}  // namespace sluice::testing
