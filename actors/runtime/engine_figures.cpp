// SPDX-License-Identifier: Apache-2.0
// What can be told of an engine without asking its actors.
#include "actors/runtime/engine_impl.hpp"

namespace sluice {

StartTimes Engine::start_times() const {
  return impl_->start_times();
}

PublishedCounts::Counts Engine::tenant_counts() const {
  return impl_->counts().counts();
}

std::vector<std::size_t> Engine::store_mailboxes() const {
  std::vector<std::size_t> waiting;
  for (const auto& thread : impl_->store_threads()) {
    waiting.push_back(thread->messages_waiting());
  }
  return waiting;
}

}  // namespace sluice
