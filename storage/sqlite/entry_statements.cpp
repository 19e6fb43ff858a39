// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/entry_statements.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include "actors/tenant/entry_bytes.hpp"
#include "storage/sqlite/rows.hpp"

namespace sluice {

namespace {

constexpr std::string_view put_sql =
    "INSERT INTO entries (tenant, id, state, due_ns, body)"
    " SELECT id, ?2, ?3, ?4, ?5 FROM tenants WHERE id = ?1"
    " ON CONFLICT (tenant, id) DO UPDATE SET state = ?3, due_ns = ?4, body = ?5";

}  // namespace

EntryStatements::EntryStatements(SqliteConnection& connection)
    : select_(connection, "SELECT " + std::string{entry_columns} +
                              " FROM entries WHERE tenant = ?1 ORDER BY id"),
      put_(connection, put_sql),
      forget_(connection, "DELETE FROM entries WHERE tenant = ?1 AND id = ?2") {}

std::vector<Entry> EntryStatements::entries(TenantId id) {
  std::vector<Entry> entries;
  const IdBytes key = bytes_of(id);
  Cursor rows = select_.start(key);
  while (rows.next()) {
    entries.push_back(read_entry(rows, id));
  }
  return entries;
}

void EntryStatements::put(const EntryRow& row) {
  const Entry& entry = row.entry;
  body_.clear();
  encode_entry(entry, body_);
  put_.run(bytes_of(row.tenant), bytes_of(entry.id), static_cast<std::uint8_t>(entry.state),
           entry.due.time_since_epoch().count(), Blob{body_});
}

void EntryStatements::forget(const ForgottenRow& row) {
  forget_.run(bytes_of(row.tenant), bytes_of(row.id));
}

}  // namespace sluice
