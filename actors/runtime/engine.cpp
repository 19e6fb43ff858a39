// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/engine.hpp"

#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/engine_impl.hpp"
#include "actors/tenant/audit_drafts.hpp"

namespace sluice {

Engine::Engine(EngineOptions options, StoreFactory stores, std::unique_ptr<Journals> journals,
               EngineSurroundings surroundings)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(stores), std::move(journals),
                                   surroundings)) {}

Engine::~Engine() = default;

Result<Done> Engine::start() {
  return impl_->start();
}

Result<Done> Engine::stop(std::chrono::milliseconds patience) {
  return impl_->stop(patience);
}

std::uint16_t Engine::reactor_count() const noexcept {
  return impl_->reactor_count();
}

Loop& Engine::loop(ReactorIndex reactor) noexcept {
  return impl_->loop(reactor);
}

ShardCount Engine::shards() const noexcept {
  return impl_->shards();
}

ReactorIndex Engine::owner_of(ShardId shard) const noexcept {
  return impl_->owner_of(shard);
}

std::shared_ptr<const MeterTable> Engine::meters() const {
  return impl_->meters().table();
}

void Engine::submit(ReactorIndex here, CheckBatch& batch) {
  impl_->submit(here, batch);
}

void Engine::create(ReactorIndex here, Author author, TenantDefinition draft,
                    Reply<TenantDefinition> reply, std::optional<Member> owner) {
  if (draft.id == TenantId{}) {
    std::mt19937_64& random = impl_->desk(here).random;
    draft.id = make_tenant_id(impl_->clock().now().wall, random(), random());
  }
  if (auto caller = impl_->admit(here, std::move(reply))) {
    const ShardHostActor& host = impl_->host_of(draft.id);
    caf::anon_send(impl_->writer(), Create{std::move(author), std::move(draft), host,
                                           std::move(*caller), std::move(owner)});
  }
}

void Engine::amend(ReactorIndex here, Author author, Amendment amendment,
                   Reply<TenantDefinition> reply) {
  if (auto* const event = std::get_if<LifeEvent>(&amendment.change)) {
    if (auto* const deactivate = std::get_if<Deactivate>(event)) {
      deactivate->retention = impl_->tenant_retention();
    }
  }
  if (auto caller = impl_->admit(here, std::move(reply))) {
    const ShardHostActor& host = impl_->host_of(amendment.tenant);
    caf::anon_send(impl_->writer(),
                   Amend{std::move(author), std::move(amendment), host, std::move(*caller)});
  }
}

void Engine::remove(ReactorIndex here, Author author, TenantId tenant,
                    std::optional<Version> expected, Reply<TenantDefinition> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(), Remove{std::move(author), tenant, expected,
                                           impl_->host_of(tenant), std::move(*caller)});
  }
}

void Engine::show(ReactorIndex here, TenantId tenant, Reply<TenantDefinition> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), Show{tenant, std::move(*caller)});
  }
}

void Engine::resolve(ReactorIndex here, std::string slug, Reply<TenantId> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), Resolve{std::move(slug), std::move(*caller)});
  }
}

void Engine::list(ReactorIndex here, TenantQuery query, Reply<TenantPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), List{std::move(query), std::move(*caller)});
  }
}

void Engine::explanations(ReactorIndex here, const ExplanationQuery& query,
                          Reply<std::vector<Explanation>> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->host_of(query.tenant), TellExplanations{query, std::move(*caller)});
  }
}

void Engine::define_meter(ReactorIndex here, Author author, std::string name, std::string unit,
                          Reply<Meter> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(), DefineMeter{std::move(author), std::move(name), std::move(unit),
                                                std::move(*caller)});
  }
}

std::optional<StandingKey> Engine::find_key(KeyId id) const {
  return impl_->keys().find(id);
}

std::vector<ApiKey> Engine::keys() const {
  return impl_->keys().all();
}

void Engine::add_key(ReactorIndex here, Author author, ApiKey key, Reply<ApiKey> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(), AddKey{std::move(author), std::move(key), std::move(*caller)});
  }
}

void Engine::remove_key(ReactorIndex here, Author author, KeyId id, Reply<ApiKey> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(), RemoveKey{std::move(author), id, std::move(*caller)});
  }
}

OwnershipStatus Engine::ownership() const {
  return impl_->ownership();
}

void Engine::history(ReactorIndex here, UsageQuery query, Reply<std::vector<UsagePoint>> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->analyst(), TellHistory{std::move(query), std::move(*caller)});
  }
}

void Engine::closed_windows(ReactorIndex here, TenantId tenant,
                            Reply<std::vector<ClosedWindow>> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->analyst(), TellWindows{tenant, std::move(*caller)});
  }
}

void Engine::stored(ReactorIndex here, TenantId tenant, EntryId after, Reply<StoredPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), TellStored{tenant, after, std::move(*caller)});
  }
}

void Engine::what_if(ReactorIndex here, WhatIfQuery query, Reply<WhatIfPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    if (const auto checked = validate(query, *meters()); !checked.ok()) {
      return caller->answer(checked.fault());
    }
    caf::anon_send(impl_->analyst(), TellWhatIf{std::move(query), std::move(*caller)});
  }
}

void Engine::audit(ReactorIndex here, AuditQuery query, Reply<AuditPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->analyst(), TellAudit{std::move(query), std::move(*caller)});
  }
}

void Engine::check_audit(ReactorIndex here, TenantId chain, std::optional<AuditMark> from,
                         Reply<AuditCheck> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->analyst(), CheckAudit{chain, from, std::move(*caller)});
  }
}

void Engine::record_denial(ReactorIndex here, Author author, TenantId tenant, std::string_view what,
                           Refusal why) {
  const bool known =
      tenant == TenantId{} || impl_->desk(here).denials.knows(author.credential, tenant);
  // The writer finds whose chain it is; here it counts with those of the tenant if there is one.
  const auto record = [this, here, author = std::move(author), what = std::string{what}, tenant,
                       why](TenantId counted) {
    const Instant now = impl_->machine().now().steady;
    const auto suppressed = impl_->desk(here).denials.take(author.credential, counted, now);
    if (suppressed && !impl_->stopping()) {
      AuditDraft denial = audit_of_denial(tenant, what, *suppressed);
      denial.author = author;
      caf::anon_send(impl_->writer(), RecordDenial{std::move(denial), why});
    }
  };
  if (known) {
    return record(tenant);
  }
  show(here, tenant, [record, tenant](const Result<TenantDefinition>& found) {
    record(found.ok() ? tenant : TenantId{});
  });
}

void Engine::status(ReactorIndex here, Reply<std::vector<ReactorStatus>> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    const auto round = std::make_shared<StatusRound>(impl_->hosts().size(), std::move(*caller));
    for (const ShardHostActor& host : impl_->hosts()) {
      caf::anon_send(host, TellStatus{round});
    }
  }
}

}  // namespace sluice
