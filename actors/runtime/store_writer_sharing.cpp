// SPDX-License-Identifier: Apache-2.0
// How what tenants share is changed, and who has access to it: the desk decides and commits, hosts
// are told, and whoever asked is answered once they have it in force.
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/sharing_reading.hpp"
#include "actors/runtime/store_writer.hpp"
#include "actors/tenant/audit_drafts.hpp"

namespace sluice {

void StoreWriter::put_policy(PutPolicy& wish) {
  clear_doubts();
  auto written = desk_.put_policy(wish.author, wish.wish, wish.fresh);
  if (!written.ok()) {
    report("put_policy", written.fault());
    deny_if_anothers(wish, written.fault());
    wish.caller.answer(written.fault());
    return desk_.clear_doubts();
  }
  after_hosts(*shared_.shard_hosts, [caller = wish.caller, policy = std::move(written).value()] {
    caller.answer(policy);
  });
}

void StoreWriter::remove_policy(RemovePolicy& wish) {
  clear_doubts();
  auto removed = desk_.remove_policy(wish.author, wish.owner, wish.policy);
  if (!removed.ok()) {
    report("remove_policy", removed.fault());
    wish.caller.answer(removed.fault());
    return clear_doubts();
  }
  if (!removed.value().gone) {  // Others come in between.
    caf::anon_send(caf::actor_cast<StoreWriterActor>(this), std::move(wish));
    return;
  }
  after_hosts(*shared_.shard_hosts,
              [caller = wish.caller, policy = std::move(removed.value().policy)] {
                caller.answer(policy);
              });
}

void StoreWriter::change_access(ChangeAccess& wish) {
  clear_doubts();
  auto step = desk_.change_access(wish.author, wish.wish);
  if (!step.ok()) {
    report("change_access", step.fault());
    wish.caller.answer(step.fault());
    return clear_doubts();
  }
  std::vector<ShardHostActor> hosts;
  for (const TenantDefinition& consumer : step.value().change.consumers) {
    hosts.push_back(shared_.host_of(consumer.id));
  }
  after_hosts(std::move(hosts), [caller = wish.caller, after = std::move(step.value().after)] {
    caller.answer(after);
  });
}

Rest StoreWriter::end_due_sharing(WallTime now) {
  const auto ended = desk_.end_due(now);
  if (!ended.ok()) {
    report("due_sharing", ended.fault());
    clear_doubts();
  }
  return ended.ok() ? ended.value() : Rest::none;
}

// Nothing more is used from here on, so the last period that is owed is known; until that is closed
// the rows that its lines are made of have to stay.
Result<Done> StoreWriter::end_sharing_of(const Author& author, TenantId tenant) {
  if (auto removed = desk_.remove_policies(author, shared_.resources->of(tenant)); !removed.ok()) {
    return removed;
  }
  if (auto ended = desk_.end_access_of(author, tenant); !ended.ok()) {
    return ended;
  }
  const auto until = unbilled_until(*store_, tenant, wall());
  if (!until.ok()) {
    return until.fault();
  }
  return until.value() ? Result<Done>{not_yet_billed(*until.value())} : Done{};
}

void StoreWriter::put_in_force(const TenantDefinition& consumer) {
  put_in_force(Change{consumer}, shared_.host_of(consumer.id), std::nullopt, 0);
}

void StoreWriter::doubt(TenantId consumer) {
  doubtful_.try_emplace(consumer, Doubt{shared_.host_of(consumer), 0});  // It may have seats.
}

void StoreWriter::publish(const SharingPolicy& policy, std::vector<SharingTerms> terms) {
  shared_.resources->put(policy);
  const auto ready =
      made_ready(policy, *shared_.tiers->catalogue(), terms_from(std::move(terms), wall()));
  for (const ShardHostActor& host : *shared_.shard_hosts) {
    caf::anon_send(host, PolicyPut{ready});
  }
}

void StoreWriter::owns(const TenantDefinition& owner) {
  for (const ShardHostActor& host : *shared_.shard_hosts) {
    caf::anon_send(host, OwnerStands{owner.id, Standing{owner.life}});
  }
}

void StoreWriter::forget(PolicyId policy) {
  shared_.resources->forget(policy);
  for (const ShardHostActor& host : *shared_.shard_hosts) {
    caf::anon_send(host, PolicyGone{policy});
  }
}

void StoreWriter::after_hosts(std::vector<ShardHostActor> hosts, std::function<void()> then) {
  if (hosts.empty()) {
    return then();
  }
  const auto round = std::make_shared<HostRound>(hosts.size(), std::move(then));
  for (const ShardHostActor& host : hosts) {
    caf::anon_send(host, PassRound{round});
  }
}

void StoreWriter::deny_if_anothers(const PutPolicy& wish, const Fault& fault) {
  const auto taken = shared_.resources->find(wish.wish.policy.resource);
  const auto its = taken ? shared_.resources->find(*taken) : nullptr;
  const bool is_new = wish.wish.policy.id == PolicyId{};
  if (is_new && fault.code == FaultCode::already_exists && its != nullptr &&
      its->owner != wish.wish.policy.owner) {
    deny(wish.author, its->owner, "policy.put");
  }
}

void StoreWriter::deny(const Author& author, TenantId whose, std::string_view what) {
  if (author == system_author()) {
    return;  // A host asked for the first use of what is not public any more.
  }
  const Instant now = shared_.surroundings.machine->now().steady;
  if (const auto suppressed = denials_.take(author.credential, whose, now)) {
    AuditDraft denial = audit_of_denial(whose, what, *suppressed);
    denial.author = author;
    record(std::move(denial), Refusal::foreign_tenant);
  }
}

}  // namespace sluice
