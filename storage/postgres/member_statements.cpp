// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/member_statements.hpp"

#include <algorithm>

#include "storage/postgres/places.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* put_sql =
    "INSERT INTO members (tenant, user_id, email, role, status, invited_at_ns, joined_at_ns)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (tenant, user_id) DO UPDATE SET email = excluded.email, role = excluded.role,"
    " status = excluded.status, invited_at_ns = excluded.invited_at_ns,"
    " joined_at_ns = excluded.joined_at_ns";

// As in lists of tenants, lower() knows only the letters of ASCII.
constexpr const char* page_sql =
    " FROM members WHERE tenant = $1 AND user_id > $2"
    " AND ($3 = '' OR strpos(lower(user_id), lower($3 COLLATE \"C\")) > 0"
    " OR strpos(lower(email), lower($3 COLLATE \"C\")) > 0)"
    " AND ($4 = '' OR status = $4) ORDER BY user_id LIMIT $5";

/// Where a tenant has a schema of its own, what was left behind here is not looked at.
constexpr const char* tenants_of_sql =
    ", tenant, slug, name FROM (SELECT m.*, t.slug, t.name FROM members m"
    " JOIN tenants t ON t.id = m.tenant WHERE m.user_id = $1 AND m.tenant > $2"
    " AND t.isolation <> 'dedicated_schema' ORDER BY m.tenant LIMIT $3) of_user ORDER BY tenant";
constexpr const char* tenants_elsewhere_sql =
    "SELECT t.id, t.slug, t.name FROM members_elsewhere m JOIN tenants t ON t.id = m.tenant"
    " WHERE m.user_id = $1 AND m.tenant > $2 ORDER BY m.tenant LIMIT $3";

std::string select(const char* rest) {
  return std::string{"SELECT "} + member_columns + rest;
}

}  // namespace

void write_members(Transaction& transaction, const MemberChange& change) {
  const std::string tenant = to_string(change.definition.id);
  for (const Member& member : change.put) {
    transaction.run(put_sql, tenant, member.user_id, member.email, member.role,
                    std::string{to_string(member.status)},
                    member.invited_at.time_since_epoch().count(),
                    member.joined_at ? std::optional{member.joined_at->time_since_epoch().count()}
                                     : std::nullopt);
  }
  if (change.removed) {
    transaction.run("DELETE FROM members WHERE tenant = $1 AND user_id = $2", tenant,
                    change.removed->user_id);
  }
}

std::optional<Member> select_member(Transaction& transaction, TenantId tenant,
                                    const std::string& user_id) {
  const pqxx::result rows = transaction.run(
      select(" FROM members WHERE tenant = $1 AND user_id = $2"), to_string(tenant), user_id);
  return rows.empty() ? std::nullopt : std::optional{read_member(rows[0], tenant)};
}

MemberPage select_members(Transaction& transaction, const MemberQuery& query) {
  // One more than asked tells whether there are more.
  const pqxx::result rows =
      transaction.run(select(page_sql), to_string(query.tenant), query.after, query.text,
                      std::string{query.status ? to_string(*query.status) : std::string_view{}},
                      query.page_size + 1);
  MemberPage page;
  for (const auto& row : rows) {
    page.members.push_back(read_member(row, query.tenant));
  }
  page.more = page.members.size() > query.page_size;
  if (page.more) {
    page.members.pop_back();
  }
  return page;
}

TenantsOfPage select_tenants_of(Transaction& transaction, const TenantsOfQuery& query,
                                const std::string& center) {
  const std::string after = to_string(query.after.value_or(TenantId{}));
  const std::size_t count = query.page_size + 1;
  TenantsOfPage page;
  const pqxx::result rows = transaction.run(select(tenants_of_sql), query.user_id, after, count);
  for (const auto& row : rows) {
    const TenantId tenant = read_tenant_id(row, 6);
    page.tenants.push_back(
        {tenant, row[7].as<std::string>(), row[8].as<std::string>(), read_member(row, tenant)});
  }
  const pqxx::result others = transaction.run(tenants_elsewhere_sql, query.user_id, after, count);
  for (const auto& row : others) {
    const TenantId tenant = read_tenant_id(row, 0);
    transaction.enter(schema_of(center, tenant));
    auto member = select_member(transaction, tenant, query.user_id);
    if (!member) {
      throw DamagedRow("table members_elsewhere, tenant " + to_string(tenant) +
                       ": there is no such member");
    }
    page.tenants.push_back(
        {tenant, row[1].as<std::string>(), row[2].as<std::string>(), *std::move(member)});
  }
  std::ranges::sort(page.tenants, {}, &TenantOf::tenant);
  page.more = page.tenants.size() > query.page_size;
  page.tenants.resize(std::min(page.tenants.size(), query.page_size));
  return page;
}

void index_change(Transaction& transaction, const MemberChange& change) {
  const std::string tenant = to_string(change.definition.id);
  for (const Member& member : change.put) {
    transaction.run(
        "INSERT INTO members_elsewhere (user_id, tenant) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        member.user_id, tenant);
  }
  if (change.removed) {
    transaction.run("DELETE FROM members_elsewhere WHERE user_id = $1 AND tenant = $2",
                    change.removed->user_id, tenant);
  }
}

}  // namespace sluice::postgres
