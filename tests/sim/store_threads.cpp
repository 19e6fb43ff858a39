// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/store_threads.hpp"

#include <algorithm>

#include "actors/tenant/audit_drafts.hpp"

namespace sluice::sim {

namespace {

/// Of every row.
template <class Visit>
void each_tenant(const SaveBatch& batch, Visit&& visit) {
  const auto visit_all = [&](const auto& rows) {
    for (const auto& row : rows) {
      visit(row.tenant);
    }
  };
  visit_all(batch.counters);
  visit_all(batch.open_usage);
  visit_all(batch.closed_usage);
  visit_all(batch.closed_windows);
}

}  // namespace

void StoreThreads::write(Save wish) {
  each_tenant(wish.batch, [&](TenantId tenant) {
    doubt_new(tenant);
    if (context_.database.find(tenant) == nullptr) {
      wish.strangers.push_back(tenant);
    }
  });
  wishes_.emplace_back(std::move(wish));
}

bool StoreThreads::work(std::size_t thread) {
  if (thread == 0) {
    if (wishes_.empty()) {
      clear_doubts();
      return false;
    }
    clear_doubts();
    auto wish = std::move(wishes_.front());
    wishes_.pop_front();
    std::visit([this](auto& one) { run(one); }, wish);
    return true;
  }
  std::deque<Load>& loads = loads_[thread - 1];
  if (loads.empty()) {
    return false;
  }
  Load wish = std::move(loads.front());
  loads.pop_front();
  answer(thread, wish.host,
         [loaded = load(wish.tenants), tell = std::move(wish.answer)] { tell(loaded); });
  return true;
}

bool StoreThreads::deliver(std::size_t thread) {
  if (answers_[thread].empty()) {
    return false;
  }
  Letters& letters = answers_[thread];
  if (thread == 0) {
    const auto host = static_cast<std::size_t>(context_.random.below(hosts_.count));
    const auto its = std::ranges::find(letters, host, &Letter::host);
    hand_over(letters, its == letters.end() ? letters.begin() : its);
    return true;
  }
  const std::size_t host = letters.front().host;
  const std::uint64_t sent = letters.front().number;
  for (auto before = std::ranges::find(answers_[0], host, &Letter::host);
       before != answers_[0].end() && before->number < sent;
       before = std::ranges::find(answers_[0], host, &Letter::host)) {
    hand_over(answers_[0], before);
  }
  hand_over(letters, letters.begin());
  return true;
}

void StoreThreads::hand_over(Letters& letters, Letters::iterator letter) {
  const Answer answer = std::move(letter->answer);
  letters.erase(letter);
  answer();
}

bool StoreThreads::idle() const {
  const auto none = [](const auto& queues) {
    return std::ranges::all_of(queues, [](const auto& queue) { return queue.empty(); });
  };
  return wishes_.empty() && none(loads_) && none(answers_) && doubtful_.empty() &&
         doubtful_consumers_.empty() && !desk_.in_doubt();
}

void StoreThreads::die() {
  if (!answers_[0].empty()) {
    context_.probes.hit(Probe::killed_between_store_commit_and_answer);
  }
  for (const TenantId tenant : changing_) {
    doubt_new(tenant);
  }
  if (!wishes_.empty() && context_.random.per_mille(300)) {
    if (auto* save = std::get_if<Save>(&wishes_.front())) {
      run(*save);
    }
  }
}

void StoreThreads::doubt_new(TenantId tenant) {
  const SimDatabase::Row* row = context_.database.find(tenant);
  const bool is_new = std::ranges::find(creating_, tenant) != creating_.end();
  if (is_changing(tenant) && row != nullptr && is_new) {
    context_.model.removed(tenant);
  }
}

void StoreThreads::run(Save& wish) {
  each_tenant(wish.batch, [&](TenantId tenant) { doubt_new(tenant); });
  for (const TenantId tenant : wish.strangers) {
    context_.model.removed(tenant);  // If it exists by now, it is another one.
  }
  auto saved = store_.save(wish.batch);
  context_.trace("  store: save of ", wish.batch.rows(), " rows through ",
                 wish.batch.through ? wish.batch.through->raw() : 0, saved.ok() ? " done" : " : ",
                 saved.ok() ? "" : to_string(saved.fault().code));
  if (!saved.ok() && saved.fault().code == FaultCode::fenced) {
    context_.probes.hit(Probe::stale_save_fenced);
    hosts_.fenced();
  }
  answer(0, wish.host, [saved, tell = std::move(wish.answer)] { tell(saved); });
}

void StoreThreads::run(Create& wish) {
  auto founded = found(wish.draft, default_meters(), context_.wall());
  SLUICE_INVARIANT(founded.ok());
  creating_.push_back(wish.draft.id);
  const std::size_t before = changes_told_of(wish.draft.id);
  const auto written = store_.create(deed_of(audit_of_creation(founded.value())), founded.value());
  check_audit(wish.draft.id, before, written);
  put_in_force(written.ok() ? founded : Result<TenantDefinition>{written.fault()}, wish.draft.id,
               Kind::creates);
}

void StoreThreads::run(Amend& wish) {
  const TenantId id = wish.amendment.tenant;
  auto records = store_.load(std::span{&id, 1});
  if (!records.ok() || records.value().empty()) {
    std::erase(changing_, id);
    return;
  }
  const TenantDefinition& before = records.value().front().definition;
  auto amended = amend(before, wish.amendment, default_meters(), context_.wall());
  if (!amended.ok()) {
    std::erase(changing_, id);
    return;
  }
  const std::size_t events = changes_told_of(id);
  const auto written = store_.replace(
      deed_of(audit_of_change(wish.amendment.change, before, amended.value())), amended.value());
  check_audit(id, events, written);
  context_.probes.hit(Probe::limit_amended);
  put_in_force(written.ok() ? amended : Result<TenantDefinition>{written.fault()}, id,
               Kind::amends);
}

void StoreThreads::run(Remove& wish) {
  TenantDefinition gone;
  gone.id = wish.tenant;
  if (const auto ended = end_sharing_of(wish.tenant); !ended.ok()) {
    return put_in_force(ended.fault(), wish.tenant, Kind::removes);
  }
  const std::size_t before = changes_told_of(wish.tenant);
  const auto written = store_.remove(deed_of(audit_of_purge(gone, {})), wish.tenant);
  check_audit(wish.tenant, before, written);
  put_in_force(
      written.ok() ? Result<TenantDefinition>{gone} : Result<TenantDefinition>{written.fault()},
      wish.tenant, Kind::removes);
}

// Without those of credit, which come with what is saved, and that may land any time.
std::size_t StoreThreads::changes_told_of(TenantId tenant) const {
  const auto events = context_.database.audit().events(tenant);
  return static_cast<std::size_t>(std::ranges::count_if(events, [](const AuditEvent& event) {
    return !to_string(event.what.action).starts_with("credit.");
  }));
}

// A change has one event, and there is none without its change.
void StoreThreads::check_audit(TenantId tenant, std::size_t before, const Result<Done>& written) {
  const std::size_t more = changes_told_of(tenant) - before;
  const bool in_doubt = !written.ok() && written.fault().code == FaultCode::outcome_unknown;
  expect(in_doubt || more == (written.ok() ? 1U : 0U), "a change of tenant ", number_of(tenant),
         " has ", more, " events");
}

Deed StoreThreads::deed_of(AuditDraft audit) const {
  audit.at = context_.wall();
  audit.author = anonymous_author("");
  return {epoch_, std::move(audit)};
}

void StoreThreads::put_in_force(Result<TenantDefinition> written, TenantId tenant, Kind kind) {
  context_.trace("  store: change of tenant ", number_of(tenant), " ",
                 written.ok() ? "done" : to_string(written.fault().code));
  if (!written.ok()) {
    if (written.fault().code == FaultCode::fenced) {
      hosts_.fenced();
    }
    if (written.fault().code == FaultCode::outcome_unknown) {
      doubtful_.push_back(tenant);
      clear_doubts();
    } else {
      std::erase(changing_, tenant);
    }
    return;
  }
  if (kind == Kind::removes) {
    answer(0, hosts_.host_of(tenant), [this, tenant] {
      std::erase(changing_, tenant);
      hosts_.removed(tenant);
    });
    return;
  }
  answer(0, hosts_.host_of(tenant), [this, kind, definition = std::move(written).value()] {
    if (kind == Kind::creates) {
      hosts_.created(definition.id);
    } else if (kind == Kind::amends) {
      std::erase(changing_, definition.id);
    }
    hosts_.amended(definition, Plan::of(definition).value());
  });
}

void StoreThreads::clear_doubts() {
  while (!doubtful_.empty()) {
    const TenantId tenant = doubtful_.front();
    auto records = store_.load(std::span{&tenant, 1});
    if (!records.ok()) {
      return;
    }
    doubtful_.erase(doubtful_.begin());
    doubt_new(tenant);
    TenantDefinition stored;
    const bool removed = records.value().empty();
    if (!removed) {
      stored = records.value().front().definition;
    }
    put_in_force(stored, tenant, removed ? Kind::removes : Kind::amends);
  }
  while (!doubtful_consumers_.empty()) {
    auto records = store_.load(std::span{&doubtful_consumers_.front(), 1});
    if (!records.ok()) {
      return;
    }
    doubtful_consumers_.erase(doubtful_consumers_.begin());
    if (!records.value().empty()) {  // Else its host hears that it was removed.
      put_in_force(records.value().front().definition);
    }
  }
  desk_.clear_doubts();
}

std::vector<LoadedTenant> StoreThreads::load(const std::vector<TenantId>& tenants) {
  std::vector<LoadedTenant> loaded;
  auto records = store_.load(tenants);
  for (const TenantId id : tenants) {
    context_.trace("  store: load of tenant ", number_of(id), records.ok() ? "" : " failed");
    if (!records.ok()) {
      loaded.push_back({id, records.fault()});
      continue;
    }
    const auto record = std::ranges::find_if(
        records.value(), [&](const TenantRecord& one) { return one.definition.id == id; });
    if (record == records.value().end()) {
      loaded.push_back({id, std::optional<StoredTenant>{}});
    } else {
      loaded.push_back(
          {id, std::optional{StoredTenant{
                   record->definition.version, Plan::of(record->definition).value(),
                   TenantState{record->counters, record->open_usage, record->entries, {}},
                   Standing{record->definition.life}, 0, record->definition.shares,
                   facts_of(record->definition)}}});
    }
  }
  return loaded;
}

}  // namespace sluice::sim
