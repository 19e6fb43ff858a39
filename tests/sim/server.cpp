// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/server.hpp"

#include <algorithm>

#include "actors/runtime/sharing_reading.hpp"
#include "storage/journal/file_journals.hpp"
#include "tests/sim/server_reactor.hpp"

namespace sluice::sim {

namespace {

constexpr Duration drain_patience = std::chrono::seconds{60};
constexpr Duration sees_to_due_every = std::chrono::seconds{1};

class HandBackground final : public Background {
public:
  explicit HandBackground(std::shared_ptr<JobQueue> queue) : queue_(std::move(queue)) {}
  void post(std::function<void()> job) override { queue_->jobs.push_back(std::move(job)); }

private:
  std::shared_ptr<JobQueue> queue_;
};

}  // namespace

Server::Server(Context& context, Machine& machine, std::uint16_t reactors)
    : context_(context), machine_(machine), reactor_count_(reactors) {
  meters_.publish(default_meters());
}

Server::~Server() = default;

Result<Done> Server::start(const Claim& claim) {
  SimStore store{context_.database, context_.weather, context_.random, context_.probes};
  const Instant asked = machine_.now().steady;
  const Epoch before = context_.database.epoch();
  const auto owner = context_.database.owner();
  const bool taken = !context_.database.released() && owner != claim.server;
  const auto owned = store.acquire(claim);
  if (context_.database.epoch() > before) {
    context_.model.came_back(claim.server);
    if (owner != claim.server) {
      context_.model.lose_removals();  // Its journal may be from before them.
    }
    if (taken) {
      context_.probes.hit(Probe::taken_over);
      context_.model.fall_back(context_.database, FormerOwner{before, *owner});
      context_.books.forget();
      context_.lessees.forget();
      context_.sharers.fall_back(context_.database);
      context_.creditors.fall_back(context_.database, *owner);
    }
    context_.creditors.came_back(claim.server);
  }
  if (!owned.ok()) {
    return owned.fault();
  }
  epoch_ = owned.value().epoch;
  tenure_.granted(asked, lease);
  renew_at_ = context_.time + lease / Tenure::renewals_per_lease;
  store_ = std::make_unique<StoreThreads>(context_, epoch_, hosts());
  const ReactorLayout layout{
      ShardCount{shards_of_the_world},
      [this](ShardId shard) { return static_cast<std::uint16_t>(shard.raw() % reactor_count_); },
      reactor_count_, [this](std::uint16_t reactor) { reactors_[reactor]->woken = true; }};
  auto journals = open_journals({context_.plan.durability, segment_bytes_min, machine_.boot_id()},
                                machine_.disk(), [this] {
                                  jobs_.push_back(std::make_shared<JobQueue>());
                                  return std::make_unique<HandBackground>(jobs_.back());
                                });
  SLUICE_INVARIANT(journals.ok());
  journals_ = std::move(journals).value();
  auto recovered = recover(*journals_, owned.value(), layout, *this);
  if (!recovered.ok()) {
    return recovered.fault();
  }
  const auto offered = read_offered(store, context_.wall());
  if (!offered.ok()) {
    return offered.fault();
  }
  for (std::uint16_t i = 0; i < reactor_count_; ++i) {
    make_reactor(i, std::move(recovered.value()[i]));
    for (const Offered::Policy& one : offered.value().policies) {
      reactors_[i]->hosting.put(made_ready(one.policy, shipped_tiers(), one.terms));
    }
  }
  context_.sharers.served_by(epoch_);
  return Done{};
}

StoreThreads::Hosts Server::hosts() {
  return {
      reactor_count_,
      [this](TenantId id) { return reactor_of(id); },
      [this](const TenantDefinition& definition, std::shared_ptr<const Plan> plan) {
        Hosting& host = reactors_[reactor_of(definition.id)]->hosting;
        host.amended(definition.id, definition.version, std::move(plan), {}, machine_.now());
        host.shared(definition.id, definition.shares, facts_of(definition));
        look_at_credit(definition.id);
      },
      [this](std::size_t at, std::shared_ptr<const ReadyPolicy> policy) {
        reactors_[at]->hosting.put(std::move(policy));
      },
      [this](std::size_t at, PolicyId policy) { reactors_[at]->hosting.policies().remove(policy); },
      [this](TenantId id) {
        reactors_[reactor_of(id)]->hosting.created(id);
        created_.push_back(id);
      },
      [this](TenantId id) { reactors_[reactor_of(id)]->hosting.removed(id); },
      [this] { tenure_.end(); }};
}

void Server::make_reactor(std::uint16_t index, RecoveredReactor recovered) {
  if (recovered.recovered.tenants() > 0) {
    context_.probes.hit(Probe::recovered_beyond_watermark);
  }
  context_.trace("  reactor ", index, " recovered ", recovered.recovered.tenants(), " tenants");
  reactors_.push_back(std::make_unique<Reactor>(*this, index, std::move(recovered.journal),
                                                std::move(recovered.recovered)));
}

std::size_t Server::reactor_of(TenantId tenant) const {
  return shard_of(tenant, ShardCount{shards_of_the_world}).raw() % reactor_count_;
}

void Server::die() {
  if (reactors_.size() == reactor_count_) {
    look_at_credit();
  }
  dead_ = true;
  if (store_) {
    store_->die();
  }
  for (const auto& queue : jobs_) {
    if (!queue->jobs.empty()) {
      context_.probes.hit(Probe::background_job_lost);
    }
  }
  for (auto& [number, batch] : batches_) {
    for (const Taken& taken : batch->taken) {
      context_.model.settle(taken, false);
    }
    for (std::size_t i = 0; i < batch->checks.size(); ++i) {
      if (const Books::Ask* ask = batch->named(i)) {
        context_.books.told(*ask, nullptr, context_.time);
      }
      if (const Books::Ask* ask = batch->of_a_lessee(i)) {
        context_.lessees.told(*ask, nullptr);
      }
      if (const Books::Ask* ask = batch->of_a_creditor(i)) {
        context_.creditors.told(*ask, nullptr);
      }
      if (const Books::Ask* ask = batch->of_a_sharer(i)) {
        context_.sharers.told(*ask, nullptr, context_.time);
      }
    }
  }
  batches_.clear();
}

// ---------------------------------------------------------------------------------------- turns

void Server::end_turn(std::size_t at) {
  Reactor& reactor = *reactors_[at];
  reactor.woken = false;
  reactor.in_end_of_turn = true;
  commit_failed_ = false;
  reactor.upkeep.end_of_turn(machine_.now());
  std::erase_if(created_, [&](TenantId tenant) {
    const bool committed = !commit_failed_ && reactor_of(tenant) == at;
    if (committed) {
      store_->committed(tenant);
    }
    return committed;
  });
  reactor.in_end_of_turn = false;
  if (reactor.journal->released_through > reactor.hosting.write_behind().saved_through()) {
    context_.probes.hit(Probe::journal_checkpointed);
  }
  std::ranges::sort(finished_, {}, &SimBatch::number);
  for (SimBatch* batch : std::exchange(finished_, {})) {
    finish(*batch);
  }
  if (!batches_.empty() && context_.plan.durability == Durability::disk) {
    context_.probes.hit(Probe::answers_waited_for_sync);
  }
}

void Server::pass_time() {
  if (context_.time >= renew_at_) {
    renew();
  }
  if (context_.time >= due_at_ && !draining_) {
    due_at_ = context_.time + sees_to_due_every;
    store_->end_due();
    see_to_books();
  }
  for (const auto& reactor : reactors_) {
    const Now now = machine_.now();
    if (now.steady < reactor->ticked_at + tick_length) {
      continue;
    }
    reactor->ticked_at = now.steady;
    reactor->upkeep.tick(now);
    const bool room = reactor->hosting.turn_log().has_room();
    if (room != reactor->had_room) {
      context_.probes.hit(room ? Probe::room_resumed : Probe::room_refused);
    }
    reactor->had_room = room;
    end_turn(reactor->index());
  }
  if (!owner()) {
    lost_tenure_ = true;
  } else if (std::exchange(lost_tenure_, false)) {
    context_.probes.hit(Probe::resumed_after_lost_tenure);
  }
}

// The hosts are asked first: the books are of what the store is known to have.
void Server::see_to_books() {
  WallTime saved_before = WallTime::max();
  for (const auto& reactor : reactors_) {
    saved_before = std::min(saved_before, reactor->upkeep.saved_before(machine_.now()));
  }
  store_->see_to_books(saved_before);
}

void Server::renew() {
  const Instant asked = machine_.now().steady;
  SimStore store{context_.database, context_.weather, context_.random, context_.probes};
  const auto renewed = store.renew(epoch_);
  renew_at_ = context_.time + lease / Tenure::renewals_per_lease;
  if (renewed.ok()) {
    tenure_.granted(asked, lease);
  } else if (renewed.fault().code == FaultCode::fenced) {
    tenure_.end();
  }
}

bool Server::run_job(std::size_t at) {
  auto& jobs = jobs_[at]->jobs;
  if (jobs.empty()) {
    return false;
  }
  const std::function<void()> job = std::move(jobs.front());
  jobs.pop_front();
  job();
  return true;
}

bool Server::deliver(std::size_t thread) {
  return store_->deliver(thread);
}

void Server::save_refused(TenantId tenant, const Fault& /*fault*/) {
  context_.probes.hit(Probe::tenant_set_aside);
  context_.trace("  tenant ", number_of(tenant), " is set aside");
}

void Server::journal_failed(const Fault& fault) {
  commit_failed_ = true;
  context_.trace("  commit failed: ", fault.context);
}

// ------------------------------------------------------------------------------------------ end

void Server::drain() {
  draining_ = true;
  for (const auto& reactor : reactors_) {
    reactor->upkeep.drain(machine_.now().steady + drain_patience);
  }
}

bool Server::drained() const {
  return std::ranges::all_of(
      reactors_, [](const auto& reactor) { return reactor->unsaved_after_drain.has_value(); });
}

void Server::release() {
  const bool all = std::ranges::all_of(
      reactors_, [](const auto& reactor) { return *reactor->unsaved_after_drain == 0; });
  context_.probes.hit(all ? Probe::drained_and_released : Probe::drained_with_rest);
  if (all && !tenure_.ended()) {
    SimStore store{context_.database, context_.weather, context_.random, context_.probes};
    static_cast<void>(store.release(epoch_));
  }
}

bool Server::quiet() const {
  return batches_.empty() && store_->idle() && owner() &&
         std::ranges::all_of(reactors_, [](const auto& reactor) {
           return !reactor->woken && reactor->hosting.write_behind().idle() &&
                  reactor->hosting.activations().idle();
         });
}

bool Server::journal_failed() const {
  return std::ranges::any_of(reactors_, [](const auto& reactor) {
    return !reactor->hosting.turn_log().has_room() && reactor->journal->figures().failures > 0;
  });
}

bool Server::lost_history() const {
  return std::ranges::any_of(
      reactors_, [](const auto& reactor) { return reactor->hosting.status().history_lost > 0; });
}

std::uint64_t Server::activations() const {
  std::uint64_t activations = 0;
  for (const auto& reactor : reactors_) {
    activations += reactor->hosting.status().activations;
  }
  return activations;
}

const Tenant* Server::resident(TenantId tenant) const {
  return reactors_[reactor_of(tenant)]->hosting.resident(tenant);
}

void Server::check() const {
  const Now now = machine_.now();
  for (const auto& [id, row] : context_.database.rows()) {
    if (const Tenant* tenant = resident(id)) {
      context_.model.check(*tenant, now);
      if (store_->has_told(id)) {
        context_.sharers.check(*tenant, row.definition);
      }
    }
  }
  if (store_->has_told_of_policies()) {
    check_policies();
  }
}

// Every reactor has what the store has.
void Server::check_policies() const {
  const auto& stored = context_.database.shares().policies();
  for (const auto& reactor : reactors_) {
    const SharedPolicies& known = reactor->hosting.policies();
    expect(known.size() == stored.size(), "a reactor has ", known.size(), " policies of ",
           stored.size());
    for (const auto& [id, policy] : stored) {
      const ReadyPolicy* const ready = known.find(id);
      expect(ready != nullptr && ready->policy == policy, "a reactor has an old policy ", id.low);
    }
  }
}

}  // namespace sluice::sim
