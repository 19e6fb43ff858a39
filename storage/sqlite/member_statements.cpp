// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/member_statements.hpp"

#include <string>
#include <utility>

#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

constexpr std::string_view put_sql =
    "INSERT INTO members (tenant, user_id, email, role, status, invited_at_ns, joined_at_ns)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
    " ON CONFLICT (tenant, user_id) DO UPDATE SET email = ?3, role = ?4, status = ?5,"
    " invited_at_ns = ?6, joined_at_ns = ?7";

std::string select(std::string_view rest) {
  return "SELECT " + std::string{member_columns} + std::string{rest};
}
constexpr std::string_view find_sql = " FROM members WHERE tenant = ?1 AND user_id = ?2";
// As in lists of tenants, lower() knows only the letters of ASCII.
constexpr std::string_view page_sql =
    " FROM members WHERE tenant = ?1 AND user_id > ?2"
    " AND (?3 = '' OR instr(lower(user_id), lower(?3)) OR instr(lower(email), lower(?3)))"
    " AND (?4 = '' OR status = ?4) ORDER BY user_id LIMIT ?5";
constexpr std::string_view tenants_of_sql =
    ", tenant, slug, name FROM (SELECT m.*, t.slug, t.name FROM members m"
    " JOIN tenants t ON t.id = m.tenant WHERE m.user_id = ?1 AND m.tenant > ?2"
    " ORDER BY m.tenant LIMIT ?3) ORDER BY tenant";

}  // namespace

MemberStatements::MemberStatements(SqliteConnection& connection)
    : put_(connection, put_sql),
      delete_(connection, "DELETE FROM members WHERE tenant = ?1 AND user_id = ?2"),
      find_(connection, select(find_sql)),
      page_(connection, select(page_sql)),
      tenants_of_(connection, select(tenants_of_sql)) {}

void MemberStatements::put(TenantId tenant, const Member& member) {
  const IdBytes key = bytes_of(tenant);
  put_.run(key, member.user_id, member.email, member.role, to_string(member.status),
           member.invited_at.time_since_epoch().count(),
           member.joined_at ? std::optional{member.joined_at->time_since_epoch().count()}
                            : std::nullopt);
}

void MemberStatements::remove(TenantId tenant, std::string_view user_id) {
  const IdBytes key = bytes_of(tenant);
  delete_.run(key, user_id);
}

std::optional<Member> MemberStatements::find(TenantId tenant, std::string_view user_id) {
  const IdBytes key = bytes_of(tenant);
  Cursor row = find_.start(key, user_id);
  return row.next() ? std::optional{read_member(row, tenant)} : std::nullopt;
}

MemberPage MemberStatements::page(const MemberQuery& query) {
  const IdBytes key = bytes_of(query.tenant);
  const std::string_view status = query.status ? to_string(*query.status) : std::string_view{};
  MemberPage page;
  // One more than asked tells whether there are more.
  Cursor rows = page_.start(key, query.after, query.text, status, query.page_size + 1);
  while (!page.more && rows.next()) {
    page.more = page.members.size() == query.page_size;
    if (!page.more) {
      page.members.push_back(read_member(rows, query.tenant));
    }
  }
  return page;
}

TenantsOfPage MemberStatements::tenants_of(const TenantsOfQuery& query) {
  const IdBytes after = bytes_of(query.after.value_or(TenantId{}));
  TenantsOfPage page;
  Cursor rows = tenants_of_.start(query.user_id, after, query.page_size + 1);
  while (!page.more && rows.next()) {
    page.more = page.tenants.size() == query.page_size;
    if (!page.more) {
      const TenantId tenant = id_of(rows.blob(6));
      page.tenants.push_back({tenant, std::string{rows.text(7)}, std::string{rows.text(8)},
                              read_member(rows, tenant)});
    }
  }
  return page;
}

}  // namespace sluice
