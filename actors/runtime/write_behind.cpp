// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/write_behind.hpp"

#include <algorithm>

#include "actors/tenant/invariant.hpp"

namespace sluice {

WriteBehind::WriteBehind(TenantTable& table, std::size_t flush_tenants_max)
    : table_(table), flush_tenants_max_(flush_tenants_max) {
  flushing_.reserve(flush_tenants_max_);
}

void WriteBehind::changed(HostedTenant& hosted) {
  if (hosted.dirty) {
    return;
  }
  unsaved_ += hosted.clean() ? 1U : 0U;
  enqueue(hosted);
}

void WriteBehind::begin() {
  SLUICE_INVARIANT(!under_way_ && flushing_.empty());
  under_way_ = true;
  // Counted now: what becomes dirty again while this flush gathers belongs to the next one.
  to_gather_ = std::min(queued_, flush_tenants_max_);
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
    counters_.clear();
    hosted.tenant.snapshot(now, counters_);
    for (const Counter& counter : counters_) {
      rows_.push_back(CounterRow{hosted.tenant.id(), counter});
    }
  }
  return to_gather_ == 0;
}

void WriteBehind::saved() {
  SLUICE_INVARIANT(under_way_ && to_gather_ == 0);
  for (HostedTenant* hosted : flushing_) {
    hosted->flushing = false;
    if (!hosted->dirty) {
      settle(*hosted);
    }
  }
  flushing_.clear();
  under_way_ = false;
}

void WriteBehind::failed() {
  SLUICE_INVARIANT(under_way_ && to_gather_ == 0);
  for (HostedTenant* hosted : flushing_) {
    hosted->flushing = false;
    if (!hosted->dirty) {
      enqueue(*hosted);
    }
  }
  flushing_.clear();
  under_way_ = false;
}

void WriteBehind::enqueue(HostedTenant& hosted) {
  hosted.dirty = true;
  hosted.next_dirty = no_place;
  (queued_ == 0 ? first_dirty_ : table_.at(last_dirty_).next_dirty) = hosted.place;
  last_dirty_ = hosted.place;
  ++queued_;
}

HostedTenant& WriteBehind::dequeue() {
  SLUICE_INVARIANT(queued_ > 0);
  HostedTenant& hosted = table_.at(first_dirty_);
  first_dirty_ = hosted.next_dirty;
  hosted.dirty = false;
  --queued_;
  return hosted;
}

void WriteBehind::settle(HostedTenant& hosted) {
  --unsaved_;
  if (hosted.removed) {
    table_.release(hosted);
  }
}

}  // namespace sluice
