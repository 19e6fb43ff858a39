// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/recovery.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

/// In one record of what was recovered.
constexpr std::size_t changes_per_commit = 4096;

class Sorter final : public ReplayVisitor {
public:
  Sorter(const Ownership& ownership, const ReactorLayout& layout, Observer& observer)
      : sorted(layout.reactors), ownership_(ownership), layout_(layout), observer_(observer) {}

  void change(const Watermark& at, const TenantChange& change) override {
    // Not believed: the number of shards is the store's to say.
    const ShardId shard = shard_of(change.tenant, layout_.shards);
    if (at > ownership_.stored[shard.raw()]) {
      sorted[layout_.reactor_of(shard)].apply(change);
    }
  }
  void progress(std::uint64_t bytes_done, std::uint64_t bytes_total) override {
    observer_.recovering(bytes_done, bytes_total);
  }

  [[nodiscard]] bool found_something() const {
    return std::ranges::any_of(sorted,
                               [](const Recovered& recovered) { return recovered.tenants() > 0; });
  }

  std::vector<Recovered> sorted;  ///< By reactor.

private:
  const Ownership& ownership_;
  const ReactorLayout& layout_;
  Observer& observer_;
};

/// Writes it all down again.
Result<Done> carry(const Recovered& recovered, ShardCount shards, Journal& journal) {
  std::optional<Fault> fault;
  std::size_t count = 0;
  const auto add = [&](const TenantChange& change) {
    journal.add(change);
    if (!fault && ++count % changes_per_commit == 0) {
      if (const auto committed = journal.commit(); !committed.ok()) {
        fault = committed.fault();
      }
    }
  };
  for (const auto* next = recovered.next(std::nullopt); next != nullptr && !fault;
       next = recovered.next(next->first)) {
    const auto& [tenant, state] = *next;
    const ShardId shard = shard_of(tenant, shards);
    add({.tenant = tenant,
         .shard = shard,
         .counters = state.counters,
         .open_usage = state.open_usage});
    for (const Entry& entry : state.entries) {
      add({.tenant = tenant, .shard = shard, .entries = {&entry, 1}});
    }
    const UnsavedHistory::OfTenant* const history = recovered.history().find(tenant);
    if (history == nullptr) {
      continue;
    }
    for (const UsageBucket& minute : history->minutes) {
      add({.tenant = tenant, .shard = shard, .closed_usage = {&minute, 1}});
    }
    for (const ClosedWindow& window : history->windows) {
      add({.tenant = tenant, .shard = shard, .closed_windows = {&window, 1}});
    }
    for (const AuditRow& row : history->audit) {
      add({.tenant = tenant, .shard = shard, .audit = {&row, 1}});
    }
    for (const ThresholdCrossed& row : history->crossed) {
      add({.tenant = tenant, .shard = shard, .crossed = {&row, 1}});
    }
    for (const SharedHourRow& row : history->shared) {
      add({.tenant = tenant, .shard = shard, .closed_shared = {&row, 1}});
    }
  }
  const auto committed = journal.commit();
  if (!fault && !committed.ok()) {
    fault = committed.fault();
  }
  return fault ? Result<Done>{*fault} : Result<Done>{Done{}};
}

}  // namespace

Result<std::vector<RecoveredReactor>> recover(Journals& journals, const Ownership& ownership,
                                              const ReactorLayout& layout, Observer& observer) {
  SLUICE_INVARIANT(ownership.stored.size() == layout.shards.raw());
  Sorter sorter{ownership, layout, observer};
  if (const auto replayed = journals.replay(sorter); !replayed.ok()) {
    return replayed.fault();
  }
  if (!journals.keeps() && sorter.found_something()) {
    return Fault{FaultCode::invalid_argument,
                 "durability: an earlier run's journal has usage that the store lacks; start with "
                 "process or disk and stop gracefully before going on with memory"};
  }
  std::vector<RecoveredReactor> reactors;
  for (std::uint16_t i = 0; i < layout.reactors; ++i) {
    auto journal = journals.open(ownership.epoch, i, [tell = layout.on_durable, i] { tell(i); });
    if (!journal.ok()) {
      return journal.fault();
    }
    const auto carried = carry(sorter.sorted[i], layout.shards, *journal.value());
    if (!carried.ok()) {
      return carried.fault();
    }
    reactors.push_back({std::move(journal).value(), std::move(sorter.sorted[i])});
  }
  if (const auto forgotten = journals.forget_replayed(); !forgotten.ok()) {
    return forgotten.fault();
  }
  return reactors;
}

}  // namespace sluice
