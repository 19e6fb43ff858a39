// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/shard_host.hpp"

#include <caf/send.hpp>
#include <utility>

namespace sluice {

ShardHost::ShardHost(caf::actor_config& config, Home& home, ShardHostPlace place,
                     Hosting::Start start)
    : Pinned(config, home),
      place_(std::move(place)),
      hosting_(place_.bounds, place_.seed, *place_.meters, *place_.observer, std::move(start)),
      upkeep_({.hosting = &hosting_,
               .journal = start.journal,
               .tenure = place_.tenure,
               .machine = place_.machine,
               .observer = place_.observer,
               .surroundings = this,
               .pace = FlushPace{place_.flush_interval, place_.flush_back_off_max,
                                 static_cast<std::uint32_t>(place_.seed.raw())},
               .checkpoint_bytes = place_.checkpoint_bytes}),
      next_reader_(place_.here.raw()) {}

ShardHost::behavior_type ShardHost::make_behavior() {
  // Runs on the home thread. The end of a turn is where everything leaves that the turn gathered.
  // The loop keeps the hook, and so the actor, for as long as it lives itself.
  loop().at_end_of_turn([this, alive = self()] { upkeep_.end_of_turn(place_.clock->now()); });
  return {
      [this](DecideChecks& wish) {
        const auto items =
            wish.whole ? BatchItems::all_of(*wish.batch) : BatchItems::only(wish.items);
        upkeep_.decide(*wish.batch, items, place_.clock->now());
      },
      [this](Loaded& answer) { upkeep_.loaded(answer.tenants, place_.clock->now()); },
      [this](Amended& fact) { put_in_force(fact); },
      [this](TakeSeat& wish) { hosting_.take_seat(wish.tenant, wish.then, place_.clock->now()); },
      [this](LeaveSeat& fact) { hosting_.leave_seat(fact.tenant); },
      [this](Removed& fact) { put_in_force(fact); },
      [this](Flushed& fact) { upkeep_.flushed(fact.outcome, fact.took); },
      [this](StoreAnswers) { upkeep_.store_answers(); },
      [this](AskTenant& wish) { hosting_.ask(wish.tenant, wish.call, place_.clock->now()); },
      [this](TellExplanations& wish) { wish.caller.answer(hosting_.explanations(wish.query)); },
      [this](TellStatus& wish) { tell_status(*wish.round); },
      [this](TellSaved& wish) { wish.round->tell(upkeep_.saved_before(place_.clock->now())); },
      [this](PolicyPut& fact) { hosting_.put(std::move(fact.policy)); },
      [this](PolicyGone& fact) { hosting_.policies().remove(fact.policy); },
      [this](OwnerStands& fact) { hosting_.policies().stand(fact.owner, fact.standing); },
      [](PassRound& round) { round.round->pass(); },
      [this](Tick) {
        hosting_.policies().rank_by(place_.tiers->catalogue());
        upkeep_.tick(place_.clock->now());
      },
      [this](Drain& wish) { drain(wish); },
      [this](Retire) { quit(); },
  };
}

void ShardHost::load(std::vector<TenantId> tenants) {
  caf::anon_send(place_.readers[next_reader_++ % place_.readers.size()],
                 Load{self(), std::move(tenants)});
}

void ShardHost::save(SaveBatch batch) {
  caf::anon_send(place_.writer, Flush{self(), std::move(batch)});
}

// A grant of the consumer's own making: nobody else has to agree.
void ShardHost::grant(const FirstUse& use) {
  const TenantId id = make_tenant_id(place_.clock->now().wall, random_(), random_());
  RequestAccess wish{.id = {id.high, id.low},
                     .consumer = use.consumer,
                     .policy = use.policy,
                     .message = "first use",
                     .occasion = use.peeks ? AccessOccasion::peek : AccessOccasion::first_use};
  auto answered = [this, alive = self(), use](const Result<SharingRequest>& made) {
    const Result<Done> outcome = made.ok() ? Result<Done>{Done{}} : Result<Done>{made.fault()};
    upkeep_.granted(use, outcome, place_.clock->now());
  };
  caf::anon_send(place_.writer, ChangeAccess{system_author(), std::move(wish),
                                             Caller<SharingRequest>{loop(), std::move(answered)}});
}

void ShardHost::deny(const DeniedUse& use) {
  const auto suppressed =
      denials_.take(to_string(use.consumer), use.owner, place_.machine->now().steady);
  if (suppressed) {
    AuditDraft denial = audit_of_denied_use(use, *suppressed);
    denial.author = system_author();
    caf::anon_send(place_.writer, RecordDenial{std::move(denial), Refusal::right_missing});
  }
}

void ShardHost::split(CheckBatch& batch, std::uint32_t checks) {
  // The part that is being decided is still outstanding, so the count cannot reach zero in between.
  batch.parts_outstanding_.fetch_add(checks, std::memory_order_relaxed);
}

void ShardHost::answered(CheckBatch& part) {
  const ReactorIndex origin = part.origin_;
  if (part.parts_outstanding_.fetch_sub(1, std::memory_order_acq_rel) != 1) {
    return;
  }
  if (origin == place_.here) {
    part.conclude();
  } else {
    place_.loops[origin.raw()]->post([&part] { part.conclude(); });
  }
}

void ShardHost::unanswered(CheckBatch& part) {
  part.abandoned_.store(true, std::memory_order_relaxed);  // Seen by whoever counts the last part.
  answered(part);
}

void ShardHost::wake() {
  loop().post([] {});
}

void ShardHost::put_in_force(Amended& fact) {
  if (fact.created) {
    hosting_.created(fact.definition.id);
  }
  hosting_.amended(fact.definition.id, fact.definition.version, std::move(fact.plan),
                   Standing{fact.definition.life}, place_.clock->now());
  hosting_.shared(fact.definition.id, fact.definition.shares, facts_of(fact.definition));
  hosting_.seated(fact.definition.id, fact.definition.membership.members, fact.seats,
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
  upkeep_.tell(status);
  status.hops = *place_.hops;
  status.mailbox = home().messages_waiting();
  round.reactors[place_.here.raw()] = std::move(status);
  if (round.missing.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    round.caller.answer(std::move(round.reactors));
  }
}

void ShardHost::drain(const Drain& wish) {
  unsaved_ = wish.unsaved;
  upkeep_.drain(wish.deadline);
}

void ShardHost::drained(std::size_t tenants_unsaved) {
  unsaved_->set_value(tenants_unsaved);
}

}  // namespace sluice
