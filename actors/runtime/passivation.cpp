// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/passivation.hpp"

namespace sluice {

void Passivation::sweep(Instant now) {
  if (now.time_since_epoch() < idle_after_) {
    return;  // The clock itself is younger than that.
  }
  const CoarseInstant idle_since = coarse(now - idle_after_);
  table_.sweep(places_per_sweep, [&](HostedTenant& hosted) {
    const bool is_idle = hosted.clean() && hosted.touched <= idle_since;
    if (is_idle && !hosted.tenant.next_expiry()) {
      table_.erase(hosted);
      ++passivated_;
    }
  });
}

bool Passivation::make_room() {
  HostedTenant* oldest = nullptr;
  for (std::size_t looked = 0; table_.full() && oldest == nullptr && looked < places_for_room_max;
       looked += places_per_sample) {
    table_.sweep(places_per_sample, [&](HostedTenant& hosted) {
      if (hosted.clean() && (oldest == nullptr || hosted.touched < oldest->touched)) {
        oldest = &hosted;
      }
    });
  }
  if (oldest != nullptr) {
    table_.erase(*oldest);
    ++passivated_;
  }
  return !table_.full();
}

}  // namespace sluice
