// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/shard_host.hpp"

#include <caf/send.hpp>
#include <utility>

namespace sluice {

namespace {
/// Gathering so many takes some ten microseconds; then other work gets its turn.
constexpr std::size_t tenants_per_slice = 128;
}  // namespace

ShardHost::ShardHost(caf::actor_config& config, Home& home, ShardHostPlace place)
    : Pinned(config, home),
      place_(std::move(place)),
      hosting_(place_.bounds, place_.seed, *place_.meters, *place_.observer),
      pace_(place_.flush_interval, place_.flush_back_off_max,
            static_cast<std::uint32_t>(place_.seed.raw())),
      next_reader_(place_.here.raw()) {}

ShardHost::behavior_type ShardHost::make_behavior() {
  // Runs on the home thread. The end of a turn is where everything leaves that the turn gathered:
  // today the loads of all tenants that it missed. The loop keeps the hook, and so the actor, for
  // as long as it lives itself.
  place_.loops[place_.here.raw()]->at_end_of_turn([this, alive = self()] { send_loads(); });
  return {
      [this](DecideChecks& wish) { decide(wish); },
      [this](Loaded& answer) { after_load(answer); },
      [this](Amended& fact) { put_in_force(fact); },
      [this](Removed& fact) { put_in_force(fact); },
      [this](Flushed& fact) { after_flush(fact); },
      [this](TellUsage& wish) { hosting_.usage(wish.tenant, wish.caller, place_.clock->now()); },
      [this](TellStatus& wish) { tell_status(*wish.round); },
      [this](Tick) {
        hosting_.tick(place_.clock->now());
        pace_.tick();
        flush_if_due();
        finish_drain_if_done();
      },
      [this](GatherMore) { gather_slice(); },
      [this](Drain& wish) { drain(wish); },
      [this](Retire) { quit(); },
  };
}

void ShardHost::decide(const DecideChecks& wish) {
  CheckBatch& batch = *wish.batch;
  const BatchItems items = wish.whole ? BatchItems::all_of(batch) : BatchItems::only(wish.items);
  const std::uint32_t waiting = hosting_.decide(batch, items, place_.clock->now());
  if (waiting > 0) {
    // This part is still outstanding, so the count cannot reach zero in between.
    batch.parts_outstanding_.fetch_add(waiting, std::memory_order_relaxed);
  }
  part_done(batch);
  flush_if_due();
}

void ShardHost::part_done(CheckBatch& batch) {
  const ReactorIndex origin = batch.origin_;
  if (batch.parts_outstanding_.fetch_sub(1, std::memory_order_acq_rel) != 1) {
    return;
  }
  if (origin == place_.here) {
    batch.completed();
  } else {
    place_.loops[origin.raw()]->post([&batch] { batch.completed(); });
  }
}

void ShardHost::after_load(Loaded& answer) {
  if (drained_) {
    return;
  }
  finished_.clear();
  hosting_.loaded(answer.tenants, place_.clock->now(), finished_);
  for (CheckBatch* batch : finished_) {
    part_done(*batch);
  }
  flush_if_due();
  finish_drain_if_done();
}

void ShardHost::put_in_force(Amended& fact) {
  hosting_.amended(fact.definition.id, fact.definition.version, std::move(fact.plan),
                   place_.clock->now());
  if (fact.caller) {
    fact.caller->answer(std::move(fact.definition));
  }
}

void ShardHost::put_in_force(Removed& fact) {
  hosting_.removed(fact.definition.id);
  if (fact.caller) {
    fact.caller->answer(std::move(fact.definition));
  }
}

void ShardHost::tell_status(StatusRound& round) {
  ReactorStatus status = hosting_.status();
  status.hops = *place_.hops;
  status.flushes = flushes_;
  status.flush_failures = flush_failures_;
  round.reactors[place_.here.raw()] = std::move(status);
  if (round.missing.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    round.caller.answer(std::move(round.reactors));
  }
}

void ShardHost::send_loads() {
  for (auto ids = hosting_.activations().begin_load(); !ids.empty();
       ids = hosting_.activations().begin_load()) {
    caf::anon_send(place_.readers[next_reader_++ % place_.readers.size()],
                   Load{self(), std::move(ids)});
  }
}

void ShardHost::flush_if_due() {
  WriteBehind& write_behind = hosting_.write_behind();
  if (drained_ || write_behind.under_way() || write_behind.unsaved() == 0 || pace_.backing_off()) {
    return;
  }
  if (pace_.due() || write_behind.flush_is_full() || hosting_.crowded() || draining_) {
    hosting_.relieve();
    write_behind.begin();
    gather_slice();
  }
}

void ShardHost::gather_slice() {
  WriteBehind& write_behind = hosting_.write_behind();
  if (write_behind.gather(tenants_per_slice, place_.clock->now())) {
    caf::anon_send(place_.writer, Flush{self(), write_behind.take_rows()});
  } else {
    place_.loops[place_.here.raw()]->post([host = self()] { caf::anon_send(host, GatherMore{}); });
  }
}

void ShardHost::after_flush(const Flushed& fact) {
  if (fact.outcome.ok()) {
    ++flushes_;
    pace_.succeeded();
    hosting_.write_behind().saved();
  } else {
    ++flush_failures_;
    pace_.failed();
    hosting_.write_behind().failed();
  }
  flush_if_due();
  finish_drain_if_done();
}

void ShardHost::drain(const Drain& wish) {
  draining_ = wish;
  pace_.hurry();
  flush_if_due();
  finish_drain_if_done();
}

void ShardHost::finish_drain_if_done() {
  if (!draining_ || drained_) {
    return;
  }
  const WriteBehind& write_behind = hosting_.write_behind();
  const bool finished = hosting_.activations().idle() && write_behind.unsaved() == 0;
  if (!finished && std::chrono::steady_clock::now() < draining_->deadline) {
    return;
  }
  drained_ = true;
  finished_.clear();
  hosting_.give_up_waiting(finished_);
  for (CheckBatch* batch : finished_) {
    part_done(*batch);
  }
  draining_->unsaved->set_value(write_behind.unsaved());
}

}  // namespace sluice
