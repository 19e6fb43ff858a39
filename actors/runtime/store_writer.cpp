// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/store_writer.hpp"

#include <caf/send.hpp>
#include <utility>

#include "actors/tenant/audit_drafts.hpp"

namespace sluice {

namespace {

constexpr Duration forgets_audit_every = std::chrono::hours{1};

/// Refusals are answers to the caller; only what an operator has to know is told.
bool is_trouble(FaultCode code) {
  switch (code) {
    case FaultCode::unavailable:
    case FaultCode::outcome_unknown:
    case FaultCode::data_damaged:
    case FaultCode::fenced:
      return true;
    case FaultCode::invalid_argument:
    case FaultCode::not_found:
    case FaultCode::already_exists:
    case FaultCode::conflict:
    case FaultCode::limit_exceeded:
    case FaultCode::permission_denied:
    case FaultCode::unauthenticated:
    case FaultCode::quota_exceeded:
      return false;
  }
  invariant_broken("a fault code", __FILE__, __LINE__);
}

void turn_away(const std::vector<Create>& wishes) {
  for (const Create& wish : wishes) {
    wish.caller.answer(Fault{FaultCode::unavailable, "the server is stopping"});
  }
}

}  // namespace

StoreWriter::StoreWriter(caf::actor_config& config, Home& home, std::unique_ptr<Store> store,
                         Epoch epoch, Shared shared)
    : Pinned(config, home),
      store_(std::move(store)),
      epoch_(epoch),
      shared_(std::move(shared)),
      desk_(*store_, epoch_, *this),
      books_desk_(*store_, epoch_) {}

StoreWriter::behavior_type StoreWriter::make_behavior() {
  return {
      [this](Create& wish) {
        clear_doubts();
        if (waits_for_move(wish)) {
          return waiting_creations_.push_back(std::move(wish));
        }
        conclude("create", wish.draft.id, create(wish.author, wish.draft, wish.owner), wish.host,
                 wish.caller);
      },
      [this](Amend& wish) {
        clear_doubts();
        conclude("amend", wish.amendment.tenant, amend(std::move(wish.author), wish.amendment),
                 wish.host, wish.caller);
      },
      [this](ChangeMembers& wish) {
        clear_doubts();
        auto changed = change_members(std::move(wish.author), wish.wish, *wish.told);
        conclude("change_members", wish.wish.tenant, std::move(changed), wish.host, wish.caller,
                 wish.seats);
      },
      [this](Remove& wish) {
        clear_doubts();
        conclude("remove", wish.tenant, remove(std::move(wish.author), wish.tenant, wish.expected),
                 wish.host, wish.caller);
      },
      [this](Move& wish) { move(wish); },
      [this](SeeToDue& wish) { see_to_due(wish); },
      [this](SeeToBooks& wish) { see_to_books(wish); },
      [this](MarkPayoutPaid& wish) { mark_payout_paid(wish); },
      [this](DefineMeter& wish) {
        answer("define_meter", define_meter(std::move(wish.author), wish.name, wish.unit),
               wish.caller);
      },
      [this](AddKey& wish) { answer("add_key", add_key(wish), wish.caller); },
      [this](RemoveKey& wish) { answer("remove_key", remove_key(wish), wish.caller); },
      [this](RecordDenial& wish) { record(std::move(wish.denial), wish.why); },
      [this](PutTier& wish) {
        answer("put_tier", put_tier(std::move(wish.author), std::move(wish.tier), wish.expected),
               wish.caller);
      },
      [this](RemoveTier& wish) {
        answer("remove_tier", remove_tier(std::move(wish.author), wish.name), wish.caller);
      },
      [this](ApplyTierTo& wish) { answer("apply_tier", apply_tier(wish), wish.caller); },
      [this](Customise& wish) {
        answer("customise", customise(std::move(wish.author), wish.wish), wish.caller);
      },
      [this](SendAgain& wish) { answer("send_again", send_again(wish), wish.caller); },
      [this](TestWebhook& wish) { answer("test_webhook", test_webhook(wish), wish.caller); },
      [this](PutPolicy& wish) { put_policy(wish); },
      [this](RemovePolicy& wish) { remove_policy(wish); },
      [this](ChangeAccess& wish) { change_access(wish); },
      [this](ChangeListing& wish) { answer("change_listing", change_listing(wish), wish.caller); },
      [this](RateListing& wish) { answer("rate_listing", rate_listing(wish), wish.caller); },
      [this](ReportPayment& wish) { answer("report_payment", report_payment(wish), wish.caller); },
      [this](ForgetUsage& wish) {
        forget_old_usage(wish);
        wish.ended();
      },
      [this](Flush& wish) { flush(wish); },
      [this](Retire) {
        turn_away(waiting_creations_);
        failed_flushes_of_.clear();
        quit();
      },
  };
}

void StoreWriter::flush(Flush& wish) {
  clear_doubts();
  const Clock& machine = *shared_.surroundings.machine;
  const Instant began = machine.now().steady;
  note_late_minutes(wish.batch);
  auto saved = store_->save(wish.batch);
  if (!saved.ok()) {
    tell("flush", saved.fault());
  }
  note_flush_of(wish.host, saved.ok());
  caf::anon_send(wish.host, Flushed{std::move(saved), machine.now().steady - began});
}

template <class T>
void StoreWriter::answer(const char* what, Result<T> result, const Caller<T>& caller) {
  if (!result.ok()) {
    report(what, result.fault());
  }
  caller.answer(std::move(result));
}

void StoreWriter::report(const char* what, const Fault& fault) {
  if (is_trouble(fault.code)) {
    tell(what, fault);
  }
}

void StoreWriter::tell(const char* what, const Fault& fault) {
  Observer& observer = *shared_.surroundings.observer;
  if (fault.code == FaultCode::fenced) {
    shared_.tenure->end();
    observer.ownership_lost(fault);
  } else {
    observer.store_failed(what, fault);
  }
}

Result<StoreWriter::Change> StoreWriter::create(Author author, TenantDefinition draft,
                                                const std::optional<Member>& owner) {
  if (auto unclear = object_to_doubt(std::span{&draft.id, 1})) {
    return *std::move(unclear);
  }
  auto founded = found(std::move(draft), *shared_.meters->table(),
                       shared_.surroundings.clock->now().wall, *shared_.tiers->catalogue());
  if (!founded.ok()) {
    return founded.fault();
  }
  if (owner) {
    auto owned = with_owner(std::move(founded).value(), *owner, *shared_.meters->table());
    if (!owned.ok()) {
      return owned.fault();
    }
    const auto written = store_->change_members(
        deed_of(audit_of_creation(owned.value().definition, &*owner), std::move(author)),
        owned.value());
    return written.ok() ? Result<Change>{Change{std::move(owned).value().definition, false, true}}
                        : written.fault();
  }
  const auto written = store_->create(
      deed_of(audit_of_creation(founded.value()), std::move(author)), founded.value());
  return written.ok() ? Result<Change>{Change{std::move(founded).value(), false, true}}
                      : written.fault();
}

Result<StoreWriter::Change> StoreWriter::amend(Author author, const Amendment& amendment) {
  auto record = read_all(amendment.tenant);
  if (!record.ok()) {
    return record.fault();
  }
  const TenantDefinition& current = record.value().definition;
  auto amended = sluice::amend(current, amendment, *shared_.meters->table(),
                               shared_.surroundings.clock->now().wall, *shared_.tiers->catalogue());
  if (!amended.ok()) {
    return amended.fault();
  }
  const auto exceeded = takes_tier(amendment.change)
                            ? exceeded_under(amended.value(), record.value())
                            : std::vector<ExceededLimit>{};
  Deed deed = deed_of(audit_of_change(amendment.change, current, amended.value(), exceeded),
                      std::move(author));
  deed.alerts = alerts_of_change(current, amended.value(), deed.audit.at);
  const auto written = store_->replace(deed, amended.value());
  if (!written.ok()) {
    return written.fault();
  }
  return Change{std::move(amended).value(), false, false, current.tier};
}

Result<StoreWriter::Change> StoreWriter::remove(Author author, TenantId id,
                                                std::optional<Version> expected) {
  auto current = read(id);
  if (!current.ok()) {
    return current.fault();
  }
  if (const auto same = check_version(current.value(), expected); !same.ok()) {
    return same.fault();
  }
  if (const auto allowed = may_purge(current.value().life); !allowed.ok()) {
    return allowed.fault();
  }
  if (const auto ended = end_sharing_of(author, id); !ended.ok()) {
    return ended.fault();
  }
  const std::vector<ApiKey> keys = shared_.keys->naming(id);
  const auto written =
      store_->remove(deed_of(audit_of_purge(current.value(), keys), std::move(author)), id);
  shared_.members->forget(id);
  sweeps_from_ = Instant{};
  if (!written.ok()) {
    return written.fault();
  }
  const std::string tier = current.value().tier;
  return Change{std::move(current).value(), true, false, tier};
}

Result<Meter> StoreWriter::define_meter(Author author, const std::string& name,
                                        const std::string& unit) {
  if (const auto valid = validate_meter(name, unit); !valid.ok()) {
    return valid.fault();
  }
  auto defined = store_->define_meter(deed_of(audit_of_meter({{}, name, unit}), std::move(author)),
                                      name, unit);
  if (!defined.ok() && defined.fault().code != FaultCode::outcome_unknown) {
    return defined;
  }
  // Read back rather than appended, so that a meter whose commit was in doubt is not lost.
  auto table = store_->meters();
  if (!table.ok()) {
    return defined.ok() ? Fault{FaultCode::outcome_unknown, table.fault().context}
                        : defined.fault();
  }
  shared_.meters->publish(std::move(table).value());
  return defined;
}

void StoreWriter::forget_old_audit(WallTime now) {
  const bool is_time = !audit_forgotten_at_ || now - *audit_forgotten_at_ >= forgets_audit_every;
  if (shared_.audit_retention == Duration{} || !is_time) {
    return;
  }
  audit_forgotten_at_ = now;
  if (const auto gone = store_->forget_audit(epoch_, now - shared_.audit_retention); !gone.ok()) {
    tell("forget_audit", gone.fault());
  }
}

Deed StoreWriter::deed_of(AuditDraft audit, Author author) const {
  audit.at = shared_.surroundings.clock->now().wall;
  audit.author = std::move(author);
  return {epoch_, std::move(audit)};
}

Result<TenantDefinition> StoreWriter::read(TenantId id) {
  auto record = read_all(id);
  return record.ok() ? Result<TenantDefinition>{std::move(record).value().definition}
                     : record.fault();
}

Result<TenantRecord> StoreWriter::read_all(TenantId id) {
  auto records = store_->load(std::span{&id, 1});
  if (!records.ok()) {
    return records.fault();
  }
  if (records.value().empty()) {
    return Fault{FaultCode::not_found, "tenant " + to_string(id) + " does not exist"};
  }
  return std::move(records.value().front());
}

void StoreWriter::conclude(const char* what, TenantId id, Result<Change> change,
                           const ShardHostActor& host,
                           const std::optional<Caller<TenantDefinition>>& caller,
                           std::uint32_t seats) {
  if (change.ok()) {
    postponed_.forget(id);
    count(change.value());
    put_in_force(std::move(change).value(), host, caller, seats);
    return;
  }
  const Fault& fault = change.fault();
  report(what, fault);
  const bool in_doubt = fault.code == FaultCode::outcome_unknown;
  if (seats > 0 && !in_doubt) {
    caf::anon_send(host, LeaveSeat{id});  // Before the answer: who hears it may ask for the place.
  }
  if (caller) {
    caller->answer(fault);
  }
  if (in_doubt) {
    doubtful_[id] = {host, seats};
    clear_doubts();
  }
}

void StoreWriter::put_in_force(Change change, const ShardHostActor& host,
                               std::optional<Caller<TenantDefinition>> caller,
                               std::uint32_t seats) {
  if (change.removed) {
    TenantDefinition nothing;  // Is owned any more: hosts forget how it stood.
    nothing.id = change.definition.id;
    owns(nothing);
    shared_.hosts->forget(change.definition.id);
    shared_.keys->uncover(change.definition.id);
    caf::anon_send(host, Removed{std::move(change.definition), std::move(caller)});
    return;
  }
  auto plan = shared_.plans->plan_of(change.definition);
  if (!plan.ok()) {  // Only what was read back can have a time zone that this machine lacks.
    tell("plan", plan.fault());
    return;
  }
  if (!shared_.resources->of(change.definition.id).empty()) {
    owns(change.definition);
  }
  caf::anon_send(host, Amended{std::move(change.definition), change.created,
                               std::move(plan).value(), std::move(caller), seats});
}

std::optional<Fault> StoreWriter::object_to_doubt(std::span<const TenantId> tenants) const {
  for (const TenantId id : tenants) {
    if (doubtful_.contains(id)) {
      return Fault{FaultCode::unavailable,
                   "whether tenant " + to_string(id) + " exists is not known; try again soon"};
    }
  }
  return std::nullopt;
}

void StoreWriter::clear_doubts() {
  const bool in_doubt = !doubtful_.empty();
  while (!doubtful_.empty()) {
    const auto& [tenant, doubt] = *doubtful_.begin();
    auto stored = read(tenant);
    if (!stored.ok() && stored.fault().code != FaultCode::not_found) {
      return;  // Still away; the next message tries again.
    }
    Change change;
    change.removed = !stored.ok();
    if (stored.ok()) {
      change.definition = std::move(stored).value();
    }
    change.definition.id = tenant;
    shared_.members->forget(tenant);  // What was read of them meanwhile was in doubt, too.
    put_in_force(std::move(change), doubt.host, std::nullopt, doubt.seats);
    doubtful_.erase(doubtful_.begin());
  }
  if (in_doubt) {
    count_again();
  }
  desk_.clear_doubts();
}

}  // namespace sluice
