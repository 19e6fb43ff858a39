// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/write_behind.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice {

namespace {
/// With so many rows of history a flush takes no further tenant: no transaction becomes long.
constexpr std::size_t history_rows_per_flush = 50'000;
}  // namespace

WriteBehind::WriteBehind(TenantTable& table, const Bounds& bounds, Epoch epoch, ShardCount shards,
                         Recovered recovered)
    : table_(table),
      bounds_(bounds),
      shards_(shards),
      recovered_(std::move(recovered)),
      shard_in_batch_(shards.raw()) {
  flushing_.reserve(bounds_.flush_tenants_max);
  batch_.epoch = epoch;
  history_ = recovered_.take_history();
}

void WriteBehind::changed(HostedTenant& hosted) {
  if (hosted.dirty) {
    return;
  }
  unsaved_ += hosted.clean() ? 1U : 0U;
  enqueue(hosted);
}

void WriteBehind::closed(std::span<const UsageRow> rows) {
  for (const UsageRow& row : rows) {
    history_.add(row);
  }
}

void WriteBehind::closed(std::span<const WindowRow> rows) {
  if (history_full()) {
    history_lost_ += rows.size();
    return;
  }
  for (const WindowRow& row : rows) {
    history_.add(row);
  }
}

void WriteBehind::audited(std::span<const AuditRow> rows) {
  for (const AuditRow& row : rows) {
    history_.add(row);
  }
}

// The journal had some of its state long before the commit that it will be in now, and a power cut
// may leave just that.
void WriteBehind::admitted(TenantId recovered) {
  recovered_.forget(recovered);
  hold_mark_until_ = enqueued_;
}

void WriteBehind::forget(TenantId tenant) {
  recovered_.forget(tenant);
  history_.forget(tenant);
  if (!taken_) {
    const auto is_its = [tenant](const auto& row) { return row.tenant == tenant; };
    std::erase_if(batch_.counters, is_its);
    std::erase_if(batch_.open_usage, is_its);
    std::erase_if(batch_.closed_usage, is_its);
    std::erase_if(batch_.closed_windows, is_its);
    std::erase_if(batch_.entries, is_its);
    std::erase_if(batch_.forgotten, is_its);
    std::erase_if(batch_.audit,
                  [tenant](const AuditRow& row) { return row.what.tenant == tenant; });
  }
}

void WriteBehind::committed(Sequence sequence) {
  const std::uint64_t marked = marks_.empty() ? dequeued_ : marks_.back().position;
  if (enqueued_ > marked) {
    marks_.push_back({sequence, enqueued_});
  }
  committed_ = sequence;
}

void WriteBehind::begin(Extent extent) {
  SLUICE_INVARIANT(!under_way_ && flushing_.empty() && flushing_recovered_.empty());
  under_way_ = true;
  extent_ = extent;
  // As large as the last one: growing copies megabytes in one turn.
  batch_.counters.reserve(counters_in_last_);
  batch_.open_usage.reserve(usage_in_last_);
  // What becomes dirty again meanwhile belongs to the next round.
  const std::uint64_t left = round_end_ > dequeued_ ? round_end_ - dequeued_ : 0;
  to_gather_ = extent == Extent::everything
                   ? queued_
                   : std::min<std::uint64_t>(left, bounds_.flush_tenants_max);
  gather_recovered();
  // Looked at now: one that is loaded while this flush gathers leaves the count, but those that had
  // no place are not in it for that.
  recovered_left_ = flushing_recovered_.size() < recovered_.tenants();
}

void WriteBehind::mark_shard_of(TenantId tenant) {
  shard_in_batch_[shard_of(tenant, shards_).raw()] = true;
}

void WriteBehind::take_shards() {
  for (std::uint16_t shard = 0; shard < shards_.raw(); ++shard) {
    if (shard_in_batch_[shard]) {
      batch_.shards.push_back(ShardId{shard});
      shard_in_batch_[shard] = false;
    }
  }
}

void WriteBehind::put_into_batch(TenantId tenant, const TenantState& state) {
  mark_shard_of(tenant);
  for (const Counter& counter : state.counters) {
    batch_.counters.push_back({tenant, counter});
  }
  for (const UsageBucket& bucket : state.open_usage) {
    batch_.open_usage.push_back({tenant, bucket});
  }
  for (const Entry& entry : state.entries) {
    batch_.entries.push_back({tenant, entry});
  }
  for (const EntryId forgotten : state.forgotten) {
    batch_.forgotten.push_back({tenant, forgotten});
  }
  history_.hand_over(tenant, batch_);
}

bool WriteBehind::has_enough_history() const noexcept {
  return extent_ == Extent::round &&
         batch_.closed_usage.size() + batch_.closed_windows.size() >= history_rows_per_flush;
}

void WriteBehind::gather_recovered() {
  const auto* next = recovered_.next(std::nullopt);
  const std::size_t most =
      extent_ == Extent::everything ? recovered_.tenants() : bounds_.flush_tenants_max;
  while (next != nullptr && flushing_recovered_.size() < most && !has_enough_history()) {
    flushing_recovered_.push_back(next->first);
    put_into_batch(next->first, next->second);
    next = recovered_.next(next->first);
  }
}

bool WriteBehind::gather(std::size_t tenants, const Now& now) {
  SLUICE_INVARIANT(under_way_);
  for (; tenants > 0 && to_gather_ > 0; --tenants, --to_gather_) {
    if (has_enough_history()) {
      to_gather_ = 0;  // The round goes on with another flush.
      break;
    }
    HostedTenant& hosted = dequeue();
    if (hosted.removed) {
      settle(hosted);
      continue;
    }
    hosted.flushing = true;
    flushing_.push_back(&hosted);
    state_.clear();
    hosted.tenant.take_unsaved(now, state_);
    put_into_batch(hosted.tenant.id(), state_);
  }
  return to_gather_ == 0;
}

SaveBatch WriteBehind::take_batch() {
  SLUICE_INVARIANT(under_way_ && to_gather_ == 0);
  while (!marks_.empty() && marks_.front().position <= dequeued_) {
    marks_.pop_front();
  }
  taken_ = true;
  counters_in_last_ = batch_.counters.size();
  usage_in_last_ = batch_.open_usage.size();
  batch_.through = mark_of_flush();
  take_shards();
  SaveBatch taken = std::exchange(batch_, SaveBatch{});
  batch_.epoch = taken.epoch;
  // Kept, to know what `saved` speaks of.
  batch_.through = taken.through;
  return taken;
}

// Nothing new can be said while something of an earlier time is neither saved nor in this flush.
// What was true before is said again, be it zero: with that alone the store knows that this epoch
// has written, and journals of earlier ones, which may lie with another server, count no more.
Sequence WriteBehind::mark_of_flush() const {
  if (dequeued_ < hold_mark_until_ || recovered_left_) {
    return saved_through_;
  }
  if (marks_.empty()) {
    return std::max(committed_, saved_through_);
  }
  // A tenant that was only refused has an older mark, which may even be from before all commits.
  const std::uint64_t unsaved_from = std::max<std::uint64_t>(marks_.front().sequence.raw(), 1);
  return std::max(Sequence{unsaved_from - 1}, saved_through_);
}

bool WriteBehind::saved(std::size_t tenants, const Activations& loading) {
  SLUICE_INVARIANT(under_way_ && to_gather_ == 0);
  for (; tenants > 0 && settled_ < flushing_.size(); --tenants, ++settled_) {
    HostedTenant& hosted = *flushing_[settled_];
    hosted.flushing = false;
    history_.saved(hosted.tenant.id());
    if (!hosted.dirty) {
      settle(hosted);
    }
  }
  if (settled_ < flushing_.size()) {
    return false;
  }
  for (const TenantId tenant : flushing_recovered_) {
    history_.saved(tenant);
    if (!loading.expects(tenant)) {
      recovered_.forget(tenant);
    }
  }
  if (batch_.through) {
    saved_through_ = std::max(saved_through_, *batch_.through);
  }
  end_flush();
  return true;
}

void WriteBehind::failed() {
  SLUICE_INVARIANT(under_way_);
  for (HostedTenant* hosted : flushing_) {
    hosted->flushing = false;
    history_.failed(hosted->tenant.id());
    hosted->tenant.mark_unsaved();
    if (!hosted->dirty) {
      enqueue(*hosted);
    }
  }
  for (const TenantId tenant : flushing_recovered_) {
    history_.failed(tenant);
  }
  hold_mark_until_ = enqueued_;
  end_flush();
}

void WriteBehind::end_flush() {
  flushing_.clear();
  to_gather_ = 0;
  settled_ = 0;
  flushing_recovered_.clear();
  batch_ = SaveBatch{.epoch = batch_.epoch};
  under_way_ = false;
  taken_ = false;
}

void WriteBehind::enqueue(HostedTenant& hosted) {
  hosted.dirty = true;
  hosted.next_dirty = no_place;
  (queued_ == 0 ? first_dirty_ : table_.at(last_dirty_).next_dirty) = hosted.place;
  last_dirty_ = hosted.place;
  ++queued_;
  ++enqueued_;
}

HostedTenant& WriteBehind::dequeue() {
  SLUICE_INVARIANT(queued_ > 0);
  HostedTenant& hosted = table_.at(first_dirty_);
  first_dirty_ = hosted.next_dirty;
  hosted.dirty = false;
  --queued_;
  ++dequeued_;
  return hosted;
}

void WriteBehind::settle(HostedTenant& hosted) {
  --unsaved_;
  if (hosted.removed) {
    table_.release(hosted);
  }
}

}  // namespace sluice
