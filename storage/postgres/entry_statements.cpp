// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/entry_statements.hpp"

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "actors/tenant/entry_bytes.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* put_sql =
    "INSERT INTO entries (tenant, id, state, due_ns, body)"
    " SELECT given.* FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::bigint[], $5::bytea[])"
    " AS given (tenant, id, state, due_ns, body)"
    " JOIN tenants ON tenants.id = given.tenant"
    " ORDER BY given.tenant, given.id"
    " ON CONFLICT (tenant, id) DO UPDATE SET state = excluded.state, due_ns = excluded.due_ns,"
    " body = excluded.body";

constexpr const char* forget_sql =
    "DELETE FROM entries AS e USING unnest($1::uuid[], $2::uuid[]) AS given (tenant, id)"
    " WHERE e.tenant = given.tenant AND e.id = given.id";

}  // namespace

void select_entries(Transaction& transaction, const std::string& ids, const RecordOf& record_of) {
  const pqxx::result rows =
      transaction.run(std::string{"SELECT "} + entry_columns +
                          " FROM entries WHERE tenant = ANY ($1::uuid[]) ORDER BY tenant, id",
                      ids);
  for (const auto& row : rows) {
    const TenantId id = read_tenant_id(row, 4);
    record_of(id).entries.push_back(read_entry(row, id));
  }
}

void put_entries(Transaction& transaction, std::span<const EntryRow> rows) {
  ArrayText tenant, id, state, due, body;
  std::vector<std::byte> bytes;
  for (const EntryRow* row : last_of_each(rows, [](const EntryRow& one) {
         return std::tuple{one.tenant, one.entry.id};
       })) {
    bytes.clear();
    encode_entry(row->entry, bytes);
    tenant.add(row->tenant);
    id.add(row->entry.id);
    state.add(static_cast<std::uint8_t>(row->entry.state));
    due.add(row->entry.due.time_since_epoch().count());
    body.add(std::span<const std::byte>{bytes});
  }
  transaction.run(put_sql, tenant.text(), id.text(), state.text(), due.text(), body.text());
}

void forget_entries(Transaction& transaction, std::span<const ForgottenRow> rows) {
  ArrayText tenant, id;
  for (const ForgottenRow* row : last_of_each(rows, [](const ForgottenRow& one) {
         return std::tuple{one.tenant, one.id};
       })) {
    tenant.add(row->tenant);
    id.add(row->id);
  }
  transaction.run(forget_sql, tenant.text(), id.text());
}

}  // namespace sluice::postgres
