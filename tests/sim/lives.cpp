// SPDX-License-Identifier: Apache-2.0
// How servers start and end.
#include "storage/journal/inspection.hpp"
#include "tests/sim/in_process.hpp"

namespace sluice::sim {

namespace {

using namespace std::chrono_literals;

/// An operator starts a server anew whose journal takes nothing for so long.
constexpr Duration stuck_patience = 5s;

}  // namespace

// Somebody sees to it that servers run.
void World::tend(Place& place) {
  Random& random = context_.random;
  if (place.paused || place.in_nested_pause) {
    return;
  }
  if (place.server == nullptr) {
    const bool second = &place == places_[1].get();
    if (context_.time >= place.unstarted_until && (!second || context_.plan.second_server)) {
      start(place, random.per_mille(300));
    }
    return;
  }
  if (place.server->ended() || (place.server->draining() && place.server->drained())) {
    end(place);
    return;
  }
  if (!place.server->journal_failed()) {
    place.stuck_since = context_.time;
  } else if (context_.time - place.stuck_since > stuck_patience &&
             place.full_until <= context_.time) {
    kill(place);
  }
}

void World::start(Place& place, bool may_take_over) {
  Random& random = context_.random;
  const auto reactors = static_cast<std::uint16_t>(random.between(1, 3));
  place.machine.recovering = true;
  place.stuck_since = context_.time;
  context_.trace(place.machine.name(), " starts with ", reactors, " reactors");
  place.server = std::make_unique<Server>(context_, place.machine, reactors);
  std::optional<Fault> fault;
  in_process(place, [&] {
    const Claim claim{place.id, place.machine.name(), lease,
                      may_take_over ? TakeOver::expired : TakeOver::never};
    const Epoch before = context_.database.epoch();
    const bool other_runs = places_[0]->paused || places_[1]->paused ||
                            places_[0]->in_nested_pause || places_[1]->in_nested_pause;
    const auto started = place.server->start(claim);
    if (!started.ok()) {
      fault = started.fault();
    } else if (other_runs && may_take_over && context_.database.epoch() > before) {
      context_.probes.hit(Probe::taken_over_while_paused);
    }
  });
  place.machine.recovering = false;
  if (fault) {
    refused(place, *fault);
  } else if (place.server) {
    if (place.reactors_before != 0 && place.reactors_before != reactors) {
      context_.probes.hit(Probe::recovered_with_other_reactors);
    }
    expect(!place.damaged || place.damage_may_hide, "a start passed over damage");
    place.damaged = false;
    place.reactors_before = reactors;
    check();
  }
}

void World::refused(Place& place, const Fault& fault) {
  context_.trace("  it cannot: ", to_string(fault.code), " ", fault.context);
  place.server->die();
  place.server = nullptr;
  place.unstarted_until = context_.time + Duration{context_.random.below(4'000'000'000)};
  if (fault.code == FaultCode::conflict) {
    context_.probes.hit(Probe::start_refused_by_lease);
  }
  if (fault.code == FaultCode::data_damaged) {
    context_.probes.hit(Probe::start_refused_by_damage);
    // What is left of a write that failed looks like damage, if it is all that is left in front.
    expect(place.damaged || place.machine.write_failed,
           "a start was refused by damage that nobody did: ", fault.context);
    repair(place);
  }
}

// What the message of the refusal says; what was damaged is lost.
void World::repair(Place& place) {
  place.machine.error_chance = 0;
  place.machine.kill_in = 0;
  place.machine.pause_in = 0;
  const auto repaired =
      sluice::repair(place.machine.disk(), place.machine.boot_id(), RepairMode::apply);
  if (!repaired.ok()) {
    context_.trace("  repair failed: ", repaired.fault().context);
    return;
  }
  context_.probes.hit(Probe::repaired);
  if (std::exchange(place.damaged, false)) {
    context_.model.lose_journal();
    context_.books.forget();
    context_.lessees.lose_journal();
    context_.creditors.lose_journal();
    context_.sharers.lose_journal();
  }
}

void World::kill(Place& place) {
  if (!place.server) {
    return;
  }
  context_.probes.hit(Probe::process_killed);
  context_.trace(place.machine.name(), " is killed");
  history_lost_ = history_lost_ || place.server->lost_history();
  place.server->die();
  place.server = nullptr;
  place.paused = false;
  place.machine.kill_in = 0;
  place.machine.pause_in = 0;
  place.unstarted_until = context_.time + Duration{context_.random.below(down_time_max())};
}

// Another server gets its chance only if one is down for longer than its lease.
std::uint64_t World::down_time_max() {
  return context_.plan.second_server && context_.random.per_mille(400) ? 30'000'000'000
                                                                       : 3'000'000'000;
}

void World::end(Place& place) {
  in_process(place, [&] {
    if (place.server->draining() && place.server->drained()) {
      place.server->release();
    }
  });
  if (place.server) {
    context_.trace(place.machine.name(), " ends");
    history_lost_ = history_lost_ || place.server->lost_history();
    place.server->die();
    place.server = nullptr;
  }
  place.unstarted_until = context_.time + Duration{context_.random.below(3'000'000'000)};
}

}  // namespace sluice::sim
