// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/write_behind.hpp"

#include <algorithm>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice {

namespace {
/// Rows of history in one flush, so that no transaction becomes long.
constexpr std::size_t history_rows_per_flush_max = 50'000;

template <class Row>
void take_some(const std::deque<Row>& from, std::size_t count, std::vector<Row>& to) {
  to.assign(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(std::min(count, from.size())));
}

template <class Row>
void drop_first(std::deque<Row>& rows, std::size_t count) {
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count));
}

/// Among the rows from `first` to `last`.
template <class Row>
void drop_rows_of(std::span<const TenantId> tenants, std::deque<Row>& rows, std::size_t first,
                  std::size_t last) {
  const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(last);
  const auto is_theirs = [tenants](const Row& row) {
    return std::ranges::find(tenants, row.tenant) != tenants.end();
  };
  rows.erase(std::remove_if(begin, end, is_theirs), end);
}
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
  const auto usage = recovered_.take_closed_usage();
  const auto windows = recovered_.take_closed_windows();
  closed_usage_.assign(usage.begin(), usage.end());
  closed_windows_.assign(windows.begin(), windows.end());
}

void WriteBehind::changed(HostedTenant& hosted) {
  if (hosted.dirty) {
    return;
  }
  unsaved_ += hosted.clean() ? 1U : 0U;
  enqueue(hosted);
}

void WriteBehind::closed(std::span<const UsageRow> rows) {
  closed_usage_.insert(closed_usage_.end(), rows.begin(), rows.end());
}

void WriteBehind::closed(std::span<const WindowRow> rows) {
  if (history_full()) {
    history_lost_ += rows.size();
    return;
  }
  closed_windows_.insert(closed_windows_.end(), rows.begin(), rows.end());
}

// The journal had some of its state long before the commit that it will be in now, and a power cut
// may leave just that.
void WriteBehind::admitted(TenantId recovered) {
  recovered_.forget(recovered);
  hold_mark_until_ = enqueued_;
}

void WriteBehind::forget(TenantId tenant) {
  recovered_.forget(tenant);
  if (taken_) {
    forgotten_.push_back(tenant);
  } else {
    const auto is_its = [tenant](const auto& row) { return row.tenant == tenant; };
    std::erase_if(batch_.counters, is_its);
    std::erase_if(batch_.open_usage, is_its);
    std::erase_if(batch_.closed_usage, is_its);
    std::erase_if(batch_.closed_windows, is_its);
    std::erase_if(batch_.entries, is_its);
    std::erase_if(batch_.forgotten, is_its);
  }
  const std::size_t usage_taken = taken_ ? batch_.closed_usage.size() : 0;
  const std::size_t windows_taken = taken_ ? batch_.closed_windows.size() : 0;
  drop_rows_of({&tenant, 1}, closed_usage_, usage_taken, closed_usage_.size());
  drop_rows_of({&tenant, 1}, closed_windows_, windows_taken, closed_windows_.size());
}

void WriteBehind::committed(Sequence sequence) {
  const std::uint64_t marked = marks_.empty() ? dequeued_ : marks_.back().position;
  if (enqueued_ > marked) {
    marks_.push_back({sequence, enqueued_});
  }
  committed_ = sequence;
}

void WriteBehind::begin() {
  SLUICE_INVARIANT(!under_way_ && flushing_.empty() && flushing_recovered_.empty());
  under_way_ = true;
  // As large as the last one: growing copies megabytes in one turn.
  batch_.counters.reserve(counters_in_last_);
  batch_.open_usage.reserve(usage_in_last_);
  gather_history();
  const bool history_first = batch_.closed_usage.size() < closed_usage_.size() ||
                             batch_.closed_windows.size() < closed_windows_.size();
  // What becomes dirty again meanwhile belongs to the next round.
  const std::uint64_t left = round_end_ > dequeued_ ? round_end_ - dequeued_ : 0;
  to_gather_ = history_first ? 0 : std::min<std::uint64_t>(left, bounds_.flush_tenants_max);
  if (!history_first) {
    gather_recovered();
  }
  // Looked at now: one that is loaded while this flush gathers leaves the count, but those that had
  // no place are not in it for that.
  recovered_left_ = flushing_recovered_.size() < recovered_.tenants();
}

void WriteBehind::gather_history() {
  take_some(closed_usage_, history_rows_per_flush_max, batch_.closed_usage);
  take_some(closed_windows_, history_rows_per_flush_max, batch_.closed_windows);
  for (const UsageRow& row : batch_.closed_usage) {
    mark_shard_of(row.tenant);
  }
  for (const WindowRow& row : batch_.closed_windows) {
    mark_shard_of(row.tenant);
  }
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

void WriteBehind::gather_recovered() {
  recovered_.first(bounds_.flush_tenants_max, [&](TenantId tenant, const TenantState& state) {
    flushing_recovered_.push_back(tenant);
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
  });
}

bool WriteBehind::gather(std::size_t tenants, const Now& now) {
  SLUICE_INVARIANT(under_way_);
  for (; tenants > 0 && to_gather_ > 0; --tenants, --to_gather_) {
    HostedTenant& hosted = dequeue();
    if (hosted.removed) {
      settle(hosted);
      continue;
    }
    hosted.flushing = true;
    flushing_.push_back(&hosted);
    state_.clear();
    hosted.tenant.take_unsaved(now, state_);
    const TenantId tenant = hosted.tenant.id();
    mark_shard_of(tenant);
    for (const Counter& counter : state_.counters) {
      batch_.counters.push_back({tenant, counter});
    }
    for (const UsageBucket& bucket : state_.open_usage) {
      batch_.open_usage.push_back({tenant, bucket});
    }
    for (Entry& entry : state_.entries) {
      batch_.entries.push_back({tenant, std::move(entry)});
    }
    for (const EntryId forgotten : state_.forgotten) {
      batch_.forgotten.push_back({tenant, forgotten});
    }
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
  batch_.closed_usage.resize(taken.closed_usage.size());
  batch_.closed_windows.resize(taken.closed_windows.size());
  return taken;
}

// Nothing new can be said while something of an earlier time is neither saved nor in this flush.
// What was true before is said again, be it zero: with that alone the store knows that this epoch
// has written, and journals of earlier ones, which may lie with another server, count no more.
Sequence WriteBehind::mark_of_flush() const {
  const bool all_of_before = dequeued_ >= hold_mark_until_ && !recovered_left_ &&
                             batch_.closed_usage.size() == closed_usage_.size() &&
                             batch_.closed_windows.size() == closed_windows_.size();
  if (!all_of_before) {
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
    if (!hosted.dirty) {
      settle(hosted);
    }
  }
  if (settled_ < flushing_.size()) {
    return false;
  }
  for (const TenantId tenant : flushing_recovered_) {
    if (!loading.expects(tenant)) {
      recovered_.forget(tenant);
    }
  }
  drop_first(closed_usage_, batch_.closed_usage.size());
  drop_first(closed_windows_, batch_.closed_windows.size());
  if (batch_.through) {
    saved_through_ = std::max(saved_through_, *batch_.through);
  }
  end_flush();
  return true;
}

void WriteBehind::failed() {
  SLUICE_INVARIANT(under_way_ && to_gather_ == 0);
  for (HostedTenant* hosted : flushing_) {
    hosted->flushing = false;
    hosted->tenant.mark_unsaved();
    if (!hosted->dirty) {
      enqueue(*hosted);
    }
  }
  hold_mark_until_ = enqueued_;
  // Those that this flush had; what came later is of another tenant with the same id.
  drop_rows_of(forgotten_, closed_usage_, 0, batch_.closed_usage.size());
  drop_rows_of(forgotten_, closed_windows_, 0, batch_.closed_windows.size());
  end_flush();
}

void WriteBehind::end_flush() {
  flushing_.clear();
  settled_ = 0;
  flushing_recovered_.clear();
  forgotten_.clear();
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
