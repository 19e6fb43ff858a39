// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/world.hpp"

#include <algorithm>

#include "actors/tenant/audit_drafts.hpp"
#include "tests/sim/in_process.hpp"

namespace sluice::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t many_rows = 10'000;
constexpr std::array periods{Period::minute, Period::hour, Period::day, Period::month,
                             Period::never};

RunPlan draw_plan(Random& random) {
  const auto now_and_then = [&](std::uint64_t chances) { return random.per_mille(chances); };
  RunPlan plan;
  plan.durability = now_and_then(500) ? Durability::disk : Durability::process;
  plan.checkpoint_bytes = now_and_then(500) ? 1 : 196'608;
  plan.tenants_per_slice = static_cast<std::size_t>(random.between(1, 8));
  plan.tenants = random.between(3, 10);
  plan.further_limits = now_and_then(400) ? random.between(20, 50) : 0;
  plan.bounds = {
      .resident_tenants_max = static_cast<std::size_t>(random.between(2, 8)),
      .idle_after = std::chrono::seconds{random.between(1, 30)},
      .unknown_tenants_max = 8,
      .unknown_for = 5s,
      .write_behind = {.flush_tenants_max = static_cast<std::size_t>(random.between(1, 8)),
                       .history_rows_max = now_and_then(200) ? 4U : many_rows,
                       .flush_rows_max = now_and_then(500)
                                             ? static_cast<std::size_t>(random.between(2, 40))
                                             : many_rows},
      .activations = {.waiting_max = 40,
                      .waiting_per_tenant_max = 20,
                      .loads_max = 2,
                      .tenants_per_load_max = 3}};
  plan.books = {.grants_at_once = static_cast<std::size_t>(random.between(1, 4)),
                .owners_at_once = static_cast<std::size_t>(random.between(1, 3)),
                .lines_per_payout = static_cast<std::size_t>(random.between(1, 5))};
  plan.flush_interval = Ticks{static_cast<std::uint32_t>(random.between(1, 10))};
  plan.weight_of_faults = random.between(5, 60);
  plan.kills = now_and_then(600);
  plan.power_cuts = now_and_then(300);
  plan.pauses = now_and_then(300);
  plan.second_server = now_and_then(400);
  plan.disk_errors = now_and_then(250);
  plan.disk_full = now_and_then(250);
  plan.damage = now_and_then(150);
  plan.store_outages = now_and_then(600);
  plan.wall_steps = now_and_then(400);
  plan.changes = now_and_then(500);
  plan.sharing = now_and_then(600);
  return plan;
}

TenantId tenant_number(std::uint64_t number) {
  return TenantId{0x51b0'0000'0000'7000U, 0x8000'0000'0000'0000U | number};
}

Limit limit(std::string name, std::uint16_t meter, Rule rule, Enforcement enforcement) {
  Limit limit;
  limit.name = std::move(name);
  limit.meter = MeterId{meter};
  limit.rule = rule;
  limit.enforcement = enforcement;
  return limit;
}

/// From half of its size on what is left is spread over the minute.
Limit throttled(std::string name, std::uint16_t meter, std::uint64_t size) {
  Limit made = limit(std::move(name), meter, WindowRule{Amount{size}, Period::minute},
                     Enforcement::throttle);
  made.soft_limit = Amount{size / 2};
  return made;
}

Limit priced(std::string name, std::uint16_t meter, std::uint64_t size) {
  Limit made =
      limit(std::move(name), meter, WindowRule{Amount{size}, Period::hour}, Enforcement::overage);
  made.overage = OverageTerms{1, Amount{1}, Amount{size}};
  return made;
}

}  // namespace

World::World(std::uint64_t seed, Probes& probes, Trace& trace) : context_(seed, probes, trace) {
  context_.plan = draw_plan(context_.random);
  probes.hit(context_.plan.durability == Durability::disk ? Probe::durability_disk
                                                          : Probe::durability_process);
  if (context_.plan.wall_steps) {
    context_.books.wall_steps();
    context_.lessees.wall_steps();
    context_.creditors.wall_steps();
    context_.sharers.wall_steps();
  }
  if (context_.plan.bounds.write_behind.history_rows_max < many_rows) {
    context_.model.has_little_place_for_history();
  }
  for (std::uint16_t i = 0; i < places_.size(); ++i) {
    places_[i] = std::make_unique<Place>(context_, text("m", i), i);
    places_[i]->machine.pause = [this, i] { pause_within(*places_[i]); };
  }
  found_tenants();
}

World::~World() = default;

void World::found_tenants() {
  const Claim claim{ServerId{"founder"}, "", lease, TakeOver::never};
  const Epoch epoch = context_.database.acquire(claim, context_.time).value().epoch;
  for (std::uint64_t i = 0; i < context_.plan.tenants; ++i) {
    auto founded = found(draft(tenant_number(i)), default_meters(), context_.wall());
    SLUICE_INVARIANT(
        founded.ok() &&
        context_.database.create({epoch, audit_of_creation(founded.value())}, founded.value())
            .ok());
  }
  SLUICE_INVARIANT(context_.database.release(epoch).ok());
}

TenantId World::any_tenant() {
  return tenant_number(context_.random.below(context_.plan.tenants));
}

Limit World::further_limit(std::uint64_t number) {
  Random& random = context_.random;
  const WindowRule rule{Amount{random.between(5, 200)}, random.pick(periods)};
  return limit(text("further-", number), static_cast<std::uint16_t>(random.between(1, 3)), rule,
               random.per_mille(500) ? Enforcement::alert : Enforcement::block);
}

TenantDefinition World::draft(TenantId id) {
  Random& random = context_.random;
  TenantDefinition draft;
  draft.id = id;
  draft.name = "A tenant";
  draft.slug = text("tenant-", ++slugs_);
  draft.tier = "free";
  const auto block = Enforcement::block;
  draft.limits = {
      limit("a-minute", 1, WindowRule{Amount{random.between(5, 60)}, Period::minute}, block),
      limit("ever", 1, WindowRule{Amount{random.between(50, 400)}, Period::never}, block),
      limit("a-rate", 1, RateRule{Amount{random.between(1, 20)}, 1s, Amount{random.between(5, 50)}},
            block),
      limit("a-day", 2, WindowRule{Amount{random.between(20, 100)}, Period::day},
            Enforcement::alert),
      limit("a-month", 2, WindowRule{std::nullopt, Period::month}, block),
      limit("a-span", 2, SlidingRule{Amount{random.between(20, 100)}, 10s}, block),
      limit("a-step", 2,
            RateRule{Amount{random.between(5, 40)}, 7s, Amount{random.between(20, 100)},
                     Refill::interval},
            block),
      throttled("a-pace", 3, random.between(20, 100)),
      priced("a-price", 3, random.between(20, 60))};
  for (Limit& limit : Lessees::limits(random)) {
    draft.limits.push_back(std::move(limit));
  }
  draft.limits.push_back(Creditors::limit(random));
  draft.limits.push_back(Sharers::limit(random));
  for (std::uint64_t i = 0; i < context_.plan.further_limits; ++i) {
    Limit further = further_limit(i);
    std::get<WindowRule>(further.rule).size = Amount{100'000};
    draft.limits.push_back(std::move(further));
  }
  return draft;
}

void World::run(std::uint64_t steps) {
  for (step_ = 1; step_ <= steps; ++step_) {
    pass_time();
    for (std::uint64_t i = context_.random.between(1, 5); i > 0; --i) {
      act();
    }
    context_.lessees.spend(context_.random, context_.time);
    check();
  }
  calm_down();
}

bool World::runs(const Place& place) const {
  return place.server != nullptr && !place.paused && !place.in_nested_pause;
}

// ----------------------------------------------------------------------------------------- time

void World::pass(Duration time) {
  context_.time += time;
  context_.weather.now = context_.time;
  context_.model.time_passed(time + time / 10);
  context_.model.saw_wall(context_.wall());
}

void World::pass_time() {
  Random& random = context_.random;
  const std::uint64_t kind = random.below(1000);
  if (kind < 500) {
    pass(Duration{
        random.below(places_[0]->paused || places_[1]->paused ? 2'000'000'000 : 20'000'000)});
  } else if (kind < 900) {
    pass(Duration{random.below(400'000'000)});
  } else if (kind < 990) {
    pass(Duration{random.below(4'000'000'000)});
  } else {
    const std::array jumps{70s, 3700s, 90'000s, 2'700'000s};
    pass(random.pick(jumps));
    context_.probes.hit(Probe::long_time_passed);
    context_.trace("a long time passes");
  }
  heal();
  for (const auto& place : places_) {
    if (place->paused && context_.time >= place->resumes_at) {
      place->paused = false;
      context_.trace(place->machine.name(), " resumes");
    }
    if (runs(*place)) {
      in_process(*place, [&] { place->server->pass_time(); });
    }
    tend(*place);
  }
}

// --------------------------------------------------------------------------------------- actions

void World::act() {
  Place& place = *places_[context_.random.below(1 + (context_.plan.second_server ? 1U : 0U))];
  const std::uint64_t kind = context_.random.below(1000);
  if (kind < context_.plan.weight_of_faults && !calm_) {
    strike(place);
  } else if (!runs(place)) {
    return;
  } else if (kind < 400) {
    in_process(place, [&] { traffic(place); });
  } else if (kind < 450 && context_.plan.changes && !calm_) {
    change(place);
  } else if (kind < 550 && context_.plan.sharing && !calm_) {
    share(place);
  } else {
    in_process(place, [&] { work(place); });
  }
}

void World::work(Place& place) {
  Server& server = *place.server;
  Random& random = context_.random;
  const std::size_t reactor = static_cast<std::size_t>(random.below(server.reactors()));
  const std::size_t thread = static_cast<std::size_t>(random.below(StoreThreads::threads));
  switch (random.below(5)) {
    case 0:
      server.end_turn(reactor);
      break;
    case 1:
      while (server.run_job(reactor) && random.per_mille(700)) {
      }
      break;
    case 2:
    case 3:
      while (server.store().work(thread) && random.per_mille(700)) {
      }
      break;
    default:
      while (server.deliver(thread) && random.per_mille(700)) {
      }
      for (std::size_t i = 0; i < server.reactors() && random.per_mille(800); ++i) {
        server.end_turn(i);
      }
  }
}

void World::traffic(Place& place) {
  Random& random = context_.random;
  if (place.server->draining()) {
    return;
  }
  auto batch = std::make_unique<SimBatch>(++batches_);
  for (std::uint64_t i = random.between(1, 6); i > 0; --i) {
    if (random.per_mille(400)) {
      ask_by_name(*batch);
      continue;
    }
    if (context_.plan.sharing && random.per_mille(400)) {
      if (auto use = context_.sharers.ask(any_tenant(), random, context_.time)) {
        batch->ask_sharers(*std::move(use));
        continue;
      }
    }
    if (random.per_mille(300)) {
      batch->ask_lessees(context_.lessees.ask(any_tenant(), random, context_.time));
      continue;
    }
    if (random.per_mille(400)) {
      batch->ask_creditors(
          context_.creditors.ask(any_tenant(), random, context_.time, context_.wall()));
      continue;
    }
    std::vector<Charge> charges;
    for (std::uint64_t j = random.between(1, 2); j > 0; --j) {
      charges.push_back(
          {MeterId{static_cast<std::uint16_t>(random.between(1, 3))}, Amount{random.below(6)}});
    }
    batch->ask(any_tenant(), std::move(charges), random.per_mille(50) ? Mode::peek : Mode::normal);
  }
  context_.trace("batch ", batch->number, " to ", place.machine.name());
  if (batch->empty()) {
    return;
  }
  place.server->submit(std::move(batch));
  for (std::size_t i = 0; i < place.server->reactors(); ++i) {
    if (random.per_mille(600)) {
      place.server->end_turn(i);
    }
  }
}

void World::ask_by_name(SimBatch& batch) {
  Random& random = context_.random;
  if (random.per_mille(400)) {
    batch.ask(context_.books.begin(any_tenant(), random, context_.time));
  } else if (auto ask = context_.books.go_on(random)) {
    batch.ask(*std::move(ask));
  }
}

// Administrators wait for an answer before they go on with the same tenant.
void World::change(Place& place) {
  Random& random = context_.random;
  const TenantId id = any_tenant();
  StoreThreads& store = place.server->store();
  if (place.server->draining() || store.is_changing(id)) {
    return;
  }
  const SimDatabase::Row* row = context_.database.find(id);
  if (row == nullptr) {
    if (place.server->resident(id) == nullptr) {
      context_.trace("create tenant ", number_of(id));
      context_.probes.hit(Probe::tenant_created_again);
      store.change(id, StoreThreads::Create{draft(id)});
    }
    return;
  }
  const std::uint64_t kind = random.below(4);
  context_.trace("change ", kind, " of tenant ", number_of(id));
  const auto& limits = row->definition.limits;
  if (kind == 0) {
    context_.probes.hit(Probe::tenant_removed);
    store.change(id, StoreThreads::Remove{id});
  } else if (kind == 1 || limits.empty()) {
    store.change(id, StoreThreads::Amend{{id, {}, PutLimit{further_limit(random.below(4))}}});
  } else {
    Limit changed = limits[static_cast<std::size_t>(random.below(limits.size()))];
    if (changed.meter >= leased_meter) {
      return;  // These are left alone.
    }
    auto* window = std::get_if<WindowRule>(&changed.rule);
    if (kind == 2 || window == nullptr) {
      store.change(id, StoreThreads::Amend{{id, {}, RemoveLimit{changed.name}}});
    } else {
      const std::uint64_t least = changed.soft_limit ? changed.soft_limit->raw() + 1 : 5;
      window->size = Amount{random.between(least, 300)};
      store.change(id, StoreThreads::Amend{{id, {}, PutLimit{changed}}});
    }
  }
}

// Owners and consumers; several may wish something at a time.
void World::share(Place& place) {
  StoreThreads& store = place.server->store();
  if (place.server->draining()) {
    return;
  }
  auto wish = context_.sharers.wish(any_tenant(), any_tenant(), context_.random, context_.wall());
  if (!wish || (wish->consumer && store.is_changing(*wish->consumer))) {
    return;
  }
  context_.trace("sharing wish ", wish->what.index(), " at ", place.machine.name());
  std::visit([&](auto& what) { store.share(std::move(what)); }, wish->what);
}

void World::check() const {
  for (const auto& place : places_) {
    if (place->server && place->server->epoch() == context_.database.epoch() &&
        !place->server->ended()) {
      place->server->check();
    }
  }
}

}  // namespace sluice::sim
