// SPDX-License-Identifier: Apache-2.0
// The way of checks through a server, and what the books hear of them.
#include <utility>

#include "tests/sim/server_reactor.hpp"

namespace sluice::sim {

void Server::submit(std::unique_ptr<SimBatch> submitted) {
  SimBatch& batch = *submitted;
  batch.lay_out();
  batch.items.resize(reactors_.size());
  batch.charged.resize(reactors_.size());
  for (std::uint32_t i = 0; i < batch.checks.size(); ++i) {
    batch.items[reactor_of(batch.checks[i].tenant)].push_back(i);
  }
  for (const auto& items : batch.items) {
    batch.parts += items.empty() ? 0U : 1U;
  }
  batches_[batch.number] = std::move(submitted);
  const Now now = machine_.now();
  const auto parts = batch.items;  // The batch is gone once its last part is answered.
  for (const auto& reactor : reactors_) {
    const auto& items = parts[reactor->index()];
    if (!items.empty()) {
      reactor->upkeep.decide(batch, BatchItems::only(items), now);
      account(*reactor, now);
    }
  }
}

void Server::account(Reactor& reactor, const Now& now) {
  for (auto& [number, batch] : batches_) {
    for (const std::uint32_t item : batch->items[reactor.index()]) {
      const Check& check = batch->checks[item];
      const Outcome outcome = batch->decisions[item].outcome;
      if (outcome == Outcome::denied) {
        context_.probes.hit(Probe::limit_was_full);
      }
      if (const Books::Ask* ask = batch->of_a_lessee(item)) {
        note_lessee(*batch, item, *ask);
        continue;
      }
      if (const Books::Ask* ask = batch->of_a_creditor(item)) {
        note_creditor(*batch, item, *ask, now);
        continue;
      }
      if (const Books::Ask* ask = batch->of_a_sharer(item)) {
        note_sharer(*batch, item, *ask, now);
        continue;
      }
      const bool takes = check.mode == Mode::normal || check.mode == Mode::commit;
      const bool is_told = takes || check.mode == Mode::reserve || check.mode == Mode::release;
      if (batch->seen[item] || outcome != Outcome::allowed || !is_told ||
          batch->decisions[item].repeated) {
        continue;
      }
      batch->seen[item] = true;
      if (check.mode == Mode::release) {
        context_.books.gave_back(*batch->named(item));
        batch->charged[reactor.index()] = true;
        continue;
      }
      const Tenant* tenant = reactor.hosting.resident(check.tenant);
      if (tenant == nullptr) {
        continue;  // Nothing was charged, so it was free to leave.
      }
      if (check.mode == Mode::reserve) {
        context_.model.reserved(*tenant, check.charges, now);
        continue;
      }
      const std::size_t before = batch->taken.size();
      context_.model.took(*tenant, check, now, batch->taken);
      batch->charged[reactor.index()] =
          batch->charged[reactor.index()] || batch->taken.size() > before;
      if (const Books::Ask* ask = batch->named(item)) {
        const auto first = batch->taken.begin() + static_cast<std::ptrdiff_t>(before);
        context_.books.took(*ask, {first, batch->taken.end()});
      }
    }
  }
  for (const TenantId tenant : std::exchange(with_credit_, {})) {
    look_at_credit(tenant);
  }
  for (SimBatch* batch : std::exchange(finished_, {})) {
    finish(*batch);
  }
}

void Server::note_lessee(SimBatch& batch, std::uint32_t item, const Books::Ask& ask) {
  const Decision& decision = batch.decisions[item];
  if (!batch.seen[item] && decision.outcome == Outcome::allowed && !decision.repeated) {
    batch.seen[item] = true;
    context_.lessees.took(ask, decision);
  }
}

const Tenant* Server::first_decided(SimBatch& batch, std::uint32_t item, const Books::Ask& ask) {
  const Decision& decision = batch.decisions[item];
  const Tenant* const tenant = resident(ask.tenant);
  const bool is_decided =
      decision.outcome != Outcome::unavailable && decision.outcome != Outcome::unknown_tenant;
  if (batch.seen[item] || !is_decided || tenant == nullptr) {
    return nullptr;
  }
  batch.seen[item] = true;
  if (decision.outcome == Outcome::allowed && !decision.repeated && ask.mode != Mode::peek) {
    batch.charged[reactor_of(ask.tenant)] = true;
  }
  return tenant;
}

void Server::note_sharer(SimBatch& batch, std::uint32_t item, const Books::Ask& ask,
                         const Now& now) {
  const Tenant* const tenant = first_decided(batch, item, ask);
  if (tenant == nullptr) {
    return;
  }
  const bool judges = context_.database.epoch() == epoch_;
  context_.sharers.decided(ask, batch.decisions[item], *tenant, now.wall, judges);
}

void Server::note_creditor(SimBatch& batch, std::uint32_t item, const Books::Ask& ask,
                           const Now& now) {
  const Tenant* const tenant = first_decided(batch, item, ask);
  if (tenant == nullptr) {
    return;
  }
  if (context_.database.epoch() == epoch_) {
    context_.creditors.decided(ask, batch.decisions[item], *tenant, now.wall, context_.time);
    with_credit_.insert(ask.tenant);
  }
}

void Server::look_at_credit(TenantId id) const {
  const Tenant* const tenant = resident(id);
  if (tenant != nullptr && context_.database.epoch() == epoch_) {
    context_.creditors.look(*tenant, epoch_);
  }
}

void Server::look_at_credit() const {
  for (const auto& [id, row] : context_.database.rows()) {
    look_at_credit(id);
  }
}

void Server::told(SimBatch& batch, Reactor& by, bool answered) {
  const bool stale = context_.database.epoch() > epoch_;
  if (answered && by.in_end_of_turn && !draining_) {
    expect(!stale || !batch.charged[by.index()], "batch ", batch.number,
           " was acknowledged by epoch ", epoch_.raw(), " while there is a newer one");
  }
  if (!answered && !owner()) {
    context_.probes.hit(Probe::unanswered_after_tenure);
  }
  batch.given_up = batch.given_up || !answered;
  if (--batch.parts == 0) {
    finished_.push_back(&batch);
  }
}

void Server::finish(SimBatch& batch) {
  const bool stale = context_.database.epoch() > epoch_;
  context_.trace("  batch ", batch.number, batch.given_up ? " is given up" : " is answered");
  for (const Taken& taken : batch.taken) {
    context_.model.settle(taken, !batch.given_up && !stale);
  }
  for (std::size_t i = 0; i < batch.checks.size(); ++i) {
    const Decision* const decision = batch.given_up || stale ? nullptr : &batch.decisions[i];
    if (const Books::Ask* ask = batch.named(i)) {
      context_.books.told(*ask, decision, context_.time);
    }
    if (const Books::Ask* ask = batch.of_a_lessee(i)) {
      context_.lessees.told(*ask, decision);
    }
    if (const Books::Ask* ask = batch.of_a_creditor(i)) {
      context_.creditors.told(*ask, decision);
    }
    if (const Books::Ask* ask = batch.of_a_sharer(i)) {
      context_.sharers.told(*ask, decision, context_.time);
    }
  }
  batches_.erase(batch.number);
}

}  // namespace sluice::sim
