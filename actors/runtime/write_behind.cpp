// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/write_behind.hpp"

#include <algorithm>
#include <utility>

#include "actors/runtime/save_parts.hpp"
#include "actors/tenant/invariant.hpp"

namespace sluice {

namespace {

/// A store that does not take so few does not work; and each flush has its own cost.
constexpr std::size_t flush_rows_min = 1'000;

/// Takes out what is of this tenant.
void forget(TenantId tenant, SaveBatch& batch) {
  const auto is_its = [tenant](const auto& row) { return row.tenant == tenant; };
  std::erase_if(batch.counters, is_its);
  std::erase_if(batch.open_usage, is_its);
  std::erase_if(batch.closed_usage, is_its);
  std::erase_if(batch.closed_windows, is_its);
  std::erase_if(batch.entries, is_its);
  std::erase_if(batch.forgotten, is_its);
  std::erase_if(batch.crossed, is_its);
  std::erase_if(batch.audit, [tenant](const AuditRow& row) { return row.what.tenant == tenant; });
  std::erase_if(batch.closed_shared,
                [tenant](const SharedHourRow& row) { return row.consumer == tenant; });
}

}  // namespace

WriteBehind::WriteBehind(TenantTable& table, const Bounds& bounds, Epoch epoch, ShardCount shards,
                         Recovered recovered)
    : table_(table),
      bounds_(bounds),
      shards_(shards),
      queue_(table),
      recovered_(std::move(recovered)),
      flush_rows_(bounds.flush_rows_max),
      flush_tenants_(bounds.flush_tenants_max),
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
  queue_.push(hosted);
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

void WriteBehind::crossed(std::span<const ThresholdCrossed> rows) {
  for (const ThresholdCrossed& row : rows) {
    history_lost_ += history_.add(row) ? 0U : 1U;
  }
}

void WriteBehind::closed(std::span<const SharedHourRow> rows) {
  for (const SharedHourRow& row : rows) {
    history_.add(row);
  }
}

// The journal had some of its state long before the commit that it will be in now, and a power cut
// may leave just that. A round that was to write what was recovered of it still does.
void WriteBehind::admitted(TenantId recovered) {
  recovered_.forget(recovered);
  queue_.hold_mark();
  round_end_ = queue_.end();
}

void WriteBehind::forget(TenantId tenant) {
  recovered_.forget(tenant);
  history_.forget(tenant);
  aside_.forget(tenant);
  if (!taken_) {
    sluice::forget(tenant, batch_);
  }
  for (SaveBatch& part : parts_) {
    sluice::forget(tenant, part);
  }
}

void WriteBehind::committed(Sequence sequence) {
  queue_.committed(sequence);
}

// --------------------------------------------------------------------------------------- gathering

void WriteBehind::begin(Extent extent) {
  SLUICE_INVARIANT(!under_way_ && flushing_.empty() && flushing_recovered_.empty());
  under_way_ = true;
  extent_ = extent;
  // As large as the last one: growing copies megabytes in one turn.
  batch_.counters.reserve(counters_in_last_);
  batch_.open_usage.reserve(usage_in_last_);
  batch_.entries.reserve(entries_in_last_);
  gather_recovered();
  // Looked at now: one that is loaded while this flush gathers leaves the count, but those that had
  // no place are not in it for that.
  recovered_left_ = flushing_recovered_.size() < recovered_.tenants();
  // What becomes dirty again meanwhile belongs to the next round.
  const std::uint64_t left = round_end_ > queue_.begin() ? round_end_ - queue_.begin() : 0;
  const std::size_t room =
      is_looking_for_one() ? flush_tenants_ - flushing_recovered_.size() : flush_tenants_;
  to_gather_ = extent == Extent::everything ? queue_.size() : std::min<std::uint64_t>(left, room);
}

bool WriteBehind::round_over() const {
  const auto is_recovered = [this](TenantId tenant) { return recovered_.find(tenant) != nullptr; };
  return queue_.begin() >= round_end_ && recovered_.tenants() == aside_.count(is_recovered);
}

// One that was refused is alone in its flush, so that it takes nobody with it.
WriteBehind::Turn WriteBehind::turn_of(TenantId tenant) const {
  if (extent_ == Extent::everything) {
    return Turn::take;
  }
  const bool has_one_alone = tenants_in_flush() == 1 &&
                             aside_.contains(flushing_.empty() ? flushing_recovered_.front()
                                                               : flushing_.front()->tenant.id());
  if (has_one_alone || has_enough_rows()) {
    return Turn::stop;
  }
  if (!aside_.contains(tenant)) {
    return Turn::take;
  }
  return aside_.holds(tenant) ? Turn::pass_over : tenants_in_flush() == 0 ? Turn::take : Turn::stop;
}

bool WriteBehind::has_enough_rows() const noexcept {
  return extent_ == Extent::round && batch_.rows() >= flush_rows_;
}

void WriteBehind::gather_recovered() {
  const std::size_t most = extent_ == Extent::everything ? recovered_.tenants() : flush_tenants_;
  for (const auto* next = recovered_.next(std::nullopt);
       next != nullptr && flushing_recovered_.size() < most; next = recovered_.next(next->first)) {
    const Turn turn = turn_of(next->first);
    if (turn == Turn::stop) {
      return;
    }
    if (turn == Turn::take) {
      state_ = next->second;  // It stays there until it is saved.
      put_into_batch(next->first, state_);
      flushing_recovered_.push_back(next->first);
    }
  }
}

bool WriteBehind::gather(std::size_t tenants, const Now& now) {
  SLUICE_INVARIANT(under_way_);
  for (; tenants > 0 && to_gather_ > 0; --tenants) {
    to_gather_ = gather_next(now) ? to_gather_ - 1 : 0;  // The round goes on with another flush.
  }
  return to_gather_ == 0;
}

bool WriteBehind::gather_next(const Now& now) {
  HostedTenant& hosted = queue_.front();
  if (hosted.removed) {
    settle(queue_.pop());
    return true;
  }
  switch (turn_of(hosted.tenant.id())) {
    case Turn::stop:
      return false;
    case Turn::pass_over:
      queue_.push(queue_.pop());
      queue_.hold_mark();
      return true;
    case Turn::take:
      break;
  }
  queue_.pop();
  hosted.flushing = true;
  flushing_.push_back(&hosted);
  state_.clear();
  hosted.tenant.take_unsaved(now, state_);
  put_into_batch(hosted.tenant.id(), state_);
  return true;
}

void WriteBehind::put_into_batch(TenantId tenant, TenantState& state) {
  mark_shard_of(tenant);
  for (const Counter& counter : state.counters) {
    batch_.counters.push_back({tenant, counter});
  }
  for (const UsageBucket& bucket : state.open_usage) {
    batch_.open_usage.push_back({tenant, bucket});
  }
  for (Entry& entry : state.entries) {
    batch_.entries.push_back({tenant, std::move(entry)});
  }
  for (const EntryId forgotten : state.forgotten) {
    batch_.forgotten.push_back({tenant, forgotten});
  }
  history_.hand_over(tenant, batch_);
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

// ------------------------------------------------------------------------------------------ saving

SaveBatch WriteBehind::take_batch() {
  SLUICE_INVARIANT(under_way_ && to_gather_ == 0);
  if (!taken_) {
    taken_ = true;
    cut_into_parts();
  }
  SaveBatch part = std::move(parts_.front());
  parts_.pop_front();
  rows_with_store_ = part.rows();
  return part;
}

void WriteBehind::cut_into_parts() {
  counters_in_last_ = batch_.counters.size();
  usage_in_last_ = batch_.open_usage.size();
  entries_in_last_ = batch_.entries.size();
  batch_.through = through_ = mark_of_flush();
  take_shards();
  const Epoch epoch = batch_.epoch;
  SaveBatch whole = std::exchange(batch_, SaveBatch{.epoch = epoch});
  // Less than twice as many: half of what failed must be cut.
  if (whole.rows() <= flush_rows_ + flush_rows_ / 2) {
    parts_.push_back(std::move(whole));
  } else if (extent_ == Extent::everything) {
    parts_ = cut_by_shards(std::move(whole), flush_rows_, shards_);
  } else {
    parts_ = cut_by_rows(std::move(whole), flush_rows_, saved_through_);
  }
}

// Nothing new can be said while something of an earlier time is neither saved nor in this flush.
// What was true before is said again, be it zero: with that alone the store knows that this epoch
// has written, and journals of earlier ones, which may lie with another server, count no more.
Sequence WriteBehind::mark_of_flush() {
  const std::optional<Sequence> mark = queue_.mark();
  return recovered_left_ ? saved_through_ : std::max(mark.value_or(Sequence{}), saved_through_);
}

bool WriteBehind::saved(std::size_t tenants, const Activations& loading) {
  SLUICE_INVARIANT(under_way_ && to_gather_ == 0 && parts_.empty());
  for (; tenants > 0 && settled_ < flushing_.size(); --tenants, ++settled_) {
    HostedTenant& hosted = *flushing_[settled_];
    hosted.flushing = false;
    history_.saved(hosted.tenant.id());
    aside_.forget(hosted.tenant.id());
    if (!hosted.dirty) {
      settle(hosted);
    }
  }
  if (settled_ < flushing_.size()) {
    return false;
  }
  for (const TenantId tenant : flushing_recovered_) {
    history_.saved(tenant);
    aside_.forget(tenant);
    if (!loading.expects(tenant)) {
      recovered_.forget(tenant);
    }
  }
  saved_through_ = std::max(saved_through_, through_.value_or(Sequence{}));
  grow();
  end_flush();
  return true;
}

void WriteBehind::grow() {
  flush_rows_ = std::min(2 * flush_rows_, bounds_.flush_rows_max);
  if (queue_.begin() >= looks_until_) {
    flush_tenants_ = bounds_.flush_tenants_max;
  }
}

void WriteBehind::failed() {
  flush_rows_ = std::clamp(rows_with_store_ / 2, std::min(flush_rows_min, bounds_.flush_rows_max),
                           bounds_.flush_rows_max);
  taken_back();
}

void WriteBehind::taken_back() {
  take_all_back();
  for (HostedTenant* hosted : flushing_) {
    if (!hosted->dirty) {
      queue_.push(*hosted);
    }
  }
  queue_.hold_mark();
  end_flush();
}

// To the front of the queue, so that both halves of them are next.
std::optional<WriteBehind::Refused> WriteBehind::refused(const Fault& fault) {
  SLUICE_INVARIANT(extent_ == Extent::round);
  const std::size_t tenants = tenants_in_flush();
  if (tenants == 1) {
    const TenantId tenant =
        flushing_.empty() ? flushing_recovered_.front() : flushing_.front()->tenant.id();
    taken_back();
    const bool is_there = table_.find(tenant) != nullptr || recovered_.find(tenant) != nullptr;
    return Refused{tenant, is_there && aside_.refuse(tenant, fault)};
  }
  take_all_back();
  for (auto hosted = flushing_.rbegin(); hosted != flushing_.rend(); ++hosted) {
    if (!(*hosted)->dirty) {
      queue_.put_back(**hosted);
    }
  }
  queue_.hold_mark();
  flush_tenants_ = std::max<std::size_t>(1, tenants / 2);
  looks_until_ = queue_.end();
  end_flush();
  return std::nullopt;
}

void WriteBehind::take_all_back() {
  SLUICE_INVARIANT(under_way_);
  for (HostedTenant* hosted : flushing_) {
    hosted->flushing = false;
    history_.failed(hosted->tenant.id());
    hosted->tenant.mark_unsaved();
  }
  for (const TenantId tenant : flushing_recovered_) {
    history_.failed(tenant);
  }
}

void WriteBehind::end_flush() {
  flushing_.clear();
  to_gather_ = 0;
  settled_ = 0;
  flushing_recovered_.clear();
  shard_in_batch_.assign(shards_.raw(), false);
  batch_ = SaveBatch{.epoch = batch_.epoch};
  parts_.clear();
  through_.reset();
  under_way_ = false;
  taken_ = false;
}

void WriteBehind::settle(HostedTenant& hosted) {
  --unsaved_;
  if (hosted.removed) {
    aside_.forget(hosted.tenant.id());
    table_.release(hosted);
  }
}

}  // namespace sluice
