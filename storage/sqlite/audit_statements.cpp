// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/audit_statements.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "storage/audit/audit_hash.hpp"
#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

constexpr std::string_view columns =
    "number, at_ns, kind, name, credential, address, action, subject, before, after, previous, "
    "hash";
constexpr std::string_view insert_sql =
    "INSERT INTO audit_events (tenant, number, at_ns, kind, name, credential, address, action,"
    " subject, before, after, previous, hash, change)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
constexpr std::string_view put_chain_sql =
    "INSERT INTO audit_chains (tenant, anchor_number, anchor_hash, last_number, last_hash)"
    " VALUES (?1, 0, zeroblob(32), ?2, ?3)"
    " ON CONFLICT (tenant) DO UPDATE SET last_number = ?2, last_hash = ?3";
constexpr std::string_view page_where =
    " FROM audit_events WHERE tenant = ?1 AND number > ?2 AND at_ns >= ?3 AND at_ns < ?4"
    " AND (?5 = '' OR name = ?5 OR credential = ?5) AND (?6 = '' OR action = ?6)"
    " ORDER BY number LIMIT ?7";
// Up to the first that is kept: an older one may stand behind it, if the clock was stepped.
constexpr std::string_view last_old_sql =
    "SELECT number, hash FROM audit_events WHERE tenant = ?1 AND number < coalesce("
    "(SELECT number FROM audit_events WHERE tenant = ?1 AND at_ns >= ?2 ORDER BY number LIMIT 1),"
    " 9223372036854775807) ORDER BY number DESC LIMIT 1";

/// Chains that are shortened in one transaction.
constexpr int chains_at_once = 256;

AuditHash hash_in(std::span<const std::byte> blob) {
  AuditHash hash{};
  std::ranges::copy(blob.first(std::min(blob.size(), hash.size())), hash.begin());
  return hash;
}

/// Nothing for one whose action nobody knows.
std::optional<AuditEvent> read_event(const Cursor& row, TenantId tenant) {
  const auto text = [&](int column) { return std::string{row.text(column)}; };
  AuditEvent event;
  event.number = static_cast<std::uint64_t>(row.integer(0));
  event.previous = hash_in(row.blob(10));
  event.hash = hash_in(row.blob(11));
  event.what.tenant = tenant;
  event.what.at = WallTime{Duration{row.integer(1)}};
  event.what.author = {text(2), text(3), text(4), text(5)};
  event.what.subject = text(7);
  event.what.before = text(8);
  event.what.after = text(9);
  const auto action = parse_audit_action(row.text(6));
  if (!action) {
    return std::nullopt;
  }
  event.what.action = *action;
  return event;
}

}  // namespace

AuditStatements::AuditStatements(SqliteConnection& connection)
    : chain_(connection,
             "SELECT anchor_number, anchor_hash, last_number, last_hash FROM audit_chains"
             " WHERE tenant = ?1"),
      tenant_(connection, "SELECT 1 FROM tenants WHERE id = ?1"),
      put_chain_(connection, put_chain_sql),
      insert_(connection, insert_sql),
      find_change_(connection, "SELECT 1 FROM audit_events WHERE tenant = ?1 AND change = ?2"),
      page_(connection, "SELECT " + std::string{columns}.append(page_where)),
      follow_(connection, "SELECT " + std::string{columns}.append(
                                          " FROM audit_events WHERE tenant = ?1 AND number > ?2"
                                          " ORDER BY number LIMIT ?3")),
      old_chains_(connection, "SELECT DISTINCT tenant FROM audit_events WHERE at_ns < ?1 LIMIT ?2"),
      last_old_(connection, last_old_sql),
      put_anchor_(connection,
                  "UPDATE audit_chains SET anchor_number = ?2, anchor_hash = ?3"
                  " WHERE tenant = ?1"),
      delete_(connection, "DELETE FROM audit_events WHERE tenant = ?1 AND number <= ?2") {}

AuditStatements::Chain AuditStatements::chain(TenantId tenant) {
  Chain chain;
  const IdBytes key = bytes_of(tenant);
  Cursor row = chain_.start(key);
  if (row.next()) {
    chain.anchor = {static_cast<std::uint64_t>(row.integer(0)), hash_in(row.blob(1))};
    chain.last = {static_cast<std::uint64_t>(row.integer(2)), hash_in(row.blob(3))};
    chain.there = true;
  }
  return chain;
}

bool AuditStatements::has_tenant(TenantId tenant) {
  const IdBytes key = bytes_of(tenant);
  Cursor row = tenant_.start(key);
  return row.next();
}

void AuditStatements::append(const AuditDraft& draft) {
  append(draft, nullptr);
}

void AuditStatements::append(const AuditRow& row) {
  {
    const IdBytes tenant = bytes_of(row.what.tenant);
    const IdBytes change = bytes_of(row.change);
    Cursor found = find_change_.start(tenant, change);
    if (found.next()) {
      return;
    }
  }
  append(row.what, &row.change);
}

void AuditStatements::append(const AuditDraft& draft, const EntryId* change) {
  const AuditEvent event = chained(draft, chain(draft.tenant).last, audit_hash);
  const IdBytes tenant = bytes_of(draft.tenant);
  const IdBytes change_bytes = change != nullptr ? bytes_of(*change) : IdBytes{};
  const auto change_id = change != nullptr ? std::optional(Blob{change_bytes}) : std::nullopt;
  const Author& author = draft.author;
  insert_.run(tenant, event.number, draft.at.time_since_epoch().count(),
              std::string_view{author.kind}, std::string_view{author.name},
              std::string_view{author.credential}, std::string_view{author.address},
              to_string(draft.action), std::string_view{draft.subject},
              std::string_view{draft.before}, std::string_view{draft.after}, Blob{event.previous},
              Blob{event.hash}, change_id);
  put_chain_.run(tenant, event.number, Blob{event.hash});
}

AuditPage AuditStatements::page(const AuditQuery& query) {
  AuditPage page;
  const IdBytes key = bytes_of(query.tenant);
  const std::string_view action = query.action ? to_string(*query.action) : std::string_view{};
  Cursor rows = page_.start(key, query.after, query.from.time_since_epoch().count(),
                            query.to.time_since_epoch().count(), std::string_view{query.author},
                            action, query.page_size + 1);
  while (rows.next()) {
    auto event = read_event(rows, query.tenant);
    if (!event) {
      throw DamagedRow("table audit_events, number " + std::to_string(rows.integer(0)) +
                       ": its action is unknown");
    }
    page.events.push_back(std::move(*event));
  }
  page.more = page.events.size() > query.page_size;
  if (page.more) {
    page.events.pop_back();
  }
  return page;
}

AuditCheck AuditStatements::check(TenantId tenant, const std::optional<AuditMark>& from) {
  const Chain ends = chain(tenant);
  if (!ends.there && has_tenant(tenant)) {
    return check_of_no_chain();
  }
  const AuditMark through = from && from->number > ends.anchor.number ? *from : ends.anchor;
  std::vector<AuditEvent> events;
  const IdBytes key = bytes_of(tenant);
  Cursor rows = follow_.start(key, through.number, audit_checked_at_once + 1);
  while (rows.next()) {
    // What cannot be read was not written by us: no bytes have a hash of zeros.
    events.push_back(
        read_event(rows, tenant)
            .value_or(AuditEvent{
                {}, static_cast<std::uint64_t>(rows.integer(0)), hash_in(rows.blob(10)), {}}));
  }
  const bool more = events.size() > audit_checked_at_once;
  if (more) {
    events.pop_back();
  }
  return check_chain(ends.anchor, ends.last, through, events, more, audit_hash);
}

void AuditStatements::forget(WallTime before) {
  std::vector<IdBytes> chains;
  {
    Cursor rows = old_chains_.start(before.time_since_epoch().count(), chains_at_once);
    while (rows.next()) {
      IdBytes key{};
      std::ranges::copy(rows.blob(0), key.begin());
      chains.push_back(key);
    }
  }
  for (const IdBytes& key : chains) {
    AuditMark last;
    {
      Cursor row = last_old_.start(key, before.time_since_epoch().count());
      if (row.next()) {
        last = {static_cast<std::uint64_t>(row.integer(0)), hash_in(row.blob(1))};
      }
    }
    if (last.number > 0) {
      put_anchor_.run(key, last.number, Blob{last.hash});
      delete_.run(key, last.number);
    }
  }
}

}  // namespace sluice
