// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/audit_statements.hpp"

#include <algorithm>
#include <pqxx/binarystring>
#include <string>
#include <vector>

#include "storage/audit/audit_hash.hpp"
#include "storage/postgres/postgres_fault.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* columns =
    "number, at_ns, kind, name, credential, address, action, subject, before, after, previous, hash"
    " FROM audit_events WHERE tenant = $1 AND number > $2";
// Two who append to one chain wait here for each other.
constexpr const char* chain_sql =
    "INSERT INTO audit_chains (tenant) VALUES ($1)"
    " ON CONFLICT (tenant) DO UPDATE SET tenant = EXCLUDED.tenant"
    " RETURNING anchor_number, anchor_hash, last_number, last_hash";
constexpr const char* insert_sql =
    "WITH event AS ("
    " INSERT INTO audit_events (tenant, number, at_ns, kind, name, credential, address, action,"
    " subject, before, after, previous, hash, change)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::uuid))"
    " UPDATE audit_chains SET last_number = $2, last_hash = $13 WHERE tenant = $1";
constexpr const char* page_sql =
    " AND at_ns >= $3 AND at_ns < $4 AND ($5 = '' OR name = $5 OR credential = $5)"
    " AND ($6 = '' OR action = $6) ORDER BY number LIMIT $7";

AuditHash hash_in(const pqxx::field& field) {
  AuditHash hash{};
  const pqxx::binarystring bytes{field};
  const auto size = std::min<std::size_t>(bytes.size(), hash.size());
  std::transform(bytes.data(), bytes.data() + size, hash.begin(),
                 [](auto byte) { return std::byte{byte}; });
  return hash;
}

AuditMark mark_in(const pqxx::row& row, int column) {
  return {row[column].as<std::uint64_t>(), hash_in(row[column + 1])};
}

pqxx::binarystring bytes_of(const AuditHash& hash) {
  return {hash.data(), hash.size()};
}

/// Nothing for one whose action nobody knows.
std::optional<AuditEvent> read_event(const pqxx::row& row, TenantId tenant) {
  const auto text = [&](int column) { return row[column].as<std::string>(); };
  AuditEvent event;
  event.number = row[0].as<std::uint64_t>();
  event.previous = hash_in(row[10]);
  event.hash = hash_in(row[11]);
  event.what.tenant = tenant;
  event.what.at = WallTime{Duration{row[1].as<std::int64_t>()}};
  event.what.author = {text(2), text(3), text(4), text(5)};
  event.what.subject = text(7);
  event.what.before = text(8);
  event.what.after = text(9);
  const auto action = parse_audit_action(text(6));
  if (!action) {
    return std::nullopt;
  }
  event.what.action = *action;
  return event;
}

void append(Transaction& transaction, const AuditDraft& draft, const char* change) {
  const std::string tenant = to_string(draft.tenant);
  const pqxx::result chain = transaction.run(chain_sql, tenant);
  const AuditEvent event = chained(draft, mark_in(chain.at(0), 2), audit_hash);
  const Author& author = draft.author;
  transaction.run(insert_sql, tenant, event.number, draft.at.time_since_epoch().count(),
                  author.kind, author.name, author.credential, author.address,
                  std::string{to_string(draft.action)}, draft.subject, draft.before, draft.after,
                  bytes_of(event.previous), bytes_of(event.hash), change);
}

}  // namespace

void append_audit(Transaction& transaction, const AuditDraft& draft) {
  append(transaction, draft, nullptr);
}

void append_audit(Transaction& transaction, const AuditRow& row) {
  const std::string change = to_string(TenantId{row.change.high, row.change.low});
  const pqxx::result found =
      transaction.run("SELECT 1 FROM audit_events WHERE tenant = $1 AND change = $2 AND at_ns = $3",
                      to_string(row.what.tenant), change, row.what.at.time_since_epoch().count());
  if (found.empty()) {
    append(transaction, row.what, change.c_str());
  }
}

AuditPage select_audit(Transaction& transaction, const AuditQuery& query) {
  AuditPage page;
  const std::string action{query.action ? to_string(*query.action) : std::string_view{}};
  const pqxx::result rows = transaction.search(
      std::string{"SELECT "}.append(columns).append(page_sql), to_string(query.tenant), query.after,
      query.from.time_since_epoch().count(), query.to.time_since_epoch().count(), query.author,
      action, query.page_size + 1);
  for (const auto& row : rows) {
    auto event = read_event(row, query.tenant);
    if (!event) {
      throw DamagedRow("column action of table audit_events, number " + row[0].as<std::string>());
    }
    page.events.push_back(std::move(*event));
  }
  page.more = page.events.size() > query.page_size;
  if (page.more) {
    page.events.pop_back();
  }
  return page;
}

AuditCheck check_audit(Transaction& transaction, TenantId chain,
                       const std::optional<AuditMark>& from) {
  const pqxx::result ends = transaction.run(
      "SELECT anchor_number, anchor_hash, last_number, last_hash FROM audit_chains"
      " WHERE tenant = $1",
      to_string(chain));
  if (ends.empty() &&
      !transaction.run("SELECT 1 FROM tenants WHERE id = $1", to_string(chain)).empty()) {
    return check_of_no_chain();
  }
  const AuditMark anchor = ends.empty() ? AuditMark{} : mark_in(ends[0], 0);
  const AuditMark last = ends.empty() ? AuditMark{} : mark_in(ends[0], 2);
  const AuditMark through = from && from->number > anchor.number ? *from : anchor;
  std::vector<AuditEvent> events;
  const pqxx::result rows =
      transaction.run(std::string{"SELECT "}.append(columns).append(" ORDER BY number LIMIT $3"),
                      to_string(chain), through.number, audit_checked_at_once + 1);
  for (const auto& row : rows) {
    // What cannot be read was not written by us: no bytes have a hash of zeros.
    events.push_back(
        read_event(row, chain)
            .value_or(AuditEvent{{}, row[0].as<std::uint64_t>(), hash_in(row[10]), {}}));
  }
  const bool more = events.size() > audit_checked_at_once;
  if (more) {
    events.pop_back();
  }
  return check_chain(anchor, last, through, events, more, audit_hash);
}

void forget_audit(Transaction& transaction, WallTime before) {
  transaction.run("SELECT forget_audit($1)", before.time_since_epoch().count());
}

}  // namespace sluice::postgres
