// SPDX-License-Identifier: Apache-2.0
// What goes wrong.
#include "storage/journal/survey.hpp"
#include "tests/sim/in_process.hpp"

namespace sluice::sim {

namespace {

using namespace std::chrono_literals;

}  // namespace

void World::strike(Place& place) {
  Random& random = context_.random;
  const RunPlan& plan = context_.plan;
  switch (random.below(12)) {
    case 0:
      if (plan.kills && !place.in_nested_pause) {
        kill(place);
      }
      break;
    case 1:
    case 2:
      if (plan.kills) {
        place.machine.kill_in = random.between(1, 12);
      }
      break;
    case 3:
      if (plan.power_cuts && !place.in_nested_pause) {
        cut_power(place);
      }
      break;
    case 4:
      if (plan.pauses) {
        pause(place);
      }
      break;
    case 5:
      if (plan.pauses) {
        place.machine.pause_in = random.between(1, 4);
      }
      break;
    case 6:
    case 7:
      if (plan.store_outages) {
        store_trouble();
      }
      break;
    case 8:
      disk_trouble(place);
      break;
    case 9:
      if (plan.wall_steps) {
        step_wall();
      }
      break;
    case 10:
      if (plan.damage && !place.in_nested_pause) {
        damage(place);
      }
      break;
    default:
      if (runs(place) && !place.server->draining()) {
        context_.trace(place.machine.name(), " drains");
        in_process(place, [&] { place.server->drain(); });
      }
  }
}

void World::cut_power(Place& place) {
  context_.trace("power of ", place.machine.name(), " is cut");
  kill(place);
  place.machine.cut_power();
  context_.model.lose_removals();
  if (context_.plan.durability == Durability::process || place.damaged) {
    journal_lost_ = true;
    // What is damaged looks like what the cut took, if nothing says that it was on the disk.
    place.damage_may_hide = place.damaged;
    context_.model.lose_journal();
    context_.books.forget();
    context_.lessees.lose_journal();
    context_.creditors.lose_journal();
    context_.sharers.lose_journal();
  }
}

void World::pause(Place& place) {
  if (!runs(place)) {
    return;
  }
  context_.trace(place.machine.name(), " is paused");
  context_.probes.hit(Probe::process_paused);
  place.paused = true;
  place.resumes_at = context_.time + Duration{context_.random.below(3 * Duration{lease}.count())};
}

// The process stands still in the middle of whatever it does, and the rest of the world goes on.
void World::pause_within(Place& place) {
  if (places_[0]->in_nested_pause || places_[1]->in_nested_pause || place.machine.recovering) {
    return;
  }
  context_.trace(place.machine.name(), " stands still within a write");
  place.in_nested_pause = true;
  for (std::uint64_t i = context_.random.between(2, 30); i > 0; --i) {
    pass(Duration{context_.random.below(2'000'000'000)});
    for (const auto& other : places_) {
      if (other.get() != &place && runs(*other)) {
        in_process(*other, [&] { other->server->pass_time(); });
      }
      tend(*other);
    }
    act();
  }
  place.in_nested_pause = false;
  context_.trace(place.machine.name(), " goes on");
}

// A bit flips where it must be noticed: in a commit that others follow.
void World::damage(Place& place) {
  if (place.server && place.paused) {
    return;
  }
  kill(place);
  place.machine.kill_in = 0;
  const std::uint64_t errors = std::exchange(place.machine.error_chance, 0);
  const auto journals = survey(place.machine.disk());
  place.machine.error_chance = errors;
  if (!journals.ok() || place.damaged) {
    return;
  }
  for (const SurveyedJournal& journal : journals.value()) {
    for (const SurveyedSegment& segment : journal.segments) {
      for (const FrameRun& run : segment.runs) {
        if (run.frames > 1 && journal.boot == place.machine.boot_id()) {
          const std::uint64_t at = run.begin + context_.random.below(frame_header_bytes);
          place.machine.disk().damage(to_string(segment.name), at);
          context_.probes.hit(Probe::bytes_damaged);
          context_.trace("byte ", at, " of ", to_string(segment.name), " is damaged");
          place.damaged = true;
          place.damage_may_hide = false;
          return;
        }
      }
    }
  }
}

void World::step_wall() {
  Random& random = context_.random;
  const std::array steps{1s, 30s, 90s, 4000s, 90'000s};
  const Duration step = random.pick(steps);
  const bool back = random.per_mille(500);
  context_.probes.hit(back ? Probe::wall_clock_stepped_back : Probe::wall_clock_stepped_forward);
  context_.trace("wall clocks step ", back ? "back" : "forward", " by ", step.count());
  for (const auto& place : places_) {
    if (place->server) {
      place->server->look_at_credit();
    }
  }
  context_.wall_offset += back ? -step : step;
  context_.model.time_passed(step);
  context_.model.saw_wall(context_.wall());
}

void World::store_trouble() {
  Random& random = context_.random;
  StoreWeather& weather = context_.weather;
  weather.away = random.per_mille(500);
  weather.unavailable = random.below(400);
  weather.unknown = random.below(500);
  weather.twice = random.below(300);
  if (random.per_mille(300)) {
    weather.refused = any_tenant();
  }
  store_away_until_ = context_.time + Duration{random.below(20'000'000'000)};
  context_.trace("the store is ", weather.away ? "away" : "in trouble");
}

void World::disk_trouble(Place& place) {
  Random& random = context_.random;
  if (context_.plan.disk_full && random.per_mille(500)) {
    context_.probes.hit(Probe::disk_full);
    context_.trace("disk of ", place.machine.name(), " is full");
    place.machine.disk().set_capacity(place.machine.disk().used() + random.below(100'000));
    place.full_until = context_.time + Duration{random.below(8'000'000'000)};
  } else if (context_.plan.disk_errors) {
    context_.trace("disk of ", place.machine.name(), " fails now and then");
    place.machine.error_chance = random.between(20, 300);
    place.errors_until = context_.time + Duration{random.below(3'000'000'000)};
  }
}

void World::heal() {
  if (context_.time >= store_away_until_ || calm_) {
    context_.weather = StoreWeather{context_.time};
  }
  for (const auto& place : places_) {
    if (context_.time >= place->full_until || calm_) {
      place->machine.disk().set_capacity(UINT64_MAX);
    }
    if (context_.time >= place->errors_until || calm_) {
      place->machine.error_chance = 0;
    }
  }
}

}  // namespace sluice::sim
