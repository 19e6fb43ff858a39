// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/save_parts.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

namespace sluice {

namespace {

template <class Row>
TenantId tenant_of(const Row& row) {
  return row.tenant;
}
TenantId tenant_of(const AuditRow& row) {
  return row.what.tenant;
}
TenantId tenant_of(const SharedHourRow& row) {
  return row.consumer;
}

/// Calls `visit` with each table of a batch.
template <class Visit>
void each_table(Visit&& visit) {
  visit(&SaveBatch::closed_usage);
  visit(&SaveBatch::closed_windows);
  visit(&SaveBatch::audit);
  visit(&SaveBatch::closed_shared);
  visit(&SaveBatch::entries);
  visit(&SaveBatch::counters);
  visit(&SaveBatch::open_usage);
  visit(&SaveBatch::crossed);
  visit(&SaveBatch::forgotten);
}

/// Its numbers fit those of a counter.
bool goes_with_counters(const EntryRow& row) {
  return row.entry.state == EntryState::granted || row.entry.state == EntryState::shared;
}

class RowCutter {
public:
  RowCutter(SaveBatch whole, std::size_t rows_max, Sequence through)
      : whole_(std::move(whole)), rows_max_(rows_max), through_(through) {}

  std::deque<SaveBatch> cut() {
    SaveBatch state = take_state();
    cut(whole_.closed_usage, &SaveBatch::closed_usage);
    cut(whole_.open_usage, &SaveBatch::open_usage);
    cut(whole_.closed_windows, &SaveBatch::closed_windows);
    cut(whole_.audit, &SaveBatch::audit);  // Those that are too many to go with the state.
    cut(whole_.closed_shared, &SaveBatch::closed_shared);
    cut(whole_.entries, &SaveBatch::entries);
    cut(whole_.forgotten, &SaveBatch::forgotten);  // As with events.
    put(std::move(state));
    parts_.back().through = whole_.through;
    return std::move(parts_);
  }

private:
  SaveBatch take_state() {
    SaveBatch state;
    const auto with_counters =
        std::stable_partition(whole_.entries.begin(), whole_.entries.end(),
                              [](const EntryRow& row) { return !goes_with_counters(row); });
    std::move(with_counters, whole_.entries.end(), std::back_inserter(state.entries));
    whole_.entries.erase(with_counters, whole_.entries.end());
    state.counters = std::move(whole_.counters);
    state.crossed = std::move(whole_.crossed);
    if (whole_.audit.size() <= rows_max_) {
      state.audit = std::exchange(whole_.audit, {});
    }
    if (whole_.forgotten.size() <= rows_max_) {
      state.forgotten = std::exchange(whole_.forgotten, {});
    }
    return state;
  }
  /// In one part, whatever its size.
  void put(SaveBatch state) {
    SaveBatch& part = part_for(state.rows());
    std::ranges::move(state.entries, std::back_inserter(part.entries));
    part.counters = std::move(state.counters);
    part.crossed = std::move(state.crossed);
    std::ranges::move(state.audit, std::back_inserter(part.audit));
    std::ranges::move(state.forgotten, std::back_inserter(part.forgotten));
  }
  template <class Row>
  void cut(std::vector<Row>& rows, std::vector<Row> SaveBatch::*table) {
    for (std::span<Row> rest{rows}; !rest.empty();) {
      SaveBatch& part = part_for(1);
      const std::size_t count = std::min(rest.size(), rows_max_ - part.rows());
      std::ranges::move(rest.first(count), std::back_inserter(part.*table));
      rest = rest.subspan(count);
    }
  }
  /// The last part if it has room for so many rows more.
  SaveBatch& part_for(std::size_t rows) {
    if (parts_.empty() || parts_.back().rows() + rows > rows_max_) {
      parts_.push_back({.epoch = whole_.epoch, .through = through_, .shards = whole_.shards});
    }
    return parts_.back();
  }

  SaveBatch whole_;
  std::size_t rows_max_;
  Sequence through_;
  std::deque<SaveBatch> parts_;
};

}  // namespace

std::deque<SaveBatch> cut_by_rows(SaveBatch whole, std::size_t rows_max, Sequence through) {
  return RowCutter{std::move(whole), rows_max, through}.cut();
}

std::deque<SaveBatch> cut_by_shards(SaveBatch whole, std::size_t rows_max, ShardCount shards) {
  std::vector<std::size_t> rows(shards.raw());
  each_table([&](auto table) {
    for (const auto& row : whole.*table) {
      ++rows[shard_of(tenant_of(row), shards).raw()];
    }
  });
  std::deque<SaveBatch> parts;
  std::vector<std::size_t> part_of(shards.raw());
  std::size_t rows_in_part = 0;
  for (const ShardId shard : whole.shards) {
    if (parts.empty() || rows_in_part + rows[shard.raw()] > rows_max) {
      parts.push_back({.epoch = whole.epoch, .through = whole.through});
      rows_in_part = 0;
    }
    parts.back().shards.push_back(shard);
    part_of[shard.raw()] = parts.size() - 1;
    rows_in_part += rows[shard.raw()];
  }
  each_table([&](auto table) {
    for (auto& row : whole.*table) {
      const std::size_t part = part_of[shard_of(tenant_of(row), shards).raw()];
      (parts[part].*table).push_back(std::move(row));
    }
  });
  return parts;
}

}  // namespace sluice
