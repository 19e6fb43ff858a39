// SPDX-License-Identifier: Apache-2.0
// When all faults have stopped, everything must come to rest and be whole.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "actors/tenant/answer_bytes.hpp"
#include "tests/sim/in_process.hpp"

namespace sluice::sim {

namespace {

using namespace std::chrono_literals;

constexpr int rounds_until_quiet_max = 400;
constexpr int visits_max = 4;

/// As if it had never been used, so nobody has to store it.
bool counts_nothing(const Counter& counter) {
  return counter.used == Amount{} && counter.over == Amount{} && counter.previous == Amount{} &&
         counter.paced_until == WallTime{} && counter.fired == ThresholdMask{};
}
bool counts_nothing(const UsageBucket& bucket) {
  return bucket == UsageBucket{bucket.meter, bucket.minute, {}, 0, 0, 0, {}};
}

}  // namespace

void World::calm_down() {
  calm_ = true;
  context_.trace("all faults stop");
  for (const auto& place : places_) {
    place->machine.kill_in = 0;
    place->machine.pause_in = 0;
    place->paused = false;
  }
  heal();
  pass(lease * 2);
  for (const auto& place : places_) {
    if (place->server && (place->server->epoch() != context_.database.epoch() ||
                          place->server->draining() || place->server->journal_failed())) {
      kill(*place);
    }
  }
  context_.database.land_in_flight();
  Place* owner = nullptr;
  for (const auto& place : places_) {
    if (place->server) {
      owner = place.get();
    } else if (!context_.database.released() && context_.database.owner() == place->id) {
      owner = place.get();  // What only its journal holds must not be given up.
    }
  }
  Place& last = owner != nullptr ? *owner : *places_[0];
  for (int i = 0; i < 3 && !last.server; ++i) {
    start(last, true);  // The second time after a repair.
  }
  expect(last.server != nullptr, "a server does not start although all is well");
  settle(last);
  check_end(last);
}

// Everybody does what there is to do; whether anybody had something.
bool World::works_on(Server& server) {
  bool did = false;
  for (std::size_t thread = 0; thread < StoreThreads::threads; ++thread) {
    while (server.store().work(thread) || server.deliver(thread)) {
      did = true;
    }
  }
  for (std::size_t reactor = 0; reactor < server.reactors(); ++reactor) {
    while (server.run_job(reactor)) {
      did = true;
    }
  }
  return did;
}

// Lets everything that is under way come to its end.
void World::settle(Place& place) {
  Server& server = *place.server;
  for (int round = 0; round < rounds_until_quiet_max; ++round) {
    pass(tick_length);
    server.pass_time();
    // What an answer asks of the store, as the next part of a flush, is done in the same round.
    while (works_on(server)) {
    }
    for (std::size_t reactor = 0; reactor < server.reactors(); ++reactor) {
      server.end_turn(reactor);
    }
    server.check();
    if (server.quiet()) {
      return;
    }
    expect(!server.ended(), "the owner was fenced although nobody else is there");
  }
  throw Failure{"the server does not come to rest"};
}

void World::check_end(Place& place) {
  const auto check_store = [&](const Server& server) {
    history_lost_ = history_lost_ || server.lost_history();
    for (const auto& [id, row] : context_.database.rows()) {
      context_.model.check_stored(context_.database, id, !history_lost_);
      context_.minutes.check_stored(id, row, !history_lost_ && !journal_lost_);
    }
    context_.creditors.check_stored(context_.database, !history_lost_);
    context_.sharers.check_stored();
  };
  check_memory_is_stored(*place.server);
  check_store(*place.server);
  visit_all_tenants(place);
  check_memory_is_stored(*place.server);
  check_store(*place.server);
  context_.model.check_rates();

  place.server->drain();
  for (int round = 0; round < rounds_until_quiet_max && !place.server->drained(); ++round) {
    settle(place);
  }
  expect(place.server->drained(), "the server does not drain");
  place.server->release();
  expect(context_.database.released(), "the shards were not given back");
  place.server->die();
  place.server = nullptr;

  // What was given back, anybody may have, and it is all there.
  Place& other = &place == places_[0].get() ? *places_[1] : *places_[0];
  if (other.server) {
    kill(other);
  }
  for (int i = 0; i < 3 && !other.server; ++i) {
    start(other, false);
  }
  expect(other.server != nullptr, "the other server does not start");
  settle(other);
  visit_all_tenants(other);
  check_store(*other.server);
  // By now nobody spends any more, and in some weeks every lease is over by any clock.
  kill(other);
  pass(24h * 60);
  start(other, false);
  expect(other.server != nullptr, "the server does not start again");
  settle(other);
  visit_all_tenants(other);
  settle(other);
  close_books(other);
  context_.sharers.check_end();
  context_.lessees.check_end(context_.database);
  history_lost_ = history_lost_ || other.server->lost_history();
  context_.creditors.check_stored(context_.database, !history_lost_);
}

// All periods that are over are closed, and what is due is paid.
void World::close_books(Place& place) {
  const auto is_something_left = [&] {
    return next_step(context_.database.books().progress(), context_.wall()).has_value();
  };
  for (int round = 0; round < rounds_until_quiet_max && is_something_left(); ++round) {
    pass(tick_length);
    settle(place);
  }
  expect(!is_something_left(), "the books are not brought up to date");
}

// Everybody is asked for once, so everybody is loaded.
void World::visit_all_tenants(Place& place) {
  for (const auto& [id, row] : context_.database.rows()) {
    bool is_there = place.server->resident(id) != nullptr;
    // Others whose reservations end just then have to be written before there is a place.
    for (int visit = 0; visit == 0 || (visit < visits_max && !is_there); ++visit) {
      const std::uint64_t loaded_before = place.server->activations();
      auto batch = std::make_unique<SimBatch>(++batches_);
      batch->ask(id, {{MeterId{1}, Amount{1}}, {MeterId{2}, Amount{1}}}, Mode::normal);
      batch->ask_creditors(context_.creditors.ask_nothing(id));
      place.server->submit(std::move(batch));
      settle(place);
      is_there = is_there || place.server->activations() > loaded_before;
      end_overdue(place, id);
    }
    expect(is_there, "tenant ", number_of(id), " was not loaded");
  }
}

void World::end_overdue(Place& place, TenantId id) {
  const auto is_overdue = [&] {
    const Tenant* const tenant = place.server->resident(id);
    const auto expiry = tenant == nullptr ? std::nullopt : tenant->next_expiry();
    return expiry && *expiry <= place.machine.now().steady;
  };
  for (int round = 0; round < rounds_until_quiet_max && is_overdue(); ++round) {
    settle(place);
  }
}

// What was kept long enough may be forgotten before the store hears of it.
void World::check_entries_are_stored(TenantId id, const std::vector<Entry>& entries,
                                     const SimDatabase::Row& row) {
  std::vector<Entry> rows;
  for (const auto& [entry, stored] : row.entries) {
    rows.push_back(stored);
  }
  std::map<EntryId, Entry> stored_entries;
  for (Entry& entry : without_pages(std::move(rows))) {
    stored_entries.emplace(entry.id, std::move(entry));
  }
  std::set<EntryId> known;
  for (const Entry& entry : entries) {
    known.insert(entry.id);
    if (entry.counter && entry.counter->used == Amount{}) {
      continue;  // As if it had never been used: nothing is lost with it.
    }
    const auto stored = stored_entries.find(entry.id);
    Entry known_of = entry;
    if (entry.use && stored != stored_entries.end()) {
      known_of.begun = stored->second.begun;  // Once a grant is gone nobody knows when it began.
    }
    expect(stored != stored_entries.end() && stored->second == known_of, "tenant ", number_of(id),
           " knows entry ", entry.id.low, " and the store something else");
  }
  for (const auto& [entry_id, entry] : stored_entries) {
    const bool may_be_gone = entry.state != EntryState::held && entry.state != EntryState::granted;
    expect(known.contains(entry_id) || may_be_gone, "tenant ", number_of(id),
           " does not know reservation or grant ", entry_id.low, ", which the store has");
  }
}

void World::check_memory_is_stored(const Server& server) {
  for (const auto& [id, row] : context_.database.rows()) {
    const Tenant* tenant = server.resident(id);
    if (tenant == nullptr || !context_.model.knows(id)) {
      continue;
    }
    TenantState state;
    tenant->snapshot({Instant{}, context_.wall()}, state);
    server.look_at_credit(id);
    check_entries_are_stored(id, state.entries, row);
    check_counters_are_stored(*tenant, state.counters, row);
    for (const UsageBucket& bucket : state.open_usage) {
      const auto stored = row.open_usage.find({bucket.meter, bucket.part});
      expect(stored != row.open_usage.end() ? stored->second == bucket : counts_nothing(bucket),
             "tenant ", number_of(id), " meter ", bucket.meter.raw(),
             " has an open minute that the store has otherwise");
    }
  }
}

// Rates, windows that slide and credit are brought up to the moment by whoever looks, which nobody
// has to store; what was let through by them has books of its own (`Model`, `Creditors`).
void World::check_counters_are_stored(const Tenant& tenant, const std::vector<Counter>& counters,
                                      const SimDatabase::Row& row) {
  for (std::uint32_t slot = 0; slot < counters.size(); ++slot) {
    const Counter& counter = counters[slot];
    const PlannedLimit& planned = tenant.plan().planned()[slot];
    if (!std::holds_alternative<WindowTerms>(planned.terms)) {
      continue;
    }
    const auto stored = row.counters.find(counter.limit);
    expect(stored != row.counters.end() ? stored->second == counter : counts_nothing(counter),
           "tenant ", number_of(tenant.id()), " limit ", counter.limit.raw(), " has used ",
           counter.used.raw(), " in memory and something else in the store");
  }
}

}  // namespace sluice::sim
