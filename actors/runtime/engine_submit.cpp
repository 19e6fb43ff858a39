// SPDX-License-Identifier: Apache-2.0
// How a batch finds the hosts that own its tenants.
#include <caf/send.hpp>

#include "actors/runtime/engine_impl.hpp"

namespace sluice {

void Engine::Impl::submit(ReactorIndex here, CheckBatch& batch) {
  SLUICE_INVARIANT(batch.checks.size() == batch.decisions.size());
  if (stopping_.load(std::memory_order_relaxed)) {
    refuse(here, batch);
    return;
  }
  batch.origin_ = here;
  if (options_.reactors == 1 || all_owned_by(here, batch, desk(here))) {
    batch.parts_outstanding_.store(1, std::memory_order_relaxed);
    caf::anon_send(hosts_[here.raw()], DecideChecks{&batch, true, {}});
  } else {
    submit_in_parts(here, batch);
  }
}

void Engine::Impl::refuse(ReactorIndex here, CheckBatch& batch) {
  for (Decision& decision : batch.decisions) {
    if (!CheckBatch::is_settled(decision)) {
      decision.outcome = Outcome::unavailable;
    }
  }
  loop(here).defer([&batch] { batch.completed(); });
}

bool Engine::Impl::all_owned_by(ReactorIndex here, const CheckBatch& batch, Desk& desk) const {
  desk.owners.clear();
  desk.part_ends.assign(options_.reactors, 0);
  for (const Check& check : batch.checks) {
    const ReactorIndex owner = owner_of(check.tenant);
    desk.owners.push_back(owner.raw());
    ++desk.part_ends[owner.raw()];
  }
  return desk.part_ends[here.raw()] == batch.checks.size();
}

// Sorts the items by their owners, keeping their order: `part_ends` holds counts, then the
// beginnings and, when all items have their places, the ends.
void Engine::Impl::submit_in_parts(ReactorIndex here, CheckBatch& batch) {
  Desk& desk = this->desk(here);
  desk.hops += batch.checks.size() - desk.part_ends[here.raw()];
  std::uint32_t parts = 0;
  std::uint32_t begin = 0;
  for (std::uint32_t& part : desk.part_ends) {
    parts += part > 0 ? 1U : 0U;
    const std::uint32_t count = part;
    part = begin;
    begin += count;
  }
  batch.items_by_owner_.resize(batch.checks.size());
  for (std::size_t i = 0; i < desk.owners.size(); ++i) {
    batch.items_by_owner_[desk.part_ends[desk.owners[i]]++] = static_cast<std::uint32_t>(i);
  }
  batch.parts_outstanding_.store(parts, std::memory_order_relaxed);
  const std::span<const std::uint32_t> items{batch.items_by_owner_};
  begin = 0;
  for (std::size_t reactor = 0; reactor < hosts_.size(); ++reactor) {
    const std::uint32_t end = desk.part_ends[reactor];
    if (end > begin) {
      // The batch may be completed and gone as soon as the last part is sent.
      caf::anon_send(hosts_[reactor],
                     DecideChecks{&batch, false, items.subspan(begin, end - begin)});
    }
    begin = end;
  }
}

}  // namespace sluice
