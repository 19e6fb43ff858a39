// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/key_statements.hpp"

#include <algorithm>
#include <cstddef>
#include <pqxx/binarystring>
#include <string>

#include "storage/postgres/postgres_fault.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* select_sql =
    "SELECT id, name, kind, permissions, array_to_string(tenants, ' '), secret_hash, created_at_ns,"
    " expires_at_ns FROM api_keys ORDER BY id";
constexpr const char* insert_sql =
    "INSERT INTO api_keys (id, name, kind, permissions, tenants, secret_hash, created_at_ns,"
    " expires_at_ns)"
    " VALUES ($1, $2, $3, $4, string_to_array($5, ' ')::uuid[], $6, $7, $8)";

[[noreturn]] void damaged(const std::string& id, std::string_view what) {
  throw DamagedRow("table api_keys, id " + id + ": " + std::string{what});
}

ApiKey read_key(const pqxx::row& row) {
  const auto text = [&](int column) { return row[column].as<std::string>(); };
  const auto id = row[0].as<std::int64_t>();
  const auto kind = parse_caller_kind(text(2));
  const auto permissions = parse_permissions(text(3));
  const pqxx::binarystring hash{row[5]};
  ApiKey key;
  if (id < 1 || !kind || !permissions.ok() || hash.size() != key.hash.size()) {
    damaged(text(0), "it cannot be read");
  }
  key.id = KeyId{static_cast<std::uint64_t>(id)};
  key.name = text(1);
  key.kind = *kind;
  key.permissions = permissions.value();
  if (!row[4].is_null()) {
    key.tenants = parse_tenants(text(4));
    if (!key.tenants) {
      damaged(text(0), "its tenants cannot be read");
    }
  }
  std::ranges::transform(hash, key.hash.begin(), [](auto byte) { return std::byte{byte}; });
  key.created_at = WallTime{Duration{row[6].as<std::int64_t>()}};
  key.expires_at = WallTime{Duration{row[7].as<std::int64_t>()}};
  if (const auto valid = validate(key); !valid.ok()) {
    damaged(text(0), valid.fault().context);
  }
  return key;
}

}  // namespace

std::vector<ApiKey> select_keys(Transaction& transaction) {
  std::vector<ApiKey> keys;
  const pqxx::result rows = transaction.run(select_sql);
  keys.reserve(static_cast<std::size_t>(rows.size()));
  for (const auto& row : rows) {
    keys.push_back(read_key(row));
  }
  return keys;
}

Result<Done> insert_key(Transaction& transaction, const ApiKey& key) {
  const auto count = transaction.run("SELECT count(*) FROM api_keys").at(0)[0].as<std::size_t>();
  if (count >= api_keys_max) {
    return Fault{FaultCode::limit_exceeded,
                 "api_keys_max: there are " + std::to_string(count) + " keys already"};
  }
  const std::string tenants = key.tenants ? to_text(*key.tenants) : std::string{};
  transaction.run(insert_sql, key.id.raw(), key.name, std::string{to_string(key.kind)},
                  to_string(key.permissions), key.tenants ? tenants.c_str() : nullptr,
                  pqxx::binarystring{key.hash.data(), key.hash.size()},
                  key.created_at.time_since_epoch().count(),
                  key.expires_at.time_since_epoch().count());
  return Done{};
}

Result<Done> delete_key(Transaction& transaction, KeyId id) {
  const pqxx::result deleted = transaction.run("DELETE FROM api_keys WHERE id = $1", id.raw());
  if (deleted.affected_rows() == 0) {
    return Fault{FaultCode::not_found, "there is no key " + to_string(id)};
  }
  return Done{};
}

void uncover(Transaction& transaction, TenantId tenant) {
  const std::string id = to_string(tenant);
  transaction.run("DELETE FROM api_keys WHERE tenants = ARRAY[$1::uuid]", id);
  transaction.run(
      "UPDATE api_keys SET tenants = array_remove(tenants, $1::uuid)"
      " WHERE tenants @> ARRAY[$1::uuid]",
      id);
}

}  // namespace sluice::postgres
