// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/key_statements.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

constexpr std::string_view select_sql =
    "SELECT id, name, kind, permissions, tenants, secret_hash, created_at_ns, expires_at_ns"
    " FROM api_keys ORDER BY id";
constexpr std::string_view insert_sql =
    "INSERT INTO api_keys (id, name, kind, permissions, tenants, secret_hash, created_at_ns,"
    " expires_at_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// Blanks on both sides, so that every id has them, and none is found within what is no id.
constexpr std::string_view uncover_sql =
    "UPDATE api_keys SET tenants = trim(replace(' ' || tenants || ' ', ' ' || ?1 || ' ', ' '))"
    " WHERE instr(' ' || tenants || ' ', ' ' || ?1 || ' ') > 0";

[[noreturn]] void damaged(std::int64_t id, std::string_view what) {
  throw DamagedRow("table api_keys, id " + std::to_string(id) + ": " + std::string{what});
}

ApiKey read_key(const Cursor& row) {
  const std::int64_t id = row.integer(0);
  const auto kind = parse_caller_kind(row.text(2));
  const auto permissions = parse_permissions(row.text(3));
  const auto hash = row.blob(5);
  ApiKey key;
  if (id < 1 || !kind || !permissions.ok() || hash.size() != key.hash.size()) {
    damaged(id, "it cannot be read");
  }
  key.id = KeyId{static_cast<std::uint64_t>(id)};
  key.name = row.text(1);
  key.kind = *kind;
  key.permissions = permissions.value();
  if (!row.is_null(4)) {
    key.tenants = parse_tenants(row.text(4));
    if (!key.tenants) {
      damaged(id, "its tenants cannot be read");
    }
  }
  std::ranges::copy(hash, key.hash.begin());
  key.created_at = WallTime{Duration{row.integer(6)}};
  key.expires_at = WallTime{Duration{row.integer(7)}};
  if (const auto valid = validate(key); !valid.ok()) {
    damaged(id, valid.fault().context);
  }
  return key;
}

}  // namespace

KeyStatements::KeyStatements(SqliteConnection& connection)
    : connection_(connection),
      select_(connection, select_sql),
      count_(connection, "SELECT count(*) FROM api_keys"),
      insert_(connection, insert_sql),
      delete_(connection, "DELETE FROM api_keys WHERE id = ?1"),
      delete_of_tenant_(connection, "DELETE FROM api_keys WHERE tenants = ?1"),
      uncover_(connection, uncover_sql) {}

std::vector<ApiKey> KeyStatements::keys() {
  std::vector<ApiKey> keys;
  Cursor rows = select_.start();
  while (rows.next()) {
    keys.push_back(read_key(rows));
  }
  return keys;
}

std::size_t KeyStatements::count() {
  Cursor rows = count_.start();
  return rows.next() ? static_cast<std::size_t>(rows.integer(0)) : 0;
}

void KeyStatements::insert(const ApiKey& key) {
  const std::string permissions = to_string(key.permissions);
  const std::string listed = key.tenants ? to_text(*key.tenants) : std::string{};
  const auto tenants =
      key.tenants ? std::optional(std::string_view{listed}) : std::optional<std::string_view>{};
  insert_.run(key.id.raw(), std::string_view{key.name}, to_string(key.kind),
              std::string_view{permissions}, tenants, Blob{key.hash},
              key.created_at.time_since_epoch().count(), key.expires_at.time_since_epoch().count());
}

bool KeyStatements::remove(KeyId id) {
  delete_.run(id.raw());
  return connection_.changes() > 0;
}

void KeyStatements::uncover(TenantId tenant) {
  const std::string id = to_string(tenant);
  delete_of_tenant_.run(std::string_view{id});
  uncover_.run(std::string_view{id});
}

}  // namespace sluice
