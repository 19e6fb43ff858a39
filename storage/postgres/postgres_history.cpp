// SPDX-License-Identifier: Apache-2.0
// What was spent, and what was done: rows that are appended, in partitions by month.
#include "storage/postgres/entry_statements.hpp"
#include "storage/postgres/postgres_store_impl.hpp"
#include "storage/postgres/spending_statements.hpp"

namespace sluice::postgres {

namespace {

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

}  // namespace

std::chrono::year_month month_of(WallTime instant) {
  const std::chrono::year_month_day day{
      std::chrono::sys_days{std::chrono::floor<std::chrono::days>(instant.time_since_epoch())}};
  return day.year() / day.month();
}

Result<Done> PostgresStore::save(const SaveBatch& batch) {
  if (Result<Done> ensured = ensure_months(batch.epoch, months_of(batch)); !ensured.ok()) {
    return ensured;
  }
  Result<Done> saved = write_as<Done>(batch.epoch, [&](Transaction& transaction) {
    if (!batch.counters.empty()) {
      put_counters(transaction, batch.counters);
    }
    if (!batch.closed_usage.empty()) {
      add_closed_usage(transaction, batch.closed_usage);
    }
    if (!batch.open_usage.empty()) {
      put_open_usage(transaction, batch.open_usage);
    }
    if (!batch.closed_windows.empty()) {
      add_closed_windows(transaction, batch.closed_windows);
    }
    if (!batch.entries.empty()) {
      put_entries(transaction, batch.entries);
    }
    if (!batch.forgotten.empty()) {
      forget_entries(transaction, batch.forgotten);
    }
    for (const AuditRow& row : batch.audit) {
      append_audit(transaction, row);
    }
    if (batch.through && !batch.shards.empty()) {
      raise(transaction, batch.shards, {batch.epoch, *batch.through});
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
  return read_of<std::vector<UsagePoint>>(
      query.tenant, [&](Transaction& transaction) { return select_usage(transaction, query); });
}

Result<std::vector<ClosedWindow>> PostgresStore::closed_windows(TenantId id) {
  return read_of<std::vector<ClosedWindow>>(
      id, [&](Transaction& transaction) { return select_windows(transaction, id); });
}

Result<Done> PostgresStore::record(const Deed& deed) {
  return write_as<Done>(deed, [](Transaction&) { return Result<Done>{Done{}}; });
}

Result<AuditPage> PostgresStore::audit_page(const AuditQuery& query) {
  if (Result<Done> valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  return read<AuditPage>(
      [&](Transaction& transaction) { return select_audit(transaction, query); });
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

}  // namespace sluice::postgres
