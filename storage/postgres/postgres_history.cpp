// SPDX-License-Identifier: Apache-2.0
// What was spent, and what was done: rows that are appended, in partitions by month.
#include "storage/postgres/entry_statements.hpp"
#include "storage/postgres/postgres_store_impl.hpp"
#include "storage/postgres/shared_hours.hpp"
#include "storage/postgres/spending_statements.hpp"
#include "storage/postgres/usage_statements.hpp"
#include "storage/postgres/value_statements.hpp"

namespace sluice::postgres {

namespace {

/// Of places whose months are prepared; then others may write.
constexpr std::size_t places_prepared_at_once = 16;

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

/// What tenants spent.
void write_batch(Transaction& transaction, const SaveBatch& batch) {
  if (!batch.counters.empty()) {
    put_counters(transaction, batch.counters);
  }
  if (!batch.closed_usage.empty()) {
    add_closed_usage(transaction, batch.closed_usage);
  }
  if (!batch.open_usage.empty()) {
    put_open_usage(transaction, batch.open_usage);
  }
  end_open_usage(transaction, batch.closed_usage, batch.open_usage);
  write_values(transaction, batch.closed_usage, batch.open_usage);
  if (!batch.closed_windows.empty()) {
    add_closed_windows(transaction, batch.closed_windows);
  }
  if (!batch.entries.empty()) {
    put_entries(transaction, batch.entries);
  }
  if (!batch.forgotten.empty()) {
    forget_entries(transaction, batch.forgotten);
  }
}

/// Deals rows out to the batch that `batch_of` says.
template <class Row, class BatchOf>
void deal(const std::vector<Row>& rows, std::vector<Row> SaveBatch::*member, BatchOf batch_of) {
  for (const Row& row : rows) {
    (batch_of(row.tenant).*member).push_back(row);
  }
}

PlacedBatches split(const SaveBatch& batch, const Places::Elsewhere& elsewhere) {
  PlacedBatches parts;
  const auto batch_of = [&](TenantId tenant) -> SaveBatch& {
    const auto at = elsewhere.find(tenant);
    if (at == elsewhere.end()) {
      return parts.center;
    }
    SaveBatch& part = at->second.isolation == Isolation::dedicated_schema
                          ? parts.schemas[tenant]
                          : parts.instances[at->second.instance];
    part.epoch = batch.epoch;
    return part;
  };
  deal(batch.counters, &SaveBatch::counters, batch_of);
  deal(batch.open_usage, &SaveBatch::open_usage, batch_of);
  deal(batch.closed_usage, &SaveBatch::closed_usage, batch_of);
  deal(batch.closed_windows, &SaveBatch::closed_windows, batch_of);
  deal(batch.entries, &SaveBatch::entries, batch_of);
  deal(batch.forgotten, &SaveBatch::forgotten, batch_of);
  parts.center.epoch = batch.epoch;
  parts.center.through = batch.through;
  parts.center.shards = batch.shards;
  parts.center.audit = batch.audit;
  parts.center.crossed = batch.crossed;
  // Hours of sharing are both sides', and so the center's, the open ones as well.
  parts.center.closed_shared = batch.closed_shared;
  for (const EntryRow& row : batch.entries) {
    if (row.entry.use && row.entry.use->open.hour != Hour{} && elsewhere.contains(row.tenant)) {
      parts.center.closed_shared.push_back({row.tenant, row.entry.use->owner, row.entry.use->open});
    }
  }
  return parts;
}

}  // namespace

std::chrono::year_month month_of(WallTime instant) {
  const std::chrono::year_month_day day{
      std::chrono::sys_days{std::chrono::floor<std::chrono::days>(instant.time_since_epoch())}};
  return day.year() / day.month();
}

// Rows are absolute, so those of one place may be there before those of another. The watermark says
// that all are, and goes last, with the center's; if an instance has not its part, it stays.
Result<Done> PostgresStore::save(const SaveBatch& batch) {
  note_dirty(batch);
  if (auto settled = settle_doubts(); !settled.ok()) {
    return settled;
  }
  const auto elsewhere = places_->elsewhere();
  if (elsewhere == nullptr) {
    return save_in_center(batch, {});
  }
  PlacedBatches parts = split(batch, *elsewhere);
  std::optional<Fault> missing;
  for (const auto& [name, part] : parts.instances) {
    if (auto saved = save_in_instance(name, part); !saved.ok()) {
      if (saved.fault().code == FaultCode::fenced) {
        return saved;
      }
      missing = saved.fault();
    }
  }
  if (missing) {
    parts.center.through.reset();
  }
  auto saved = save_in_center(parts.center, parts.schemas);
  return saved.ok() && missing ? Result<Done>{*missing} : saved;
}

Result<Done> PostgresStore::save_in_instance(const std::string& name, const SaveBatch& batch) {
  const auto at = reach_instance(name);
  if (!at.ok()) {
    return at.fault();
  }
  if (auto ensured = ensure_months_at(at.value(), batch.epoch, months_of(batch)); !ensured.ok()) {
    return ensured;
  }
  return write_at<Done>(at.value(), batch.epoch, [&](Transaction& transaction) {
    write_batch(transaction, batch);
    return Done{};
  });
}

Result<Done> PostgresStore::save_in_center(const SaveBatch& batch,
                                           const std::map<TenantId, SaveBatch>& schemas) {
  if (auto ensured = ensure_months(batch.epoch, months_of(batch)); !ensured.ok()) {
    return ensured;
  }
  for (const auto& [tenant, part] : schemas) {
    const Reached at{&session_, schema_of(options_.schema, tenant), {}};
    if (auto ensured = ensure_months_at(at, batch.epoch, months_of(part)); !ensured.ok()) {
      return ensured;
    }
  }
  auto saved = write_as<Done>(batch.epoch, [&](Transaction& transaction) {
    write_batch(transaction, batch);
    put_shared_hours(transaction, batch);
    for (const AuditRow& row : batch.audit) {
      append_audit(transaction, row);
    }
    if (!batch.crossed.empty()) {
      raise_crossed(transaction, batch.crossed);
    }
    if (batch.through && !batch.shards.empty()) {
      postgres::raise(transaction, batch.shards, {batch.epoch, *batch.through});
    }
    for (const auto& [tenant, part] : schemas) {
      transaction.enter(schema_of(options_.schema, tenant));
      write_batch(transaction, part);
    }
    return Done{};
  });
  if (!saved.ok()) {
    months_.clear();  // An operator may have dropped a month that was there.
  }
  return saved;
}

// An instance that cannot be reached keeps none of the others from it.
Result<Rest> PostgresStore::prepare_months(Epoch epoch, WallTime now) {
  const Months coming{month_of(now), month_of(now) + std::chrono::months{1}};
  std::optional<Fault> missing;
  std::size_t prepared = 0;
  for (const UsagePlace& place : usage_places()) {
    const auto at = reach(place);
    if (at.ok() && missing_months(at.value(), coming).empty()) {
      continue;
    }
    if (prepared++ == places_prepared_at_once) {
      return missing ? Result<Rest>{*missing} : Result<Rest>{Rest::some};
    }
    const Result<Done> ensured =
        at.ok() ? ensure_months_at(at.value(), epoch, coming) : Result<Done>{at.fault()};
    if (!ensured.ok()) {
      missing = ensured.fault();
    }
  }
  return missing ? Result<Rest>{*missing} : Result<Rest>{Rest::none};
}

PostgresStore::Months PostgresStore::missing_months(const Reached& at, Months months) const {
  if (const auto there = months_.find(at.name()); there != months_.end()) {
    std::erase_if(months, [&](auto month) { return there->second.contains(month); });
  }
  return months;
}

Result<Done> PostgresStore::ensure_months_at(const Reached& at, Epoch epoch, Months months) {
  months = missing_months(at, std::move(months));
  if (months.empty()) {
    return Done{};
  }
  Result<Done> ensured = write_at<Done>(at, epoch, [&](Transaction& transaction) {
    for (const auto month : months) {
      transaction.run("SELECT ensure_partitions($1, $1)", first_day(month));
    }
    return Done{};
  });
  if (ensured.ok()) {
    months_[at.name()].merge(months);
  }
  return ensured;
}

Result<std::vector<UsagePoint>> PostgresStore::usage(const UsageQuery& query) {
  if (query.points_max < 1 || query.points_max > usage_points_max) {
    return Fault{FaultCode::invalid_argument, "points_max " + std::to_string(query.points_max) +
                                                  " is outside 1 to " +
                                                  std::to_string(usage_points_max)};
  }
  return read_of<std::vector<UsagePoint>>(query.tenant, Part::spent, [&](Transaction& transaction) {
    return query.label.empty() ? select_usage(transaction, query)
                               : select_values(transaction, query);
  });
}

Result<std::vector<ClosedWindow>> PostgresStore::closed_windows(TenantId id) {
  return read_of<std::vector<ClosedWindow>>(
      id, Part::spent, [&](Transaction& transaction) { return select_windows(transaction, id); });
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
