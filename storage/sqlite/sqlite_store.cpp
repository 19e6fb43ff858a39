// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sqlite_store.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "storage/sqlite/audit_statements.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/entry_statements.hpp"
#include "storage/sqlite/key_statements.hpp"
#include "storage/sqlite/ownership_statements.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/spending_statements.hpp"
#include "storage/sqlite/sqlite_fault.hpp"
#include "storage/sqlite/statements.hpp"

namespace sluice {

namespace {

class SqliteStore final : public Store {
public:
  SqliteStore(const std::string& path, std::chrono::milliseconds busy_timeout)
      : connection_(path, SqliteConnection::Missing::refuse, busy_timeout),
        statements_(connection_),
        ownership_(connection_),
        spending_(connection_),
        entries_(connection_),
        keys_(connection_),
        audit_(connection_) {}

  Result<ShardCount> shards() override;
  Result<MeterTable> meters() override;
  Result<Meter> define_meter(const Deed& deed, std::string_view name,
                             std::string_view unit) override;
  Result<Ownership> acquire(const Claim& claim) override;
  Result<Done> renew(Epoch epoch) override;
  Result<Done> release(Epoch epoch) override;
  Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) override;
  Result<std::optional<TenantId>> resolve(std::string_view slug) override;
  Result<TenantPage> list(const TenantQuery& query) override;
  Result<std::vector<DueTenant>> due(const DueQuery& query) override;
  Result<Done> create(const Deed& deed, const TenantDefinition& definition) override;
  Result<Done> replace(const Deed& deed, const TenantDefinition& definition) override;
  Result<Done> remove(const Deed& deed, TenantId id) override;
  Result<Done> save(const SaveBatch& batch) override;
  Result<std::vector<UsagePoint>> usage(const UsageQuery& query) override;
  Result<std::vector<ClosedWindow>> closed_windows(TenantId id) override;
  Result<std::vector<ApiKey>> api_keys() override;
  Result<Done> add_api_key(const Deed& deed, const ApiKey& key) override;
  Result<Done> remove_api_key(const Deed& deed, KeyId id) override;
  Result<Done> record(const Deed& deed) override;
  Result<AuditPage> audit_page(const AuditQuery& query) override;
  Result<AuditCheck> check_audit(TenantId chain, const std::optional<AuditMark>& from) override;
  Result<Done> forget_audit(Epoch epoch, WallTime before) override;

private:
  /// Does something in one transaction, which is committed if it worked.
  template <class Value, class Action>
  Result<Value> write(Action&& action) {
    return attempt<Value>([&]() -> Result<Value> {
      Transaction transaction{connection_, Transaction::Kind::write};
      Result<Value> result = action();
      if (result.ok()) {
        transaction.commit();
      }
      return result;
    });
  }
  /// The same for the owner: nothing is done if the epoch is over.
  template <class Value, class Action>
  Result<Value> write_as(Epoch epoch, Action&& action) {
    return write<Value>([&]() -> Result<Value> {
      if (Result<Done> current = ownership_.check(epoch); !current.ok()) {
        return current.fault();
      }
      return action();
    });
  }
  /// The same, with its event.
  template <class Value, class Action>
  Result<Value> write_as(const Deed& deed, Action&& action) {
    return write_as<Value>(deed.epoch, [&]() -> Result<Value> {
      Result<Value> result = action();
      if (result.ok()) {
        audit_.append(deed.audit);
      }
      return result;
    });
  }
  void replace_limits(const TenantDefinition& definition);

  SqliteConnection connection_;
  Statements statements_;
  OwnershipStatements ownership_;
  SpendingStatements spending_;
  EntryStatements entries_;
  KeyStatements keys_;
  AuditStatements audit_;
};

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
    wanted.erase(std::ranges::unique(wanted).begin(), wanted.end());

    std::vector<TenantRecord> records;
    records.reserve(wanted.size());
    const Transaction snapshot{connection_, Transaction::Kind::read};
    for (const TenantId id : wanted) {
      if (std::optional<TenantDefinition> tenant = statements_.tenant(id)) {
        tenant->limits = statements_.limits(id);
        records.push_back({std::move(*tenant), spending_.counters(id), spending_.open_usage(id),
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
  if (query.page_size < 1 || query.page_size > page_size_max) {
    return Fault{FaultCode::invalid_argument, "page_size " + std::to_string(query.page_size) +
                                                  " is outside 1 to " +
                                                  std::to_string(page_size_max)};
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
    }
    return page;
  });
}

Result<std::vector<DueTenant>> SqliteStore::due(const DueQuery& query) {
  return attempt<std::vector<DueTenant>>([&] { return statements_.due(query); });
}

Result<Done> SqliteStore::create(const Deed& deed, const TenantDefinition& definition) {
  return write_as<Done>(deed, [&] {
    statements_.insert_tenant(definition);
    const IdBytes key = bytes_of(definition.id);
    for (const Limit& limit : definition.limits) {
      statements_.put_limit(key, limit);
    }
    return Done{};
  });
}

Result<Done> SqliteStore::replace(const Deed& deed, const TenantDefinition& definition) {
  return write_as<Done>(deed, [&]() -> Result<Done> {
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
  });
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
    return Done{};
  });
}

Result<Done> SqliteStore::save(const SaveBatch& batch) {
  return write_as<Done>(batch.epoch, [&] {
    for (const CounterRow& row : batch.counters) {
      spending_.put_counter(row);
    }
    for (const UsageRow& row : batch.closed_usage) {
      spending_.add_closed_usage(row);
    }
    for (const UsageRow& row : batch.open_usage) {
      spending_.put_open_usage(row);
    }
    for (const WindowRow& row : batch.closed_windows) {
      spending_.add_closed_window(row);
    }
    for (const EntryRow& row : batch.entries) {
      entries_.put(row);
    }
    for (const ForgottenRow& row : batch.forgotten) {
      entries_.forget(row);
    }
    for (const AuditRow& row : batch.audit) {
      audit_.append(row);
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
    return spending_.usage(query);
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

}  // namespace

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
