// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/shared_hours.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "storage/sqlite/columns.hpp"
#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/sharing_rows.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

constexpr std::string_view put_hour_sql =
    "INSERT INTO shared_hours (grant_id, hour, policy, consumer, owner, uses, units, denied)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    " ON CONFLICT (grant_id, hour) DO UPDATE SET uses = max(uses, excluded.uses),"
    " units = max(units, excluded.units), denied = max(denied, excluded.denied)";

constexpr std::string_view select_hours_sql =
    "SELECT grant_id, hour, policy, consumer, owner, uses, units, denied FROM shared_hours"
    " WHERE grant_id = ?1 AND hour >= ?2 AND hour < ?3 ORDER BY hour";

/// The start of the stretch that holds `hour`. 1970 began on a Thursday, weeks begin on Mondays.
std::string_view start_of_stretch(SharedStretch stretch) {
  switch (stretch) {
    case SharedStretch::hour:
      return "hour";
    case SharedStretch::day:
      return "hour - hour % 24";
    case SharedStretch::week:
      return "hour - (hour + 72) % 168";
    case SharedStretch::month:
      return "unixepoch(hour * 3600, 'unixepoch', 'start of month') / 3600";
  }
  SLUICE_INVARIANT(!"a stretch outside of its enum");
}

/// Units are added up in halves: so no sum is more than an integer holds.
std::string select_uses_sql(std::string_view side, SharedStretch stretch) {
  return std::string{"SELECT grant_id, max(1, "}
      .append(start_of_stretch(stretch))
      .append(
          ") AS start, policy, consumer, owner, sum(uses), sum(units >> 31),"
          " sum(units & 2147483647), sum(denied) FROM shared_hours WHERE ")
      .append(side)
      .append(
          " = ?1 AND hour >= ?2 AND hour < ?3 AND (?4 IS NULL OR policy = ?4)"
          " AND (?5 IS NULL OR grant_id = ?5)"
          " GROUP BY start, grant_id HAVING (start, grant_id) > (?6, ?7)"
          " ORDER BY start, grant_id LIMIT ?8");
}

Statement select_of(SqliteConnection& connection, SharingSide side, SharedStretch stretch) {
  return Statement{connection,
                   select_uses_sql(side == SharingSide::owner ? "owner" : "consumer", stretch)};
}

template <class Id>
Id shared_id_of(Blob bytes) {
  const TenantId id = id_of(bytes);
  return Id{id.high, id.low};
}

std::uint64_t shared_number(const Cursor& row, int column, std::string_view name) {
  return static_cast<std::uint64_t>(read_integer(row, column, name, 0,
                                                 static_cast<std::int64_t>(Amount::max_raw),
                                                 Place{"shared_hours", std::nullopt}));
}

/// All of a row but its units.
SharedHourRow read_hour(const Cursor& row, int denied_column) {
  SharedHourRow read;
  read.hour.grant = shared_id_of<SharingId>(row.blob(0));
  read.hour.hour = Hour{static_cast<std::uint32_t>(shared_number(row, 1, "hour"))};
  read.hour.policy = shared_id_of<PolicyId>(row.blob(2));
  read.consumer = id_of(row.blob(3));
  read.owner = id_of(row.blob(4));
  read.hour.uses = shared_number(row, 5, "uses");
  read.hour.denied = shared_number(row, denied_column, "denied");
  return read;
}

/// The sum whose halves were added up apart.
Amount joined(std::uint64_t high, std::uint64_t low) {
  constexpr unsigned half_bits = 31;
  const std::uint64_t most = Amount::max_raw >> half_bits;
  return high >= most ? Amount::max() : Amount{high << half_bits} + Amount{low};
}

}  // namespace

SharedHourStatements::SharedHourStatements(SqliteConnection& connection)
    : put_(connection, put_hour_sql),
      select_hours_(connection, select_hours_sql),
      select_uses_{select_of(connection, SharingSide::owner, SharedStretch::hour),
                   select_of(connection, SharingSide::owner, SharedStretch::day),
                   select_of(connection, SharingSide::owner, SharedStretch::week),
                   select_of(connection, SharingSide::owner, SharedStretch::month),
                   select_of(connection, SharingSide::consumer, SharedStretch::hour),
                   select_of(connection, SharingSide::consumer, SharedStretch::day),
                   select_of(connection, SharingSide::consumer, SharedStretch::week),
                   select_of(connection, SharingSide::consumer, SharedStretch::month)} {}

void SharedHourStatements::put(const SharedHourRow& row) {
  put_.run(bytes_of(row.hour.grant), row.hour.hour.raw(), bytes_of(row.hour.policy),
           bytes_of(row.consumer), bytes_of(row.owner), row.hour.uses, row.hour.units.raw(),
           row.hour.denied);
}

SharedUsePage SharedHourStatements::uses(const SharedUseQuery& query) {
  const IdBytes tenant = bytes_of(query.tenant);
  const IdBytes policy = bytes_of(query.policy.value_or(PolicyId{}));
  const IdBytes grant = bytes_of(query.grant.value_or(SharingId{}));
  const SharedUseCursor after = query.after.value_or(SharedUseCursor{});
  const IdBytes after_grant = bytes_of(after.grant);
  const std::size_t place =
      (query.side == SharingSide::owner ? 0U : 4U) + static_cast<std::size_t>(query.stretch);
  Cursor rows = select_uses_[place].start(tenant, hour_from(query.from), hour_from(query.to),
                                          query.policy ? std::optional{Blob{policy}} : std::nullopt,
                                          query.grant ? std::optional{Blob{grant}} : std::nullopt,
                                          after.start.raw(), after_grant, query.page_size + 1);
  SharedUsePage page;
  while (rows.next()) {
    SharedHourRow& row = page.rows.emplace_back(read_hour(rows, 8));
    row.hour.units = joined(shared_number(rows, 6, "units"), shared_number(rows, 7, "units"));
  }
  page.more = page.rows.size() > query.page_size;
  if (page.more) {
    page.rows.pop_back();
  }
  return page;
}

std::vector<SharedHourRow> SharedHourStatements::hours(const SharedUsageQuery& query) {
  std::vector<SharingId> grants = query.grants;
  std::ranges::sort(grants);
  std::vector<SharedHourRow> hours;
  for (const SharingId grant : grants) {
    const IdBytes key = bytes_of(grant);
    Cursor rows = select_hours_.start(key, query.from.raw(), query.to.raw());
    while (rows.next()) {
      SharedHourRow& row = hours.emplace_back(read_hour(rows, 7));
      row.hour.units = Amount{shared_number(rows, 6, "units")};
    }
  }
  return hours;
}

}  // namespace sluice
