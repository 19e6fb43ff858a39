// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/store_reader.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <iterator>
#include <utility>

#include "actors/runtime/sharing_reading.hpp"
#include "actors/tenant/answer_bytes.hpp"

namespace sluice {

namespace {

/// A refusal (`not_found`, say) is an answer; only what an operator has to know is told.
template <class T>
void tell(Observer& observer, const char* what, const Result<T>& result) {
  if (!result.ok() && result.fault().code != FaultCode::not_found) {
    observer.store_failed(what, result.fault());
  }
}

template <class T>
void answer_with(Observer& observer, const Caller<T>& caller, const char* what, Result<T> result) {
  tell(observer, what, result);
  caller.answer(std::move(result));
}

Fault no_tenant(TenantId id) {
  return {FaultCode::not_found, "tenant " + to_string(id) + " does not exist"};
}

}  // namespace

StoreReader::StoreReader(caf::actor_config& config, Home& home, std::unique_ptr<Store> store,
                         std::shared_ptr<PlanCatalogue> plans,
                         std::shared_ptr<PublishedMembers> published,
                         std::shared_ptr<const PublishedResources> resources, const Clock& machine,
                         Observer& observer)
    : Pinned(config, home),
      store_(std::move(store)),
      plans_(std::move(plans)),
      published_(std::move(published)),
      resources_(std::move(resources)),
      machine_(machine),
      observer_(observer) {}

caf::invoke_message_result StoreReader::consume(caf::mailbox_element& message) {
  const Instant began = machine_.now().steady;
  const auto result = Pinned::consume(message);
  observer_.store_worked(StoreWork::read, machine_.now().steady - began);
  return result;
}

StoreReader::behavior_type StoreReader::make_behavior() {
  return {
      [this](Load& wish) { caf::anon_send(wish.host, Loaded{load_apart(wish.tenants)}); },
      [this](Show& wish) { answer_with(observer_, wish.caller, "show", show(wish.tenant)); },
      [this](Resolve& wish) { answer_with(observer_, wish.caller, "resolve", resolve(wish.slug)); },
      [this](List& wish) { answer_with(observer_, wish.caller, "list", store_->list(wish.query)); },
      [this](ShowCustomisation& wish) {
        answer_with(observer_, wish.caller, "customisation", customisation(wish.tenant));
      },
      [this](TellAlerts& wish) {
        answer_with(observer_, wish.caller, "alerts", store_->alerts(wish.query));
      },
      [this](TellDeliveries& wish) {
        answer_with(observer_, wish.caller, "deliveries", store_->deliveries(wish.query));
      },
      [this](SearchListings& wish) {
        answer_with(observer_, wish.caller, "search_listings", store_->search_listings(wish.query));
      },
      [this](ShowListing& wish) {
        answer_with(observer_, wish.caller, "listing", seen_listing(wish.query));
      },
      [this](TellRatings& wish) {
        answer_with(observer_, wish.caller, "ratings", ratings(wish.query));
      },
      [this](TellStored& wish) {
        answer_with(observer_, wish.caller, "stored", stored(wish.tenant, wish.after));
      },
      [this](TellMembers& wish) {
        answer_with(observer_, wish.caller, "members", store_->members(wish.query));
      },
      [this](TellTenantsOf& wish) {
        answer_with(observer_, wish.caller, "tenants_of", store_->tenants_of(wish.query));
      },
      [this](TellPermissions& wish) {
        answer_with(observer_, wish.caller, "permissions", permissions(wish.tenant, wish.user_id));
      },
      [this](TellAccess& wish) {
        answer_with(observer_, wish.caller, "access", store_->sharing_requests(wish.query));
      },
      [this](TellStatements& wish) {
        answer_with(observer_, wish.caller, "statements",
                    wish.running ? read_running_lines(*store_, wish.query, wish.now)
                                 : store_->statements(wish.query));
      },
      [this](TellPayouts& wish) {
        answer_with(observer_, wish.caller, "payouts", store_->payouts(wish.query));
      },
      [this](TellPolicies& wish) { wish.caller.answer(resources_->page(wish.query, wish.now)); },
      [this](Retire) { quit(); },
  };
}

std::vector<LoadedTenant> StoreReader::load_apart(std::span<const TenantId> ids) {
  std::vector<LoadedTenant> loaded;
  for (const auto& list : store_->apart(ids)) {
    auto part = load(list);
    std::ranges::move(part, std::back_inserter(loaded));
  }
  return loaded;
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
  ConsumerFacts facts = facts_of(record.definition);
  return {record.definition.id,
          std::optional{StoredTenant{record.definition.version, std::move(plan).value(),
                                     TenantState{.counters = std::move(record.counters),
                                                 .open_usage = std::move(record.open_usage),
                                                 .entries = std::move(record.entries),
                                                 .forgotten = {}},
                                     Standing{record.definition.life},
                                     record.definition.membership.members,
                                     std::move(record.definition.shares), std::move(facts)}}};
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
  std::vector<Entry> entries = without_pages(std::move(record.entries));
  const auto first = std::ranges::upper_bound(entries, after, {}, &Entry::id);
  const auto left = static_cast<std::size_t>(entries.end() - first);
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
