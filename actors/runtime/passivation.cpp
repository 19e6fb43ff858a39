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
      let_go(hosted);
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
    let_go(*oldest);
  }
  return !table_.full();
}

void Passivation::let_go(HostedTenant& hosted) {
  leaving_(hosted.tenant.id());
  table_.erase(hosted);
  ++passivated_;
}

}  // namespace sluice
