// SPDX-License-Identifier: Apache-2.0
// How an engine comes to life and ends.
#include <algorithm>
#include <caf/atom.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <future>
#include <string>
#include <utility>

#include "actors/runtime/engine_impl.hpp"
#include "actors/runtime/store_reader.hpp"
#include "actors/runtime/store_writer.hpp"
#include "actors/runtime/usage_analyst.hpp"

namespace sluice {

namespace {
/// Often enough for sweeps and the fading of activity; a shorter flush interval makes it shorter.
constexpr std::chrono::milliseconds tick_max{100};
constexpr std::size_t tenants_per_load_max = 512;

std::chrono::milliseconds tick_of(const EngineOptions& options) {
  return std::clamp(options.flush_interval, std::chrono::milliseconds{1}, tick_max);
}

Ticks in_ticks(std::chrono::milliseconds time, std::chrono::milliseconds tick) {
  return Ticks{static_cast<std::uint32_t>(std::max<std::int64_t>(1, time / tick))};
}
}  // namespace

Engine::Impl::Impl(EngineOptions options, StoreFactory stores, std::unique_ptr<Journals> journals,
                   EngineSurroundings surroundings)
    : options_(std::move(options)),
      stores_(std::move(stores)),
      surroundings_(surroundings),
      desks_(options_.reactors),
      journal_directory_(std::move(journals)) {
  SLUICE_INVARIANT(options_.reactors > 0 && options_.readers > 0);
  for (std::uint16_t i = 0; i < options_.reactors; ++i) {
    reactors_.push_back(std::make_unique<Reactor>(options_.spin_max));
  }
  // CAF's own scheduler has nothing to do here: every actor is pinned to a thread of ours.
  system_config_.set("scheduler.policy", caf::atom("sharing"));
  system_config_.set("scheduler.max-threads", std::size_t{1});
}

Engine::Impl::~Impl() {
  static_cast<void>(stop(std::chrono::milliseconds{0}));
}

Result<Done> Engine::Impl::start() {
  SLUICE_INVARIANT(system_ == nullptr);
  const Instant began = surroundings_.machine->now().steady;
  auto stores = open_stores();
  if (!stores.ok()) {
    return stores.fault();
  }
  const auto shards = stores.value().front()->shards();
  if (!shards.ok()) {
    return shards.fault();
  }
  auto meters = stores.value().front()->meters();
  if (!meters.ok()) {
    return meters.fault();
  }
  shards_ = shards.value();
  meters_->publish(std::move(meters).value());
  auto recovered = own_and_recover(std::move(stores.value().back()));
  if (!recovered.ok()) {
    return recovered;
  }
  auto keys = stores.value().front()->api_keys();  // As its owner, so that nobody adds any.
  if (!keys.ok()) {
    lease_keeper_->stop();
    return keys.fault();
  }
  keys_->publish(std::move(keys).value());
  auto tiers = stores.value().front()->tiers();
  if (!tiers.ok()) {
    lease_keeper_->stop();
    return tiers.fault();
  }
  tiers_->publish(std::move(tiers).value());
  const auto hosted = stores.value().front()->hosted_domains();
  if (!hosted.ok()) {
    lease_keeper_->stop();
    return hosted.fault();
  }
  hosts_by_name_->publish(hosted.value());
  // A figure for people, which is no reason not to serve.
  if (auto counted = stores.value().front()->tenant_counts(); counted.ok()) {
    counts_->publish(std::move(counted).value());
  } else {
    surroundings_.observer->store_failed("count", counted.fault());
  }
  auto offered = read_offered(*stores.value().front(), surroundings_.clock->now().wall);
  if (!offered.ok()) {
    lease_keeper_->stop();
    return offered.fault();
  }
  stores.value().pop_back();
  system_ = std::make_unique<caf::actor_system>(system_config_);
  spawn_store_actors(std::move(stores).value());
  const std::chrono::milliseconds tick = tick_of(options_);
  spawn_hosts(tick);
  tell_hosts_of(std::move(offered).value());
  start_ticking(tick);
  running_ = true;
  start_times_.load = surroundings_.machine->now().steady - began - start_times_.replay;
  return Done{};
}

Result<std::vector<std::unique_ptr<Store>>> Engine::Impl::open_stores() {
  std::vector<std::unique_ptr<Store>> opened;
  // The writer's, the readers', the analyst's, and the lease keeper's.
  for (std::size_t i = 0; i < 1 + options_.readers + 1 + 1; ++i) {
    auto store = stores_();
    if (!store.ok()) {
      return store.fault();
    }
    opened.push_back(std::move(store).value());
  }
  return opened;
}

Result<Done> Engine::Impl::own_and_recover(std::unique_ptr<Store> store) {
  lease_keeper_ = std::make_unique<LeaseKeeper>(std::move(store), *surroundings_.machine, tenure_,
                                                *surroundings_.observer);
  const auto ownership = lease_keeper_->acquire(options_.claim);
  if (!ownership.ok()) {
    return ownership.fault();
  }
  epoch_ = ownership.value().epoch;
  ReactorLayout layout;
  layout.shards = shards_;
  layout.reactors = options_.reactors;
  layout.reactor_of = [this](ShardId shard) { return owner_of(shard).raw(); };
  layout.on_durable = [this](std::uint16_t reactor) { reactors_[reactor]->loop().post([] {}); };
  const Instant began = surroundings_.machine->now().steady;
  auto recovered = recover(*journal_directory_, ownership.value(), layout, *surroundings_.observer);
  if (!recovered.ok()) {
    lease_keeper_->stop();
    return recovered.fault();
  }
  start_times_.replay = surroundings_.machine->now().steady - began;
  recovered_ = std::move(recovered).value();
  return Done{};
}

OwnershipStatus Engine::Impl::ownership() const {
  const Instant now = surroundings_.machine->now().steady;
  const Instant until = tenure_.until();
  OwnershipStatus status;
  status.epoch = epoch_;
  status.owner = tenure_.holds(now);
  if (options_.claim.lease.count() > 0) {
    status.lease_left = status.owner ? until - now : Duration{};
    status.lease = Tenure::reliable(options_.claim.lease);
  }
  return status;
}

template <class Actor, class... Args>
auto Engine::Impl::spawn(Home& home, Args&&... args) {
  caf::actor_config config{&home};
  return system_->spawn_class<Actor, caf::no_spawn_options>(config, std::ref(home),
                                                            std::forward<Args>(args)...);
}

void Engine::Impl::spawn_store_actors(std::vector<std::unique_ptr<Store>> stores) {
  for (std::size_t i = 0; i < stores.size(); ++i) {
    store_threads_.push_back(std::make_unique<StoreThread>(*system_));
  }
  writer_ = spawn<StoreWriter>(
      *store_threads_[0], std::move(stores[0]), epoch_,
      StoreWriter::Shared{.plans = plans_,
                          .meters = meters_,
                          .keys = keys_,
                          .members = members_,
                          .tiers = tiers_,
                          .hosts = hosts_by_name_,
                          .counts = counts_,
                          .resources = resources_,
                          .surroundings = surroundings_,
                          .tenure = &tenure_,
                          .audit_retention = options_.audit_retention,
                          .alert_retention = options_.alert_retention,
                          .payment_grace = options_.payment_grace,
                          .usage_retention = options_.usage_retention,
                          .shard_hosts = &hosts_,
                          .host_of = [this](TenantId tenant) { return host_of(tenant); }});
  const std::size_t last = stores.size() - 1;
  analyst_ =
      spawn<UsageAnalyst>(*store_threads_[last], std::move(stores[last]), epoch_,
                          std::cref(*surroundings_.machine), std::ref(*surroundings_.observer));
  for (std::size_t i = 1; i < last; ++i) {
    readers_.push_back(spawn<StoreReader>(*store_threads_[i], std::move(stores[i]), plans_,
                                          members_, resources_, std::cref(*surroundings_.machine),
                                          std::ref(*surroundings_.observer)));
  }
}

void Engine::Impl::spawn_hosts(std::chrono::milliseconds tick) {
  std::vector<Loop*> loops;
  for (const auto& reactor : reactors_) {
    reactor->start(*system_);
    loops.push_back(&reactor->loop());
  }
  for (std::uint16_t i = 0; i < options_.reactors; ++i) {
    Reactor& reactor = *reactors_[i];
    const HashSeed seed{desks_[i].random()};
    hosts_.push_back(spawn<ShardHost>(
        reactor.home(),
        ShardHostPlace{.here = ReactorIndex{i},
                       .loops = loops,
                       .clock = surroundings_.clock,
                       .machine = surroundings_.machine,
                       .observer = surroundings_.observer,
                       .tenure = &tenure_,
                       .checkpoint_bytes = options_.journal_bytes / options_.reactors,
                       .meters = meters_,
                       .tiers = tiers_,
                       .hops = &desks_[i].hops,
                       .readers = readers_,
                       .writer = writer_,
                       .bounds = bounds_of_a_host(),
                       .flush_interval = in_ticks(options_.flush_interval, tick),
                       .flush_back_off_max = in_ticks(options_.flush_back_off_max, tick),
                       .seed = seed},
        Hosting::Start{.journal = recovered_[i].journal.get(),
                       .epoch = epoch_,
                       .shards = shards_,
                       .recovered = std::move(recovered_[i].recovered)}));
  }
}

// Before the first check: nobody has asked for anything yet.
void Engine::Impl::tell_hosts_of(Offered offered) {
  for (auto& [policy, terms] : offered.policies) {
    const auto ready = made_ready(policy, *tiers_->catalogue(), std::move(terms));
    for (const ShardHostActor& host : hosts_) {
      caf::anon_send(host, PolicyPut{ready});
    }
    resources_->put(std::move(policy));
  }
  for (const Offered::Owner& owner : offered.owners) {
    for (const ShardHostActor& host : hosts_) {
      caf::anon_send(host, OwnerStands{owner.id, owner.standing});
    }
  }
}

// The first reactor's timer is also that of the writer, which has none of its own.
void Engine::Impl::start_ticking(std::chrono::milliseconds tick) {
  for (std::uint16_t i = 1; i < options_.reactors; ++i) {
    reactors_[i]->tick_every(tick, [host = hosts_[i]] { caf::anon_send(host, Tick{}); });
  }
  const std::uint32_t rounds = in_ticks(options_.due_interval, tick).raw();
  reactors_[0]->tick_every(tick, [this, rounds, left = rounds]() mutable {
    caf::anon_send(hosts_[0], Tick{});
    if (--left == 0) {
      left = rounds;
      see_to_due();
      see_to_books();
    }
  });
}

// However long the store takes, one round is under way; and none once another server owns the
// tenants.
void Engine::Impl::see_to_due() {
  if (!tenure_.ended() && !seeing_to_due_.exchange(true, std::memory_order_relaxed)) {
    caf::anon_send(writer_, SeeToDue{[this](TenantId tenant) { return host_of(tenant); },
                                     [this] { seeing_to_due_.store(false); },
                                     {}});
  }
}

// The hosts are asked first: the books are of what the store is known to have.
void Engine::Impl::see_to_books() {
  if (tenure_.ended() || seeing_to_books_.exchange(true, std::memory_order_relaxed)) {
    return;
  }
  const auto round = std::make_shared<SavedRound>(hosts_.size(), [this](WallTime saved_before) {
    see_to_usage(saved_before);
    caf::anon_send(writer_, SeeToBooks{saved_before, [this] { seeing_to_books_.store(false); }});
  });
  for (const ShardHostActor& host : hosts_) {
    caf::anon_send(host, TellSaved{round});
  }
}

// What both look at is what the store is known to have, too. Each has one part under way.
void Engine::Impl::see_to_usage(WallTime saved_before) {
  if (!watching_usage_.exchange(true, std::memory_order_relaxed)) {
    caf::anon_send(analyst_, WatchUsage{saved_before, surroundings_.clock->now().wall,
                                        [this] { watching_usage_.store(false); }});
  }
  if (!forgetting_usage_.exchange(true, std::memory_order_relaxed)) {
    caf::anon_send(writer_, ForgetUsage{saved_before, [this] { forgetting_usage_.store(false); }});
  }
}

Hosting::Bounds Engine::Impl::bounds_of_a_host() const {
  const std::size_t residents = options_.resident_tenants_max / options_.reactors;
  return Hosting::Bounds{
      .resident_tenants_max = std::max<std::size_t>(1, residents),
      .idle_after = options_.idle_after,
      .unknown_tenants_max = options_.unknown_tenants_max,
      .unknown_for = options_.unknown_for,
      .write_behind = {.flush_tenants_max = std::max<std::size_t>(1, options_.flush_tenants_max),
                       .history_rows_max = options_.history_rows_max / options_.reactors},
      .activations = {.waiting_max = options_.waiting_checks_max,
                      .waiting_per_tenant_max = options_.waiting_checks_per_tenant_max,
                      .loads_max = options_.readers,
                      .tenants_per_load_max = tenants_per_load_max},
      .tenants_with_names_max =
          std::min((options_.tenants_with_names_max + options_.reactors - 1) / options_.reactors,
                   TenantTally::names_max)};
}

Result<Done> Engine::Impl::stop(std::chrono::milliseconds patience) {
  if (!running_) {
    return Done{};
  }
  running_ = false;
  stopping_.store(true, std::memory_order_relaxed);
  finish_turns();
  const std::size_t unsaved = drain_hosts(patience);
  retire_actors();
  for (const auto& thread : store_threads_) {
    thread->stop();
  }
  for (const auto& reactor : reactors_) {
    reactor->stop();
  }
  for (RecoveredReactor& reactor : recovered_) {
    reactor.journal.reset();
  }
  if (unsaved == 0 && !tenure_.ended()) {
    return lease_keeper_->release();
  }
  lease_keeper_->stop();
  if (unsaved > 0) {
    return Fault{FaultCode::unavailable,
                 "the latest usage of " + std::to_string(unsaved) +
                     " tenants could not be written to the store; " +
                     (journal_directory_->keeps() ? "the journal has it"
                                                  : "it is lost, since there is no journal")};
  }
  return Done{};
}

// A turn that began before may still submit checks and calls; after this all of them are with those
// who will answer.
void Engine::Impl::finish_turns() {
  for (const auto& reactor : reactors_) {
    // Shared, since the waiter goes on while the other thread is still inside `set_value`.
    const auto finished = std::make_shared<std::promise<void>>();
    reactor->loop().post([finished] { finished->set_value(); });
    finished->get_future().wait();
  }
}

std::size_t Engine::Impl::drain_hosts(std::chrono::milliseconds patience) {
  const Instant deadline = surroundings_.machine->now().steady + patience;
  std::vector<std::future<std::size_t>> answers;
  for (const ShardHostActor& host : hosts_) {
    auto unsaved = std::make_shared<std::promise<std::size_t>>();
    answers.push_back(unsaved->get_future());
    caf::anon_send(host, Drain{std::move(unsaved), deadline});
  }
  std::size_t unsaved = 0;
  for (auto& answer : answers) {
    unsaved += answer.get();
  }
  return unsaved;
}

// Those who ask go after those who are asked have answered, so nobody waits for ever: the store's
// actors first, since their last answers pass through the hosts.
void Engine::Impl::retire_actors() {
  caf::scoped_actor self{*system_};
  caf::anon_send(writer_, Retire{});
  self->wait_for(writer_);
  caf::anon_send(analyst_, Retire{});
  self->wait_for(analyst_);
  for (const StoreReaderActor& reader : readers_) {
    caf::anon_send(reader, Retire{});
    self->wait_for(reader);
  }
  for (const ShardHostActor& host : hosts_) {
    caf::anon_send(host, Retire{});
    self->wait_for(host);
  }
}

}  // namespace sluice
