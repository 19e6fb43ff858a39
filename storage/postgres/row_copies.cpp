// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/row_copies.hpp"

#include <chrono>
#include <string_view>

namespace sluice::postgres {

namespace {

/// What a table has for an instant, in its own unit.
std::int64_t in_unit_of(const PlaceTable& table, WallTime at) {
  const auto since = at.time_since_epoch();
  return table.time == PlaceTable::Time::start
             ? std::chrono::floor<std::chrono::seconds>(since).count()
             : since.count();
}

WallTime instant_of(const PlaceTable& table, std::int64_t value) {
  return table.time == PlaceTable::Time::start ? WallTime{std::chrono::seconds{value}}
                                               : WallTime{Duration{value}};
}

/// What comes behind the time and the number in the key; empty if nothing does.
std::string_view third_of(const PlaceTable& table) {
  const std::string_view key = table.key;
  const std::size_t first = key.find(", ");
  const std::size_t second = key.find(", ", first + 1);
  return second == std::string_view::npos ? std::string_view{} : key.substr(second + 2);
}

/// The time, and what comes next in the key, of the rows that `t` is.
std::string time_of(const PlaceTable& table) {
  return table.time == PlaceTable::Time::start ? "extract(epoch FROM start)::bigint"
                                               : "ended_at_ns";
}
std::string number_of(const PlaceTable& table) {
  return table.time == PlaceTable::Time::start ? "meter" : "limit_id";
}

/// $2 to $4 are the mark, $5 the count; each is used, whatever the table.
std::string chunk_sql(const PlaceTable& table) {
  const bool by_start = table.time == PlaceTable::Time::start;
  const std::string_view third = third_of(table);
  std::string sql = "SELECT count(*), coalesce(jsonb_agg(t)::text, '[]'), (array_agg(";
  sql.append(time_of(table)).append("))[1], (array_agg(").append(time_of(table));
  sql.append("))[count(*)::int], (array_agg(").append(number_of(table));
  sql.append("))[count(*)::int], (array_agg(");
  sql.append(third.empty() ? "$4::uuid" : third).append("))[count(*)::int]");
  sql.append(" FROM (SELECT * FROM ").append(table.name).append(" WHERE tenant = $1 AND (");
  sql.append(table.key).append(") > (").append(by_start ? "to_timestamp($2::bigint)"
                                                        : "$2::bigint");
  sql.append(", $3::bigint").append(third.empty() ? ")" : ", $4::uuid)");
  sql.append(" ORDER BY ").append(table.key).append(" LIMIT $5) AS t");
  return sql;
}

}  // namespace

RowMark before_row_of(const PlaceTable& table, WallTime at) {
  return RowMark{.at = at - at.time_since_epoch() % table.span};
}

Parcel read_rows(Transaction& transaction, TenantId tenant, const PlaceTable& table,
                 const RowMark& after, std::size_t rows_max) {
  if (table.time == PlaceTable::Time::none) {
    const pqxx::result all = transaction.run(
        std::string{"SELECT count(*), coalesce(jsonb_agg(t)::text, '[]') FROM (SELECT * FROM "}
            .append(table.name)
            .append(" WHERE tenant = $1) AS t"),
        to_string(tenant));
    return {&table, all.at(0)[1].as<std::string>(), all[0][0].as<std::size_t>()};
  }
  const pqxx::result found =
      transaction.run(chunk_sql(table), to_string(tenant), in_unit_of(table, after.at),
                      after.number, after.third, rows_max);
  const pqxx::row row = found.at(0);
  Parcel parcel{&table, row[1].as<std::string>(), row[0].as<std::size_t>()};
  if (parcel.count > 0) {
    parcel.first = instant_of(table, row[2].as<std::int64_t>());
    parcel.last = {instant_of(table, row[3].as<std::int64_t>()), row[4].as<std::int64_t>(),
                   row[5].as<std::string>()};
  }
  return parcel;
}

// The columns are asked for, so that one that is added later is taken along.
void write_rows(Transaction& transaction, const Parcel& parcel) {
  if (parcel.count == 0) {
    return;
  }
  const std::string name = parcel.table->name;
  const std::string_view key = parcel.table->key;
  const pqxx::result columns = transaction.run(
      "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),"
      " string_agg(format('%1$I = excluded.%1$I', attname), ', ' ORDER BY attnum)"
      " FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped"
      " AND attgenerated = ''",
      name);
  const auto all = columns.at(0)[0].as<std::string>();
  std::string sql = "INSERT INTO " + name;
  sql.append(" (").append(all).append(") SELECT ").append(all);
  sql.append(" FROM jsonb_populate_recordset(NULL::").append(name).append(", $1::jsonb) AS given");
  if (name == "counters") {
    sql.append(
        " WHERE EXISTS (SELECT FROM limits WHERE limits.tenant = given.tenant"
        " AND limits.id = given.limit_id)");
  }
  sql.append(" ON CONFLICT (tenant").append(key.empty() ? "" : ", ").append(key);
  sql.append(") DO UPDATE SET ").append(columns[0][1].as<std::string>());
  transaction.run(sql, parcel.rows);
}

std::size_t delete_rows(Transaction& transaction, TenantId tenant, const PlaceTable& table,
                        std::size_t rows_max) {
  std::string sql = std::string{"DELETE FROM "}.append(table.name).append(" WHERE tenant = $1");
  if (table.time == PlaceTable::Time::none) {
    return transaction.run(sql, to_string(tenant)).affected_rows();
  }
  sql.append(" AND (").append(table.key).append(") IN (SELECT ").append(table.key);
  sql.append(" FROM ").append(table.name).append(" WHERE tenant = $1 ORDER BY ");
  sql.append(table.key).append(" LIMIT $2)");
  return transaction.run(sql, to_string(tenant), rows_max).affected_rows();
}

}  // namespace sluice::postgres
