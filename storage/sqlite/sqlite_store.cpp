// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sqlite_store.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/sqlite_fault.hpp"
#include "storage/sqlite/statements.hpp"

namespace sluice {

namespace {

class SqliteStore final : public Store {
public:
  SqliteStore(const std::string& path, std::chrono::milliseconds busy_timeout)
      : connection_(path, SqliteConnection::Missing::refuse, busy_timeout),
        statements_(connection_) {}

  Result<ShardCount> shards() override;
  Result<MeterTable> meters() override;
  Result<Meter> define_meter(std::string_view name, std::string_view unit) override;
  Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) override;
  Result<std::optional<TenantId>> resolve(std::string_view slug) override;
  Result<TenantPage> list(const TenantQuery& query) override;
  Result<Done> create(const TenantDefinition& definition) override;
  Result<Done> replace(const TenantDefinition& definition) override;
  Result<Done> remove(TenantId id) override;
  Result<Done> save(std::span<const CounterRow> rows) override;

private:
  void replace_limits(const TenantDefinition& definition);

  SqliteConnection connection_;
  Statements statements_;
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

Result<Meter> SqliteStore::define_meter(std::string_view name, std::string_view unit) {
  return attempt<Meter>([&]() -> Result<Meter> {
    Transaction transaction{connection_, Transaction::Kind::write};
    const std::size_t count = statements_.meters().size();
    if (count >= meters_max) {
      return Fault{FaultCode::limit_exceeded,
                   "meters_max: there are " + std::to_string(count) + " meters already"};
    }
    Meter meter{MeterId{static_cast<std::uint16_t>(count + 1)}, std::string{name},
                std::string{unit}};
    statements_.insert_meter(meter);
    transaction.commit();
    return meter;
  });
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
        records.push_back({std::move(*tenant), statements_.counters(id)});
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

Result<Done> SqliteStore::create(const TenantDefinition& definition) {
  return attempt<Done>([&] {
    Transaction transaction{connection_, Transaction::Kind::write};
    statements_.insert_tenant(definition);
    const IdBytes key = bytes_of(definition.id);
    for (const Limit& limit : definition.limits) {
      statements_.put_limit(key, limit);
    }
    transaction.commit();
    return Done{};
  });
}

Result<Done> SqliteStore::replace(const TenantDefinition& definition) {
  return attempt<Done>([&]() -> Result<Done> {
    Transaction transaction{connection_, Transaction::Kind::write};
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
    transaction.commit();
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

Result<Done> SqliteStore::remove(TenantId id) {
  return attempt<Done>([&]() -> Result<Done> {
    Transaction transaction{connection_, Transaction::Kind::write};
    if (!statements_.delete_tenant(id)) {
      return Fault{FaultCode::not_found, "there is no tenant " + to_string(id)};
    }
    transaction.commit();
    return Done{};
  });
}

Result<Done> SqliteStore::save(std::span<const CounterRow> rows) {
  if (rows.empty()) {
    return Done{};
  }
  return attempt<Done>([&] {
    Transaction transaction{connection_, Transaction::Kind::write};
    for (const CounterRow& row : rows) {
      statements_.put_counter(row);
    }
    transaction.commit();
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
