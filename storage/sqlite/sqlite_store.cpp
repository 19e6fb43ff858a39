// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sqlite_store.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "actors/tenant/plan.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/sqlite_store_impl.hpp"

namespace sluice {

std::optional<Fault> SqliteStore::object_to_page_size(std::size_t size) {
  return size >= 1 && size <= page_size_max
             ? std::nullopt
             : std::optional{Fault{FaultCode::invalid_argument,
                                   "page_size " + std::to_string(size) + " is outside 1 to " +
                                       std::to_string(page_size_max)}};
}

Result<ShardCount> SqliteStore::shards() {
  return attempt<ShardCount>([&]() -> Result<ShardCount> {
    const std::int64_t shards = connection_.integer("SELECT shards FROM meta");
    if (shards < 1 || !std::in_range<std::uint16_t>(shards)) {
      throw DamagedRow("table meta holds " + std::to_string(shards) + " shards");
    }
    return ShardCount{static_cast<std::uint16_t>(shards)};
  });
}

Result<MeterTable> SqliteStore::meters() {
  return attempt<MeterTable>([&] { return statements_.meters(); });
}

Result<Meter> SqliteStore::define_meter(const Deed& deed, std::string_view name,
                                        std::string_view unit) {
  return write_as<Meter>(deed, [&]() -> Result<Meter> {
    const std::size_t count = statements_.meters().size();
    if (count >= meters_max) {
      return Fault{FaultCode::limit_exceeded,
                   "meters_max: there are " + std::to_string(count) + " meters already"};
    }
    Meter meter{MeterId{static_cast<std::uint16_t>(count + 1)}, std::string{name},
                std::string{unit}};
    statements_.insert_meter(meter);
    return meter;
  });
}

Result<Ownership> SqliteStore::acquire(const Claim& claim) {
  return write<Ownership>([&] { return ownership_.acquire(claim); });
}

Result<Done> SqliteStore::renew(Epoch epoch) {
  return attempt<Done>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    return ownership_.check(epoch);
  });
}

Result<Done> SqliteStore::release(Epoch epoch) {
  return write<Done>([&] { return ownership_.release(epoch); });
}

Result<std::vector<TenantRecord>> SqliteStore::load(std::span<const TenantId> ids) {
  return attempt<std::vector<TenantRecord>>([&] {
    // In the order of the table, so that neighbours are found on pages that are at hand.
    std::vector<TenantId> wanted{ids.begin(), ids.end()};
    std::ranges::sort(wanted);
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());

    std::vector<TenantRecord> records;
    records.reserve(wanted.size());
    const Transaction snapshot{connection_, Transaction::Kind::read};
    for (const TenantId id : wanted) {
      if (std::optional<TenantDefinition> tenant = statements_.tenant(id)) {
        tenant->limits = statements_.limits(id);
        tenant->shares = sharing_.grants(id);
        std::vector<UsageBucket> open_usage = spending_.open_usage(id);
        if (!history_of(tenant->limits).empty()) {
          values_.open_values(id, open_usage);
        }
        records.push_back({std::move(*tenant), spending_.counters(id), std::move(open_usage),
                           entries_.entries(id)});
      }
    }
    return records;
  });
}

Result<std::optional<TenantId>> SqliteStore::resolve(std::string_view slug) {
  return attempt<std::optional<TenantId>>([&] { return statements_.find_slug(slug); });
}

Result<TenantPage> SqliteStore::list(const TenantQuery& query) {
  if (auto fault = object_to_page_size(query.page_size)) {
    return *std::move(fault);
  }
  return attempt<TenantPage>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    TenantPage page;
    // One more than asked tells whether there are more.
    page.tenants = statements_.page(query, query.page_size + 1);
    page.more = page.tenants.size() > query.page_size;
    if (page.more) {
      page.tenants.pop_back();
    }
    for (TenantDefinition& tenant : page.tenants) {
      tenant.limits = statements_.limits(tenant.id);
      tenant.shares = sharing_.grants(tenant.id);
    }
    return page;
  });
}

Result<std::vector<TierCount>> SqliteStore::tenant_counts() {
  return attempt<std::vector<TierCount>>([&] { return statements_.tenant_counts(); });
}

Result<std::vector<DueTenant>> SqliteStore::due(const DueQuery& query) {
  return attempt<std::vector<DueTenant>>([&] { return statements_.due(query); });
}

Result<Done> SqliteStore::create(const Deed& deed, const TenantDefinition& definition) {
  if (auto accepted = accept_shared_only(definition.placement); !accepted.ok()) {
    return accepted;
  }
  return write_as<Done>(deed, [&] {
    insert(definition);
    return Done{};
  });
}

void SqliteStore::insert(const TenantDefinition& definition) {
  statements_.insert_tenant(definition);
  const IdBytes key = bytes_of(definition.id);
  for (const Limit& limit : definition.limits) {
    statements_.put_limit(key, limit);
  }
}

Result<Done> SqliteStore::replace(const Deed& deed, const TenantDefinition& definition) {
  return write_as<Done>(deed, [&] { return update(definition); });
}

Result<Done> SqliteStore::update(const TenantDefinition& definition) {
  const std::optional<TenantDefinition> stored = statements_.tenant(definition.id);
  if (!stored) {
    return Fault{FaultCode::not_found, "there is no tenant " + to_string(definition.id)};
  }
  if (!statements_.update_tenant(definition)) {
    return Fault{FaultCode::conflict, "tenant " + to_string(definition.id) + " is at version " +
                                          std::to_string(stored->version.raw()) +
                                          ", not the one before " +
                                          std::to_string(definition.version.raw())};
  }
  replace_limits(definition);
  return Done{};
}

void SqliteStore::replace_limits(const TenantDefinition& definition) {
  const IdBytes key = bytes_of(definition.id);
  for (const Limit& stored : statements_.limits(definition.id)) {
    if (std::ranges::find(definition.limits, stored.id, &Limit::id) == definition.limits.end()) {
      statements_.delete_limit(key, stored.id);
    }
  }
  for (const Limit& limit : definition.limits) {
    statements_.put_limit(key, limit);
  }
}

Result<Done> SqliteStore::remove(const Deed& deed, TenantId id) {
  return write_as<Done>(deed, [&]() -> Result<Done> {
    if (!statements_.delete_tenant(id)) {
      return Fault{FaultCode::not_found, "there is no tenant " + to_string(id)};
    }
    keys_.uncover(id);
    return Done{};
  });
}

Result<Done> SqliteStore::change_members(const Deed& deed, const MemberChange& change) {
  if (auto accepted = accept_shared_only(change.definition.placement); !accepted.ok()) {
    return accepted;
  }
  return write_as<Done>(deed, [&]() -> Result<Done> {
    const TenantDefinition& definition = change.definition;
    if (definition.version == Version{1}) {
      insert(definition);
    } else if (auto updated = update(definition); !updated.ok()) {
      return updated;
    }
    for (const Member& member : change.put) {
      members_.put(definition.id, member);
    }
    if (change.removed) {
      members_.remove(definition.id, change.removed->user_id);
    }
    return Done{};
  });
}

Result<MemberPage> SqliteStore::members(const MemberQuery& query) {
  if (auto fault = object_to_page_size(query.page_size)) {
    return *std::move(fault);
  }
  return attempt<MemberPage>([&] { return members_.page(query); });
}

Result<std::optional<Member>> SqliteStore::member(TenantId tenant, std::string_view user_id) {
  return attempt<std::optional<Member>>([&] { return members_.find(tenant, user_id); });
}

Result<TenantsOfPage> SqliteStore::tenants_of(const TenantsOfQuery& query) {
  if (auto fault = object_to_page_size(query.page_size)) {
    return *std::move(fault);
  }
  return attempt<TenantsOfPage>([&] { return members_.tenants_of(query); });
}

void SqliteStore::save_usage(const SaveBatch& batch) {
  const auto is_whole = [](const UsageRow& row) { return row.bucket.part.is_whole(); };
  for (const UsageRow& row : batch.closed_usage) {
    is_whole(row) ? spending_.add_closed_usage(row) : values_.add_closed(row);
  }
  for (const UsageRow& row : batch.open_usage) {
    is_whole(row) ? spending_.put_open_usage(row) : values_.put_open(row);
  }
  for (const UsageRow& row : batch.closed_usage) {
    is_whole(row) ? usage_.end_open(row.tenant, row.bucket) : values_.end_open(row);
  }
}

Result<Done> SqliteStore::save(const SaveBatch& batch) {
  return write_as<Done>(batch.epoch, [&] {
    for (const CounterRow& row : batch.counters) {
      spending_.put_counter(row);
    }
    save_usage(batch);
    for (const WindowRow& row : batch.closed_windows) {
      spending_.add_closed_window(row);
    }
    for (const EntryRow& row : batch.entries) {
      entries_.put(row);
      if (row.entry.use && row.entry.use->open.hour != Hour{}) {
        shared_hours_.put({row.tenant, row.entry.use->owner, row.entry.use->open});
      }
    }
    for (const ForgottenRow& row : batch.forgotten) {
      entries_.forget(row);
    }
    for (const AuditRow& row : batch.audit) {
      audit_.append(row);
    }
    for (const ThresholdCrossed& row : batch.crossed) {
      alerts_.raise(alert_of(row));
    }
    for (const SharedHourRow& row : batch.closed_shared) {
      shared_hours_.put(row);
    }
    if (batch.through) {
      for (const ShardId shard : batch.shards) {
        ownership_.raise(shard, {batch.epoch, *batch.through});
      }
    }
    return Done{};
  });
}

Result<std::vector<UsagePoint>> SqliteStore::usage(const UsageQuery& query) {
  if (query.points_max < 1 || query.points_max > usage_points_max) {
    return Fault{FaultCode::invalid_argument, "points_max " + std::to_string(query.points_max) +
                                                  " is outside 1 to " +
                                                  std::to_string(usage_points_max)};
  }
  return attempt<std::vector<UsagePoint>>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    return query.label.empty() ? spending_.usage(query) : values_.usage(query);
  });
}

Result<std::vector<ClosedWindow>> SqliteStore::closed_windows(TenantId id) {
  return attempt<std::vector<ClosedWindow>>([&] { return spending_.windows(id); });
}

Result<std::vector<ApiKey>> SqliteStore::api_keys() {
  return attempt<std::vector<ApiKey>>([&] { return keys_.keys(); });
}

Result<Done> SqliteStore::add_api_key(const Deed& deed, const ApiKey& key) {
  return write_as<Done>(deed, [&]() -> Result<Done> {
    if (const std::size_t count = keys_.count(); count >= api_keys_max) {
      return Fault{FaultCode::limit_exceeded,
                   "api_keys_max: there are " + std::to_string(count) + " keys already"};
    }
    keys_.insert(key);
    return Done{};
  });
}

Result<Done> SqliteStore::remove_api_key(const Deed& deed, KeyId id) {
  return write_as<Done>(deed, [&]() -> Result<Done> {
    if (!keys_.remove(id)) {
      return Fault{FaultCode::not_found, "there is no key " + to_string(id)};
    }
    return Done{};
  });
}

Result<TierCatalogue> SqliteStore::tiers() {
  return attempt<TierCatalogue>([&] { return tiers_.tiers(); });
}

Result<Done> SqliteStore::put_tier(const Deed& deed, const Tier& tier) {
  return write_as<Done>(deed, [&]() -> Result<Done> {
    const TierCatalogue stored = tiers_.tiers();
    if (find_tier(stored, tier.name) == nullptr && stored.size() >= tiers_max) {
      return Fault{FaultCode::limit_exceeded, "tiers_max: there are 64 tiers already"};
    }
    tiers_.put(tier);
    return Done{};
  });
}

Result<Done> SqliteStore::remove_tier(const Deed& deed, std::string_view name) {
  return write_as<Done>(deed, [&]() -> Result<Done> {
    if (!tiers_.remove(name)) {
      return Fault{FaultCode::not_found, "there is no tier \"" + std::string{name} + "\""};
    }
    return Done{};
  });
}

Result<Done> SqliteStore::record(const Deed& deed) {
  return write_as<Done>(deed, [] { return Done{}; });
}

Result<AuditPage> SqliteStore::audit_page(const AuditQuery& query) {
  if (Result<Done> valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return attempt<AuditPage>([&] { return audit_.page(query); });
}

Result<AuditCheck> SqliteStore::check_audit(TenantId chain, const std::optional<AuditMark>& from) {
  return attempt<AuditCheck>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    return audit_.check(chain, from);
  });
}

Result<Done> SqliteStore::forget_audit(Epoch epoch, WallTime before) {
  return write_as<Done>(epoch, [&] {
    audit_.forget(before);
    return Done{};
  });
}

Result<StoreFactory> open_sqlite(std::string path, ShardCount shards_for_a_new_file,
                                 std::chrono::milliseconds busy_timeout) {
  const Result<Done> prepared = attempt<Done>([&] {
    SqliteConnection connection{path, SqliteConnection::Missing::create, busy_timeout};
    return prepare_schema(connection, shards_for_a_new_file);
  });
  if (!prepared.ok()) {
    return prepared.fault();
  }
  return StoreFactory{[path = std::move(path), busy_timeout] {
    return attempt<std::unique_ptr<Store>>([&]() -> Result<std::unique_ptr<Store>> {
      return std::unique_ptr<Store>{std::make_unique<SqliteStore>(path, busy_timeout)};
    });
  }};
}

}  // namespace sluice
