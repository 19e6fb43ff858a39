// SPDX-License-Identifier: Apache-2.0
// What is measured of the writer, and counted of the tenants that it changes.
#include <utility>

#include "actors/runtime/store_writer.hpp"

namespace sluice {

caf::invoke_message_result StoreWriter::consume(caf::mailbox_element& message) {
  const Clock& machine = *shared_.surroundings.machine;
  const Instant began = machine.now().steady;
  const auto result = Pinned::consume(message);
  shared_.surroundings.observer->store_worked(StoreWork::write, machine.now().steady - began);
  return result;
}

void StoreWriter::count(const Change& change) {
  const std::string& tier = change.definition.tier;
  const bool stays = !change.removed && !change.created;
  if (stays && tier == change.tier_before) {
    return;
  }
  if (!change.created) {
    shared_.counts->removed(change.tier_before);
  }
  if (!change.removed) {
    shared_.counts->added(tier);
  }
}

// Nobody knows where a tenant was counted whose change was in doubt.
void StoreWriter::count_again() {
  auto counts = store_->tenant_counts();
  if (!counts.ok()) {
    return tell("count", counts.fault());  // Stays a little wrong until the next doubt or start.
  }
  shared_.counts->publish(std::move(counts).value());
}

}  // namespace sluice
