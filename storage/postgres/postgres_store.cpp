// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/postgres_store.hpp"

#include <chrono>
#include <memory>
#include <set>
#include <utility>

#include "storage/postgres/audit_statements.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/entry_statements.hpp"
#include "storage/postgres/key_statements.hpp"
#include "storage/postgres/migrations.hpp"
#include "storage/postgres/ownership_statements.hpp"
#include "storage/postgres/session.hpp"
#include "storage/postgres/spending_statements.hpp"
#include "storage/postgres/tenant_statements.hpp"

namespace sluice {

namespace {

using postgres::Session;
using postgres::Transaction;

/// libpq ends a text at its first NUL, and no text that is stored has one.
bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

std::chrono::year_month month_of(WallTime instant) {
  const std::chrono::year_month_day day{
      std::chrono::sys_days{std::chrono::floor<std::chrono::days>(instant.time_since_epoch())}};
  return day.year() / day.month();
}

std::string first_day(std::chrono::year_month month) {
  return std::to_string(static_cast<int>(month.year())) + '-' +
         std::to_string(static_cast<unsigned>(month.month())) + "-1";
}

/// Of the rows that lie in partitions.
std::set<std::chrono::year_month> months_of(const SaveBatch& batch) {
  std::set<std::chrono::year_month> months;
  for (const UsageRow& row : batch.closed_usage) {
    months.insert(month_of(start_of(row.bucket.minute)));
  }
  for (const WindowRow& row : batch.closed_windows) {
    months.insert(month_of(row.window.ended_at));
  }
  for (const AuditRow& row : batch.audit) {
    months.insert(month_of(row.what.at));
  }
  return months;
}

class PostgresStore final : public Store {
public:
  PostgresStore(std::string conninfo, PostgresOptions options)
      : session_(std::move(conninfo), std::move(options)) {}

  [[nodiscard]] Result<Done> open() { return session_.open(); }

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
  template <class Value, class Action>
  Result<Value> read(Action&& action) {
    return session_.transact<Value>(Transaction::Kind::read, action);
  }
  template <class Value, class Action>
  Result<Value> write(Action&& action) {
    return session_.transact<Value>(Transaction::Kind::write, action);
  }
  /// The same for the owner: nothing is done if the epoch is over.
  template <class Value, class Action>
  Result<Value> write_as(Epoch epoch, Action&& action) {
    return write<Value>([&](Transaction& transaction) -> Result<Value> {
      if (const Result<Done> current = postgres::check(transaction, epoch); !current.ok()) {
        return current.fault();
      }
      return action(transaction);
    });
  }
  /// The same, with its event.
  template <class Value, class Action>
  Result<Value> write_as(const Deed& deed, Action&& action) {
    if (const Result<Done> ensured = ensure_months(deed.epoch, {month_of(deed.audit.at)});
        !ensured.ok()) {
      return ensured.fault();
    }
    auto written = write_as<Value>(deed.epoch, [&](Transaction& transaction) -> Result<Value> {
      Result<Value> result = action(transaction);
      if (result.ok()) {
        postgres::append_audit(transaction, deed.audit);
      }
      return result;
    });
    if (!written.ok()) {
      months_.clear();  // An operator may have dropped a month that was there.
    }
    return written;
  }
  /// Makes the partitions that are needed and this connection has not seen. A transaction of its
  /// own, because it locks the tables themselves, which nobody may do who has written rows.
  [[nodiscard]] Result<Done> ensure_months(Epoch epoch, std::set<std::chrono::year_month> months);

  Session session_;
  std::set<std::chrono::year_month> months_;  ///< Those whose partitions are there.
};

Result<ShardCount> PostgresStore::shards() {
  return read<ShardCount>(postgres::select_shards);
}

Result<MeterTable> PostgresStore::meters() {
  return read<MeterTable>(postgres::select_meters);
}

Result<Meter> PostgresStore::define_meter(const Deed& deed, std::string_view name,
                                          std::string_view unit) {
  return write_as<Meter>(deed, [&](Transaction& transaction) -> Result<Meter> {
    const std::size_t count = postgres::select_meters(transaction).size();
    if (count >= meters_max) {
      return Fault{FaultCode::limit_exceeded,
                   "meters_max: there are " + std::to_string(count) + " meters already"};
    }
    Meter meter{MeterId{static_cast<std::uint16_t>(count + 1)}, std::string{name},
                std::string{unit}};
    postgres::insert_meter(transaction, meter);
    return meter;
  });
}

Result<Ownership> PostgresStore::acquire(const Claim& claim) {
  return write<Ownership>(
      [&](Transaction& transaction) { return postgres::acquire(transaction, claim); });
}

Result<Done> PostgresStore::renew(Epoch epoch) {
  return write<Done>([&](Transaction& transaction) { return postgres::renew(transaction, epoch); });
}

Result<Done> PostgresStore::release(Epoch epoch) {
  return write<Done>(
      [&](Transaction& transaction) { return postgres::release(transaction, epoch); });
}

Result<std::vector<TenantRecord>> PostgresStore::load(std::span<const TenantId> ids) {
  if (ids.empty()) {
    return std::vector<TenantRecord>{};
  }
  return read<std::vector<TenantRecord>>(
      [&](Transaction& transaction) { return postgres::select_tenants(transaction, ids); });
}

Result<std::optional<TenantId>> PostgresStore::resolve(std::string_view slug) {
  if (has_nul(slug)) {
    return std::optional<TenantId>{};
  }
  return read<std::optional<TenantId>>(
      [&](Transaction& transaction) { return postgres::select_slug(transaction, slug); });
}

Result<TenantPage> PostgresStore::list(const TenantQuery& query) {
  if (query.page_size < 1 || query.page_size > page_size_max) {
    return Fault{FaultCode::invalid_argument, "page_size " + std::to_string(query.page_size) +
                                                  " is outside 1 to " +
                                                  std::to_string(page_size_max)};
  }
  if (has_nul(query.tier) || has_nul(query.text) || has_nul(query.region)) {
    return TenantPage{};
  }
  return read<TenantPage>([&](Transaction& transaction) {
    TenantPage page;
    // One more than asked tells whether there are more.
    page.tenants = postgres::select_page(transaction, query, query.page_size + 1);
    page.more = page.tenants.size() > query.page_size;
    if (page.more) {
      page.tenants.pop_back();
    }
    return page;
  });
}

Result<std::vector<DueTenant>> PostgresStore::due(const DueQuery& query) {
  return read<std::vector<DueTenant>>(
      [&](Transaction& transaction) { return postgres::select_due(transaction, query); });
}

Result<Done> PostgresStore::create(const Deed& deed, const TenantDefinition& definition) {
  return write_as<Done>(deed, [&](Transaction& transaction) {
    postgres::insert_tenants(transaction, {&definition, 1});
    return Done{};
  });
}

Result<Done> PostgresStore::replace(const Deed& deed, const TenantDefinition& definition) {
  return write_as<Done>(deed, [&](Transaction& transaction) {
    return postgres::replace_tenant(transaction, definition);
  });
}

Result<Done> PostgresStore::remove(const Deed& deed, TenantId id) {
  return write_as<Done>(
      deed, [&](Transaction& transaction) { return postgres::delete_tenant(transaction, id); });
}

Result<Done> PostgresStore::save(const SaveBatch& batch) {
  if (Result<Done> ensured = ensure_months(batch.epoch, months_of(batch)); !ensured.ok()) {
    return ensured;
  }
  Result<Done> saved = write_as<Done>(batch.epoch, [&](Transaction& transaction) {
    if (!batch.counters.empty()) {
      postgres::put_counters(transaction, batch.counters);
    }
    if (!batch.closed_usage.empty()) {
      postgres::add_closed_usage(transaction, batch.closed_usage);
    }
    if (!batch.open_usage.empty()) {
      postgres::put_open_usage(transaction, batch.open_usage);
    }
    if (!batch.closed_windows.empty()) {
      postgres::add_closed_windows(transaction, batch.closed_windows);
    }
    if (!batch.entries.empty()) {
      postgres::put_entries(transaction, batch.entries);
    }
    if (!batch.forgotten.empty()) {
      postgres::forget_entries(transaction, batch.forgotten);
    }
    for (const AuditRow& row : batch.audit) {
      postgres::append_audit(transaction, row);
    }
    if (batch.through && !batch.shards.empty()) {
      postgres::raise(transaction, batch.shards, {batch.epoch, *batch.through});
    }
    return Done{};
  });
  if (!saved.ok()) {
    months_.clear();  // An operator may have dropped a month that was there.
  }
  return saved;
}

Result<Done> PostgresStore::ensure_months(Epoch epoch, std::set<std::chrono::year_month> months) {
  std::erase_if(months, [this](auto month) { return months_.contains(month); });
  if (months.empty()) {
    return Done{};
  }
  Result<Done> ensured = write_as<Done>(epoch, [&](Transaction& transaction) {
    for (const auto month : months) {
      transaction.run("SELECT ensure_partitions($1, $1)", first_day(month));
    }
    return Done{};
  });
  if (ensured.ok()) {
    months_.merge(months);
  }
  return ensured;
}

Result<std::vector<UsagePoint>> PostgresStore::usage(const UsageQuery& query) {
  if (query.points_max < 1 || query.points_max > usage_points_max) {
    return Fault{FaultCode::invalid_argument, "points_max " + std::to_string(query.points_max) +
                                                  " is outside 1 to " +
                                                  std::to_string(usage_points_max)};
  }
  return read<std::vector<UsagePoint>>(
      [&](Transaction& transaction) { return postgres::select_usage(transaction, query); });
}

Result<std::vector<ClosedWindow>> PostgresStore::closed_windows(TenantId id) {
  return read<std::vector<ClosedWindow>>(
      [&](Transaction& transaction) { return postgres::select_windows(transaction, id); });
}

Result<std::vector<ApiKey>> PostgresStore::api_keys() {
  return read<std::vector<ApiKey>>(postgres::select_keys);
}

Result<Done> PostgresStore::add_api_key(const Deed& deed, const ApiKey& key) {
  return write_as<Done>(
      deed, [&](Transaction& transaction) { return postgres::insert_key(transaction, key); });
}

Result<Done> PostgresStore::remove_api_key(const Deed& deed, KeyId id) {
  return write_as<Done>(
      deed, [&](Transaction& transaction) { return postgres::delete_key(transaction, id); });
}

Result<Done> PostgresStore::record(const Deed& deed) {
  return write_as<Done>(deed, [](Transaction&) { return Result<Done>{Done{}}; });
}

Result<AuditPage> PostgresStore::audit_page(const AuditQuery& query) {
  if (Result<Done> valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return read<AuditPage>(
      [&](Transaction& transaction) { return postgres::select_audit(transaction, query); });
}

Result<AuditCheck> PostgresStore::check_audit(TenantId chain,
                                              const std::optional<AuditMark>& from) {
  return read<AuditCheck>(
      [&](Transaction& transaction) { return postgres::check_audit(transaction, chain, from); });
}

Result<Done> PostgresStore::forget_audit(Epoch epoch, WallTime before) {
  months_.clear();
  return write_as<Done>(epoch, [&](Transaction& transaction) {
    postgres::forget_audit(transaction, before);
    return Done{};
  });
}

/// A connection for changing tables, which takes as long as it takes.
Result<std::unique_ptr<Session>> migrator(const PostgresOptions& options) {
  Result<std::string> conninfo = postgres::complete_conninfo(options);
  if (!conninfo.ok()) {
    return conninfo.fault();
  }
  PostgresOptions patient = options;
  patient.statement_timeout = patient.call_timeout = options.migration_timeout;
  return std::make_unique<Session>(std::move(conninfo).value(), std::move(patient));
}

}  // namespace

Result<std::vector<Migration>> pending_migrations(const PostgresOptions& options) {
  auto session = migrator(options);
  if (!session.ok()) {
    return session.fault();
  }
  return postgres::pending_of(*session.value(), postgres::embedded_migrations());
}

Result<std::vector<Migration>> migrate_postgres(const PostgresOptions& options, ShardCount shards) {
  auto session = migrator(options);
  if (!session.ok()) {
    return session.fault();
  }
  Result<std::vector<Migration>> applied =
      postgres::apply_pending(*session.value(), options.schema, postgres::embedded_migrations());
  if (!applied.ok()) {
    return applied;
  }
  if (const Result<Done> furnished = postgres::furnish(*session.value(), shards); !furnished.ok()) {
    return furnished.fault();
  }
  return applied;
}

Result<StoreFactory> open_postgres(const PostgresOptions& options,
                                   ShardCount shards_for_a_new_database) {
  if (const auto migrated = migrate_postgres(options, shards_for_a_new_database); !migrated.ok()) {
    return migrated.fault();
  }
  // Checked by the migration.
  return StoreFactory{[conninfo = postgres::complete_conninfo(options).value(),
                       options]() -> Result<std::unique_ptr<Store>> {
    auto store = std::make_unique<PostgresStore>(conninfo, options);
    if (const Result<Done> opened = store->open(); !opened.ok()) {
      return opened.fault();
    }
    return std::unique_ptr<Store>{std::move(store)};
  }};
}

}  // namespace sluice
