// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/sim/world.hpp"

namespace sluice::sim {

template <class Act>
void World::in_process(Place& place, Act&& act) {
  if (place.server == nullptr) {
    return;
  }
  try {
    act();
  } catch (const ProcessDied&) {
    place.machine.recovering = false;
    kill(place);
  }
}

}  // namespace sluice::sim
