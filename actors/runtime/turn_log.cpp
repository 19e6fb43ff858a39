// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/turn_log.hpp"

#include "actors/tenant/entry_bytes.hpp"

namespace sluice {

namespace {

// What a record takes at the most; the journal's own numbers are below these.
constexpr std::size_t bytes_of_head = 64;
constexpr std::size_t bytes_of_limit = 48;
constexpr std::size_t bytes_of_meter = 48;
constexpr std::size_t bytes_of_row = 128;
/// A part of a bucket.
constexpr std::size_t bytes_of_value = 176;
constexpr std::size_t bytes_of_audit = 4096;
constexpr std::size_t bytes_of_crossing = 56;
constexpr std::size_t bytes_of_entry = bytes_of_head + entry_bytes_max;

std::size_t bytes_of(const Plan& plan) {
  return bytes_of_head + plan.planned().size() * bytes_of_limit +
         plan.meters().size() * bytes_of_meter;
}
constexpr std::size_t bytes_of_use = bytes_of_head + shared_entry_bytes_max;

/// What one check may come to, besides the entries that it ends and makes: all limits and meters of
/// its tenant, every threshold there is, and hours of grants that are gone.
constexpr std::size_t bytes_besides_entries =
    bytes_of_head + limits_per_tenant_max * (bytes_of_limit + bytes_of_meter) + bytes_of_head +
    crossings_per_decision_max * bytes_of_crossing + Tenant::ended_shares_at_once * bytes_of_row;
/// An entry, which may have been reserved under a grant of its own.
constexpr std::size_t bytes_with_use = bytes_of_entry + bytes_of_use + bytes_of_row;
constexpr std::size_t bytes_of_counters =
    limits_per_label_max * (bytes_of_head + counting_entry_bytes_max);
// One check can end what is overdue, and answer.
static_assert(bytes_besides_entries + (Tenant::overdue_at_once + 1) * bytes_with_use <=
              change_bytes_max);
static_assert(bytes_besides_entries +
                  (Tenant::labelled_overdue_at_once + 1) * (bytes_with_use + bytes_of_counters) <=
              change_bytes_max);

/// What one check may come to beside that where history is by labels: all parts are closed, and it
/// begins others, as does all that it ends.
constexpr std::size_t bytes_of_values =
    (UsageValues::parts_max + (Tenant::overdue_at_once + 1) * history_labels_max) * bytes_of_value;

}  // namespace

void TurnLog::changed(HostedTenant& hosted) {
  if (!hosted.in_turn) {
    hosted.in_turn = true;
    changed_.push_back(&hosted);
    reserved_ += bytes_of(hosted.tenant.plan());
  }
}

// The rest is rare, and goes to the journal's memory at once.

void TurnLog::closed(const UsageRow& row) {
  journal_.add({.tenant = row.tenant,
                .shard = shard_of(row.tenant, shards_),
                .closed_usage = {&row.bucket, 1}});
  reserved_ += row.bucket.part.is_whole() ? bytes_of_row : bytes_of_value;
}

void TurnLog::closed(const WindowRow& row) {
  journal_.add({.tenant = row.tenant,
                .shard = shard_of(row.tenant, shards_),
                .closed_windows = {&row.window, 1}});
  reserved_ += bytes_of_row;
}

void TurnLog::closed(const SharedHourRow& row) {
  journal_.add({.tenant = row.consumer,
                .shard = shard_of(row.consumer, shards_),
                .closed_shared = {&row, 1}});
  reserved_ += bytes_of_row;
}

void TurnLog::expect_uses(std::uint32_t counts) noexcept {
  reserved_ += counts * bytes_of_use;
}

void TurnLog::keep_room_for_values() noexcept {
  kept_for_values_ = bytes_of_values;
}

void TurnLog::expect_values(std::uint32_t parts) noexcept {
  reserved_ += parts * bytes_of_value;
}

// One by one: a tenant may have more of them than a change holds.
void TurnLog::add_values(HostedTenant& hosted) {
  state_.open_usage.clear();
  hosted.tenant.take_unjournalled_values(state_.open_usage);
  for (const UsageBucket& part : state_.open_usage) {
    journal_.add({.tenant = hosted.tenant.id(),
                  .shard = shard_of(hosted.tenant.id(), shards_),
                  .open_usage = {&part, 1}});
  }
}

void TurnLog::add_uses(HostedTenant& hosted) {
  if (hosted.tenant.shares() == nullptr) [[likely]] {
    return;
  }
  const TenantId tenant = hosted.tenant.id();
  hosted.tenant.take_unjournalled_uses(use_, [&](const Entry& entry) {
    journal_.add({.tenant = tenant, .shard = shard_of(tenant, shards_), .entries = {&entry, 1}});
  });
}

void TurnLog::audited(const AuditRow& row) {
  const TenantId tenant = row.what.tenant;
  journal_.add({.tenant = tenant, .shard = shard_of(tenant, shards_), .audit = {&row, 1}});
  reserved_ += bytes_of_audit;
}

void TurnLog::crossed(std::span<const ThresholdCrossed> rows) {
  const TenantId tenant = rows.front().tenant;
  journal_.add({.tenant = tenant, .shard = shard_of(tenant, shards_), .crossed = rows});
  reserved_ += bytes_of_head + rows.size() * bytes_of_crossing;
}

void TurnLog::entries(TenantId tenant, std::span<const Entry* const> entries) {
  const ShardId shard = shard_of(tenant, shards_);
  for (const Entry* const entry : entries) {
    journal_.add({.tenant = tenant, .shard = shard, .entries = {entry, 1}});
  }
  reserved_ += entries.size() * bytes_of_entry;
}

void TurnLog::removed(TenantId tenant) {
  journal_.add({.tenant = tenant, .shard = shard_of(tenant, shards_), .removed = true});
  reserved_ += bytes_of_row;
}

void TurnLog::carry(TenantId tenant, const TenantState& state) {
  journal_.add({.tenant = tenant,
                .shard = shard_of(tenant, shards_),
                .counters = state.counters,
                .open_usage = state.open_usage});
  reserved_ += bytes_of_head + state.counters.size() * bytes_of_limit;
  for (const UsageBucket& bucket : state.open_usage) {
    reserved_ += bucket.part.is_whole() ? bytes_of_meter : bytes_of_value;
  }
}

Result<Sequence> TurnLog::commit(const Now& now) {
  for (HostedTenant* hosted : changed_) {
    hosted->in_turn = false;
    if (hosted->removed) {
      continue;  // Its end is in the journal, and nothing may come after that.
    }
    state_.clear();
    hosted->tenant.take_unjournalled(now, state_);
    journal_.add({.tenant = hosted->tenant.id(),
                  .shard = shard_of(hosted->tenant.id(), shards_),
                  .counters = state_.counters,
                  .open_usage = state_.open_usage});
    add_uses(*hosted);
    add_values(*hosted);
  }
  changed_.clear();
  reserved_ = 0;
  auto committed = journal_.commit();
  room_ = journal_.room();
  return committed;
}

}  // namespace sluice
