// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/store_reader.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <iterator>
#include <utility>

#include "actors/runtime/what_if_page.hpp"

namespace sluice {

namespace {

/// A refusal (`not_found`, say) is an answer; only what an operator has to know is told.
template <class T>
void tell(Observer& observer, const char* what, const Result<T>& result) {
  if (!result.ok() && result.fault().code != FaultCode::not_found) {
    observer.store_failed(what, result.fault());
  }
}

Fault no_tenant(TenantId id) {
  return {FaultCode::not_found, "tenant " + to_string(id) + " does not exist"};
}

}  // namespace

StoreReader::StoreReader(caf::actor_config& config, Home& home, std::unique_ptr<Store> store,
                         std::shared_ptr<PlanCatalogue> plans,
                         std::shared_ptr<PublishedMembers> published, Observer& observer)
    : Pinned(config, home),
      store_(std::move(store)),
      plans_(std::move(plans)),
      published_(std::move(published)),
      observer_(observer) {}

StoreReader::behavior_type StoreReader::make_behavior() {
  return {
      [this](Load& wish) { caf::anon_send(wish.host, Loaded{load(wish.tenants)}); },
      [this](Show& wish) {
        auto shown = show(wish.tenant);
        tell(observer_, "show", shown);
        wish.caller.answer(std::move(shown));
      },
      [this](Resolve& wish) {
        auto resolved = resolve(wish.slug);
        tell(observer_, "resolve", resolved);
        wish.caller.answer(std::move(resolved));
      },
      [this](List& wish) {
        auto page = store_->list(wish.query);
        tell(observer_, "list", page);
        wish.caller.answer(std::move(page));
      },
      [this](ShowCustomisation& wish) {
        auto shown = customisation(wish.tenant);
        tell(observer_, "customisation", shown);
        wish.caller.answer(std::move(shown));
      },
      [this](TellHistory& wish) {
        auto points = store_->usage(wish.query);
        tell(observer_, "history", points);
        wish.caller.answer(std::move(points));
      },
      [this](TellWindows& wish) {
        auto windows = store_->closed_windows(wish.tenant);
        tell(observer_, "closed_windows", windows);
        wish.caller.answer(std::move(windows));
      },
      [this](TellStored& wish) {
        auto page = stored(wish.tenant, wish.after);
        tell(observer_, "stored", page);
        wish.caller.answer(std::move(page));
      },
      [this](TellWhatIf& wish) {
        auto page = read_what_if(*store_, wish.query);
        tell(observer_, "what_if", page);
        wish.caller.answer(std::move(page));
      },
      [this](TellMembers& wish) {
        auto page = store_->members(wish.query);
        tell(observer_, "members", page);
        wish.caller.answer(std::move(page));
      },
      [this](TellTenantsOf& wish) {
        auto page = store_->tenants_of(wish.query);
        tell(observer_, "tenants_of", page);
        wish.caller.answer(std::move(page));
      },
      [this](TellPermissions& wish) {
        auto found = permissions(wish.tenant, wish.user_id);
        tell(observer_, "permissions", found);
        wish.caller.answer(std::move(found));
      },
      [this](TellAudit& wish) {
        auto page = store_->audit_page(wish.query);
        tell(observer_, "audit", page);
        wish.caller.answer(std::move(page));
      },
      [this](CheckAudit& wish) {
        auto check = store_->check_audit(wish.chain, wish.from);
        tell(observer_, "check_audit", check);
        wish.caller.answer(std::move(check));
      },
      [this](Retire) { quit(); },
  };
}

std::vector<LoadedTenant> StoreReader::load(std::span<const TenantId> ids) {
  std::vector<LoadedTenant> loaded;
  loaded.reserve(ids.size());
  auto records = store_->load(ids);
  if (!records.ok() && records.fault().code == FaultCode::data_damaged && ids.size() > 1) {
    for (const TenantId id : ids) {
      loaded.push_back(load_one(id));
    }
    return loaded;
  }
  tell(observer_, "load", records);
  if (!records.ok()) {
    for (const TenantId id : ids) {
      loaded.push_back({id, records.fault()});
    }
    return loaded;
  }
  std::vector<TenantId> missing(ids.begin(), ids.end());
  std::sort(missing.begin(), missing.end());
  for (TenantRecord& record : records.value()) {
    const auto at = std::lower_bound(missing.begin(), missing.end(), record.definition.id);
    SLUICE_INVARIANT(at != missing.end() && *at == record.definition.id);
    missing.erase(at);
    loaded.push_back(made_ready(std::move(record)));
  }
  for (const TenantId id : missing) {
    loaded.push_back({id, std::optional<StoredTenant>{}});
  }
  return loaded;
}

LoadedTenant StoreReader::load_one(TenantId id) {
  return std::move(load(std::span{&id, 1}).front());
}

LoadedTenant StoreReader::made_ready(TenantRecord record) {
  auto plan = plans_->plan_of(record.definition);
  if (!plan.ok()) {
    const Fault fault{FaultCode::data_damaged,
                      "tenant " + to_string(record.definition.id) + ": " + plan.fault().context};
    observer_.store_failed("load", fault);
    return {record.definition.id, fault};
  }
  return {record.definition.id,
          std::optional{StoredTenant{record.definition.version, std::move(plan).value(),
                                     TenantState{.counters = std::move(record.counters),
                                                 .open_usage = std::move(record.open_usage),
                                                 .entries = std::move(record.entries),
                                                 .forgotten = {}},
                                     Standing{record.definition.life},
                                     record.definition.membership.members}}};
}

Result<TenantDefinition> StoreReader::show(TenantId id) {
  auto records = store_->load(std::span{&id, 1});
  if (!records.ok()) {
    return records.fault();
  }
  if (records.value().empty()) {
    return no_tenant(id);
  }
  return std::move(records.value().front().definition);
}

Result<Customised> StoreReader::customisation(TenantId id) {
  const auto tenant = show(id);
  return tenant.ok() ? store_->customisation(id) : tenant.fault();
}

Result<StoredPage> StoreReader::stored(TenantId id, EntryId after) {
  auto records = store_->load(std::span{&id, 1});
  if (!records.ok()) {
    return records.fault();
  }
  if (records.value().empty()) {
    return no_tenant(id);
  }
  TenantRecord& record = records.value().front();
  StoredPage page;
  if (after == EntryId{}) {
    page.counters = std::move(record.counters);
    page.open_usage = std::move(record.open_usage);
  }
  std::ranges::sort(record.entries, {}, &Entry::id);
  const auto first = std::ranges::upper_bound(record.entries, after, {}, &Entry::id);
  const auto left = static_cast<std::size_t>(record.entries.end() - first);
  page.more = left > stored_entries_max;
  std::move(first, first + static_cast<std::ptrdiff_t>(std::min(left, stored_entries_max)),
            std::back_inserter(page.entries));
  return page;
}

Result<PermissionSet> StoreReader::permissions(TenantId tenant, const std::string& user_id) {
  const std::uint64_t changes = published_->changes();
  const auto member = store_->member(tenant, user_id);
  if (!member.ok()) {
    return member.fault();
  }
  PermissionSet found;
  if (member.value()) {
    const auto definition = show(tenant);
    if (!definition.ok()) {
      return definition.fault();
    }
    found = permissions_of(*member.value(), definition.value().membership);
  }
  published_->remember(tenant, user_id, found, changes);
  return found;
}

Result<TenantId> StoreReader::resolve(const std::string& slug) {
  auto found = store_->resolve(slug);
  if (!found.ok()) {
    return found.fault();
  }
  if (!found.value()) {
    return Fault{FaultCode::not_found, "tenant with slug \"" + slug + "\" does not exist"};
  }
  return *found.value();
}

}  // namespace sluice
