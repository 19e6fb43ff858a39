// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/books_statements.hpp"

#include <optional>
#include <string>
#include <utility>

#include "actors/tenant/sharing/price.hpp"
#include "storage/limit_text/bands_text.hpp"
#include "storage/sqlite/books_rows.hpp"

namespace sluice {
namespace {

std::string columns_from(std::string_view columns, std::string_view rest) {
  return std::string{"SELECT "}.append(columns).append(" FROM ").append(rest);
}

constexpr std::string_view insert_terms_sql =
    "INSERT INTO sharing_terms (policy, since_ns, owner, resource_type, resource_id, kind,"
    " currency, period, meter, price_micros, per, bands, owner_basis_points, minimum_micros,"
    " schedule) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
    " ON CONFLICT (policy, since_ns) DO UPDATE SET kind = ?6, currency = ?7, price_micros = ?10,"
    " per = ?11, bands = ?12, owner_basis_points = ?13, minimum_micros = ?14, schedule = ?15";
/// ?2: the begin of a period, ?3: of terms that stand within it.
constexpr std::string_view delete_terms_sql =
    "DELETE FROM sharing_terms WHERE policy = ?1 AND since_ns > ?2 AND since_ns < ?3"
    " AND since_ns > (SELECT min(since_ns) FROM sharing_terms WHERE policy = ?1)";
constexpr std::string_view insert_line_sql =
    "INSERT INTO sharing_statements (grant_id, period_start_ns, period_end_ns, policy, owner,"
    " consumer, resource_type, resource_id, uses, units, currency, amount_micros, owner_micros,"
    " platform_micros, schedule, minimum_micros, closed_at_ns)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
    " ON CONFLICT (grant_id, period_start_ns) DO NOTHING";
constexpr std::string_view insert_unpaid_sql =
    "INSERT INTO sharing_unpaid (owner, currency, policy, period_start_ns, grant_id,"
    " period_end_ns, owner_micros, schedule, minimum_micros)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
/// Schedule and minimum are of the row that has the maximum: SQLite promises that. Sums in two
/// parts, because a sum that does not fit would be an error.
constexpr std::string_view select_pools_sql =
    "SELECT owner, currency, policy, sum(owner_micros / 1000000), sum(owner_micros % 1000000),"
    " max(period_start_ns), schedule, minimum_micros FROM sharing_unpaid"
    " WHERE period_end_ns <= ?1 AND owner IN (SELECT DISTINCT owner FROM sharing_unpaid"
    " WHERE owner > ?2 AND period_end_ns <= ?1 ORDER BY owner LIMIT ?3)"
    " GROUP BY owner, currency, policy ORDER BY owner, currency, policy";
constexpr std::string_view select_unpaid_sql =
    "SELECT grant_id, period_start_ns, owner_micros FROM sharing_unpaid WHERE owner = ?1"
    " AND currency = ?2 AND policy = ?3 AND period_end_ns <= ?4"
    " ORDER BY period_start_ns, grant_id LIMIT ?5";
constexpr std::string_view delete_unpaid_sql =
    "DELETE FROM sharing_unpaid WHERE owner = ?1 AND currency = ?2 AND grant_id = ?3"
    " AND period_start_ns = ?4 AND owner_micros = ?5 AND policy ="
    " (SELECT policy FROM sharing_statements WHERE grant_id = ?3 AND period_start_ns = ?4)";
constexpr std::string_view insert_payout_sql =
    "INSERT INTO sharing_payouts (owner, currency, number, schedule, through_ns, lines,"
    " amount_micros, made_at_ns, paid_at_ns, reference)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, '')";

/// Of approved grants, and of those that were: ?1 the window's end, ?2 its start, ?3 the cursor,
/// ?4 a policy or null, ?5 a billing period or null, ?6 how many, ?7 and ?8 from which hour on and
/// before which one was used that did not stand, ?9 the tenant.
std::string spans_of(std::string_view side) {
  return columns_from(span_columns,
                      "sharing_requests WHERE state IN (1, 4, 5) AND id > ?3"
                      " AND ((decided_at_ns < ?1 AND (ended_at_ns IS NULL OR ended_at_ns > ?2))"
                      " OR EXISTS (SELECT 1 FROM shared_hours h WHERE h.grant_id ="
                      " sharing_requests.id AND h.hour >= ?7 AND h.hour < ?8))"
                      " AND (?4 IS NULL OR policy = ?4) AND (?5 IS NULL OR EXISTS (SELECT 1 FROM"
                      " sharing_terms t WHERE t.policy = sharing_requests.policy"
                      " AND t.period = ?5))")
      .append(side)
      .append(" ORDER BY id LIMIT ?6");
}

std::string lines_of(std::string_view side, std::string_view other) {
  return columns_from(line_columns, "sharing_statements WHERE ")
      .append(side)
      .append(
          " = ?1 AND period_start_ns >= ?2 AND period_start_ns < ?3"
          " AND (period_start_ns, grant_id) > (?4, ?5) AND (?6 IS NULL OR policy = ?6)"
          " AND (?7 IS NULL OR ")
      .append(other)
      .append(" = ?7) ORDER BY period_start_ns, grant_id LIMIT ?8");
}

/// Sums in two parts, as above.
std::string totals_of(std::string_view side, std::string_view other) {
  std::string sql{"SELECT currency, count(*)"};
  for (const std::string_view column : {"uses", "amount_micros", "owner_micros"}) {
    sql.append(", sum(").append(column).append(" / 1000000), sum(");
    sql.append(column).append(" % 1000000)");
  }
  return sql.append(" FROM sharing_statements WHERE ")
      .append(side)
      .append(
          " = ?1 AND period_start_ns >= ?2 AND period_start_ns < ?3"
          " AND (?4 IS NULL OR policy = ?4) AND (?5 IS NULL OR ")
      .append(other)
      .append(" = ?5) GROUP BY currency ORDER BY currency");
}

}  // namespace

BooksStatements::BooksStatements(SqliteConnection& connection)
    : connection_(connection),
      select_terms_(connection, columns_from(terms_columns,
                                             "sharing_terms WHERE policy = ?1 ORDER BY since_ns")),
      insert_terms_(connection, insert_terms_sql),
      delete_terms_(connection, delete_terms_sql),
      select_begun_(connection, "SELECT min(since_ns) FROM sharing_terms"),
      select_marks_(connection, "SELECT task, next_ns FROM sharing_progress ORDER BY task"),
      put_mark_(connection,
                "INSERT INTO sharing_progress (task, next_ns) VALUES (?1, ?2)"
                " ON CONFLICT (task) DO UPDATE SET next_ns = ?2"),
      select_spans_(connection, spans_of("")),
      select_spans_of_owner_(connection, spans_of(" AND owner = ?9")),
      select_spans_of_consumer_(connection, spans_of(" AND consumer = ?9")),
      insert_line_(connection, insert_line_sql),
      insert_unpaid_(connection, insert_unpaid_sql),
      select_lines_of_owner_(connection, lines_of("owner", "consumer")),
      select_lines_of_consumer_(connection, lines_of("consumer", "owner")),
      select_totals_of_owner_(connection, totals_of("owner", "consumer")),
      select_totals_of_consumer_(connection, totals_of("consumer", "owner")),
      select_pools_(connection, select_pools_sql),
      select_unpaid_(connection, select_unpaid_sql),
      delete_unpaid_(connection, delete_unpaid_sql),
      insert_payout_(connection, insert_payout_sql),
      insert_payout_line_(connection,
                          "INSERT INTO sharing_payout_lines (grant_id, period_start_ns, owner,"
                          " currency, number) VALUES (?1, ?2, ?3, ?4, ?5)"),
      select_payout_(connection, columns_from(payout_columns,
                                              "sharing_payouts WHERE owner = ?1 AND currency = ?2"
                                              " AND number = ?3")),
      select_payouts_(connection,
                      columns_from(payout_columns,
                                   "sharing_payouts WHERE owner = ?1 AND (?2 = '' OR currency = ?2)"
                                   " AND (currency > ?3 OR (currency = ?3 AND number < ?4))"
                                   " ORDER BY currency, number DESC LIMIT ?5")),
      select_last_(connection,
                   "SELECT max(number) FROM sharing_payouts WHERE owner = ?1 AND currency = ?2"),
      update_payout_(connection,
                     "UPDATE sharing_payouts SET paid_at_ns = ?4, reference = ?5"
                     " WHERE owner = ?1 AND currency = ?2 AND number = ?3") {}

void BooksStatements::put_terms(const SharingPolicy& policy) {
  const std::vector<SharingTerms> before = terms(policy.id);
  if (!before.empty() && before.back().pricing == policy.pricing &&
      before.back().revenue == policy.revenue) {
    return;
  }
  const IdBytes id = words_of(policy.id);
  const IdBytes owner = bytes_of(policy.owner);
  const Pricing& pricing = policy.pricing;
  const std::string bands = bands_text(pricing.bands);
  const auto meter = pricing.meter ? std::optional{pricing.meter->raw()} : std::nullopt;
  insert_terms_.run(id, nanoseconds_of(policy.updated_at), owner,
                    static_cast<int>(policy.resource.type), std::string_view{policy.resource.id},
                    static_cast<int>(pricing.kind), std::string_view{pricing.currency},
                    static_cast<int>(pricing.period), meter, pricing.price_micros,
                    pricing.per.raw(), std::string_view{bands}, policy.revenue.owner_basis_points,
                    policy.revenue.minimum_payout_micros,
                    static_cast<int>(policy.revenue.schedule));
  const Window period = billing_period_at(pricing.period, policy.updated_at);
  delete_terms_.run(id, nanoseconds_of(period.start), nanoseconds_of(policy.updated_at));
}

std::vector<SharingTerms> BooksStatements::terms(PolicyId policy) {
  std::vector<SharingTerms> all;
  const IdBytes id = words_of(policy);
  Cursor rows = select_terms_.start(id);
  while (rows.next()) {
    all.push_back(read_terms(rows));
  }
  return all;
}

BooksProgress BooksStatements::progress() {
  BooksProgress progress;
  {
    Cursor row = select_begun_.start();
    if (row.next() && !row.is_null(0)) {
      progress.begun = WallTime{Duration{row.integer(0)}};
    }
  }
  Cursor rows = select_marks_.start();
  while (rows.next()) {
    progress.marks.push_back(
        {static_cast<BooksTask>(rows.integer(0)), WallTime{Duration{rows.integer(1)}}});
  }
  return progress;
}

std::vector<GrantSpan> BooksStatements::spans(const GrantSpanQuery& query) {
  const IdBytes after = words_of(query.after.value_or(SharingId{}));
  const IdBytes policy = words_of(query.policy.value_or(PolicyId{}));
  const IdBytes tenant = bytes_of(query.tenant.value_or(TenantId{}));
  const auto wanted = query.policy ? std::optional<Blob>{policy} : std::nullopt;
  const auto billed = query.billed ? std::optional{static_cast<int>(*query.billed)} : std::nullopt;
  std::vector<GrantSpan> spans;
  const auto read = [&](Cursor rows) {
    while (rows.next()) {
      spans.push_back(read_span(rows));
    }
  };
  const std::int64_t start = nanoseconds_of(query.window.start);
  const std::int64_t end = nanoseconds_of(query.window.end);
  const std::uint32_t from = billing_hour_at(query.window.start).raw();
  const std::uint32_t to = billing_hour_at(query.window.end).raw();
  if (!query.tenant) {
    read(select_spans_.start(end, start, after, wanted, billed, query.count_max, from, to));
  } else {
    Statement& of_side =
        query.side == SharingSide::owner ? select_spans_of_owner_ : select_spans_of_consumer_;
    read(of_side.start(end, start, after, wanted, billed, query.count_max, from, to, tenant));
  }
  return spans;
}

void BooksStatements::close(const StatementClosing& closing) {
  for (const StatementLine& line : closing.lines) {
    append(line);
  }
  if (closing.mark) {
    put_mark_.run(static_cast<int>(closing.mark->task), nanoseconds_of(closing.mark->next));
  }
}

void BooksStatements::append(const StatementLine& line) {
  const IdBytes grant = words_of(line.grant);
  const IdBytes policy = words_of(line.policy);
  const IdBytes owner = bytes_of(line.owner);
  const IdBytes consumer = bytes_of(line.consumer);
  const std::string_view currency = line.currency;
  const std::int64_t start = nanoseconds_of(line.period.start);
  const std::int64_t end = nanoseconds_of(line.period.end);
  insert_line_.run(grant, start, end, policy, owner, consumer, static_cast<int>(line.resource.type),
                   std::string_view{line.resource.id}, line.uses, line.units.raw(), currency,
                   line.amount_micros, line.owner_micros, line.platform_micros,
                   static_cast<int>(line.schedule), line.minimum_payout_micros,
                   nanoseconds_of(line.closed_at.value()));
  // One that was there may have been paid since.
  if (connection_.changes() > 0 && line.owner_micros > 0) {
    insert_unpaid_.run(owner, currency, policy, start, grant, end, line.owner_micros,
                       static_cast<int>(line.schedule), line.minimum_payout_micros);
  }
}

StatementPage BooksStatements::statements(const StatementQuery& query) {
  Statement& of_side =
      query.side == SharingSide::owner ? select_lines_of_owner_ : select_lines_of_consumer_;
  const StatementCursor after = query.after.value_or(StatementCursor{WallTime::min(), {}});
  const IdBytes tenant = bytes_of(query.tenant);
  const IdBytes grant = words_of(after.grant);
  const IdBytes policy = words_of(query.policy.value_or(PolicyId{}));
  const auto wanted = query.policy ? std::optional<Blob>{policy} : std::nullopt;
  const IdBytes other = bytes_of(query.counterparty.value_or(TenantId{}));
  const auto with = query.counterparty ? std::optional<Blob>{other} : std::nullopt;
  StatementPage page;
  Cursor rows =
      of_side.start(tenant, nanoseconds_of(query.from), nanoseconds_of(query.to),
                    nanoseconds_of(after.period_start), grant, wanted, with, query.page_size + 1);
  while (rows.next()) {
    page.lines.push_back(read_line(rows));
  }
  page.more = page.lines.size() > query.page_size;
  if (page.more) {
    page.lines.pop_back();
  }
  if (!query.after) {
    page.totals = totals(query);
  }
  return page;
}

std::vector<CurrencySum> BooksStatements::totals(const StatementQuery& query) {
  Statement& of_side =
      query.side == SharingSide::owner ? select_totals_of_owner_ : select_totals_of_consumer_;
  const IdBytes tenant = bytes_of(query.tenant);
  const IdBytes policy = words_of(query.policy.value_or(PolicyId{}));
  const auto wanted = query.policy ? std::optional<Blob>{policy} : std::nullopt;
  const IdBytes other = bytes_of(query.counterparty.value_or(TenantId{}));
  const auto with = query.counterparty ? std::optional<Blob>{other} : std::nullopt;
  std::vector<CurrencySum> totals;
  Cursor rows =
      of_side.start(tenant, nanoseconds_of(query.from), nanoseconds_of(query.to), wanted, with);
  while (rows.next()) {
    totals.push_back(read_total(rows));
  }
  return totals;
}

std::vector<UnpaidPool> BooksStatements::pools(const UnpaidQuery& query) {
  std::vector<UnpaidPool> pools;
  const IdBytes after = bytes_of(query.after.value_or(TenantId{}));
  Cursor rows = select_pools_.start(nanoseconds_of(query.through), after, query.owners_max);
  while (rows.next()) {
    pools.push_back(read_pool(rows));
  }
  return pools;
}

std::vector<UnpaidLine> BooksStatements::unpaid(const DuePayout& due, WallTime through,
                                                std::size_t count_max) {
  std::vector<UnpaidLine> lines;
  const IdBytes owner = bytes_of(due.owner);
  for (const PolicyId policy : due.policies) {
    const IdBytes key = words_of(policy);
    Cursor rows = select_unpaid_.start(owner, std::string_view{due.currency}, key,
                                       nanoseconds_of(through), count_max - lines.size());
    while (rows.next()) {
      const TenantId grant = id_of(rows.blob(0));
      lines.push_back({{grant.high, grant.low},
                       WallTime{Duration{rows.integer(1)}},
                       static_cast<std::uint64_t>(rows.integer(2))});
    }
  }
  return lines;
}

Result<Done> BooksStatements::pay_out(const Payout& payout, std::span<const UnpaidLine> lines) {
  const PayoutKey& key = payout.key;
  if (last_number(key) + 1 != key.number) {
    return Fault{FaultCode::conflict, "number: it is not the owner's next"};
  }
  const IdBytes owner = bytes_of(key.owner);
  const std::string_view currency = key.currency;
  insert_payout_.run(owner, currency, key.number, static_cast<int>(payout.schedule),
                     nanoseconds_of(payout.through), payout.lines, payout.amount_micros,
                     nanoseconds_of(payout.made_at));
  for (const UnpaidLine& line : lines) {
    const IdBytes grant = words_of(line.grant);
    const std::int64_t start = nanoseconds_of(line.period_start);
    delete_unpaid_.run(owner, currency, grant, start, line.owner_micros);
    if (connection_.changes() != 1) {
      return Fault{FaultCode::conflict, "lines: one of them is not unpaid"};
    }
    insert_payout_line_.run(grant, start, owner, currency, key.number);
  }
  return Done{};
}

std::uint32_t BooksStatements::last_number(const PayoutKey& key) {
  const IdBytes owner = bytes_of(key.owner);
  Cursor row = select_last_.start(owner, std::string_view{key.currency});
  return row.next() ? static_cast<std::uint32_t>(row.integer(0)) : 0;
}

std::optional<Payout> BooksStatements::payout(const PayoutKey& key) {
  const IdBytes owner = bytes_of(key.owner);
  Cursor row = select_payout_.start(owner, std::string_view{key.currency}, key.number);
  return row.next() ? std::optional{read_payout(row)} : std::nullopt;
}

Result<Payout> BooksStatements::mark_paid(const PayoutKey& key, WallTime at,
                                          std::string_view reference) {
  auto found = payout(key);
  if (!found) {
    return Fault{FaultCode::not_found, "there is no such payout"};
  }
  if (found->paid_at) {
    return Fault{FaultCode::conflict, "the payout is paid already"};
  }
  const IdBytes owner = bytes_of(key.owner);
  update_payout_.run(owner, std::string_view{key.currency}, key.number, nanoseconds_of(at),
                     reference);
  found->paid_at = at;
  found->reference = reference;
  return *std::move(found);
}

PayoutPage BooksStatements::payouts(const PayoutQuery& query) {
  const PayoutKey after = query.after.value_or(PayoutKey{});
  const IdBytes owner = bytes_of(query.owner);
  PayoutPage page;
  Cursor rows =
      select_payouts_.start(owner, std::string_view{query.currency},
                            std::string_view{after.currency}, after.number, query.page_size + 1);
  while (rows.next()) {
    page.payouts.push_back(read_payout(rows));
  }
  page.more = page.payouts.size() > query.page_size;
  if (page.more) {
    page.payouts.pop_back();
  }
  return page;
}

}  // namespace sluice
