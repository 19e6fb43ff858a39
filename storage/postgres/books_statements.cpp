// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/books_statements.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "actors/tenant/sharing/price.hpp"
#include "storage/limit_text/bands_text.hpp"
#include "storage/postgres/books_rows.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {
namespace {

constexpr const char* insert_terms_sql =
    "INSERT INTO sharing_terms (policy, since_ns, owner, resource_type, resource_id, kind,"
    " currency, period, meter, price_micros, per, bands, owner_basis_points, minimum_micros,"
    " schedule) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    " ON CONFLICT (policy, since_ns) DO UPDATE SET kind = $6, currency = $7, price_micros = $10,"
    " per = $11, bands = $12, owner_basis_points = $13, minimum_micros = $14, schedule = $15";
/// $2: the begin of a period, $3: of terms that stand within it.
constexpr const char* delete_terms_sql =
    "DELETE FROM sharing_terms WHERE policy = $1 AND since_ns > $2 AND since_ns < $3"
    " AND since_ns > (SELECT min(since_ns) FROM sharing_terms WHERE policy = $1)";
/// Appends lines, and for those that are new what they leave unpaid.
constexpr const char* close_sql =
    "WITH line AS (SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::uuid[],"
    " $5::uuid[], $6::uuid[], $7::smallint[], $8::text[], $9::bigint[], $10::bigint[],"
    " $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::smallint[], $16::bigint[],"
    " $17::bigint[])), appended AS (INSERT INTO sharing_statements (grant_id, period_start_ns,"
    " period_end_ns, policy, owner, consumer, resource_type, resource_id, uses, units, currency,"
    " amount_micros, owner_micros, platform_micros, schedule, minimum_micros, closed_at_ns)"
    " SELECT * FROM line ON CONFLICT (grant_id, period_start_ns) DO NOTHING RETURNING *)"
    " INSERT INTO sharing_unpaid (owner, currency, policy, period_start_ns, grant_id,"
    " period_end_ns, owner_micros, schedule, minimum_micros) SELECT owner, currency, policy,"
    " period_start_ns, grant_id, period_end_ns, owner_micros, schedule, minimum_micros"
    " FROM appended WHERE owner_micros > 0";
constexpr const char* select_pools_sql =
    "SELECT owner, currency, policy, least(sum(owner_micros), 9223372036854775807)::bigint,"
    " (array_agg(schedule ORDER BY period_start_ns DESC))[1],"
    " (array_agg(minimum_micros ORDER BY period_start_ns DESC))[1] FROM sharing_unpaid"
    " WHERE period_end_ns <= $1 AND owner IN (SELECT DISTINCT owner FROM sharing_unpaid"
    " WHERE owner > $2 AND period_end_ns <= $1 ORDER BY owner LIMIT $3)"
    " GROUP BY owner, currency, policy ORDER BY owner, currency, policy";
constexpr const char* select_unpaid_sql =
    "SELECT grant_id, period_start_ns, owner_micros FROM sharing_unpaid WHERE owner = $1"
    " AND currency = $2 AND policy = ANY ($3::uuid[]) AND period_end_ns <= $4"
    " ORDER BY policy, period_start_ns, grant_id LIMIT $5";
/// Moves lines out of what is unpaid and into the payout.
constexpr const char* move_lines_sql =
    "WITH line AS (SELECT * FROM unnest($4::uuid[], $5::bigint[], $6::bigint[])"
    " AS t (grant_id, period_start_ns, owner_micros)), moved AS (DELETE FROM sharing_unpaid u"
    " USING line, sharing_statements s WHERE u.owner = $1 AND u.currency = $2"
    " AND s.grant_id = line.grant_id AND s.period_start_ns = line.period_start_ns"
    " AND u.policy = s.policy AND u.grant_id = line.grant_id"
    " AND u.period_start_ns = line.period_start_ns AND u.owner_micros = line.owner_micros"
    " RETURNING u.grant_id, u.period_start_ns)"
    " INSERT INTO sharing_payout_lines (grant_id, period_start_ns, owner, currency, number)"
    " SELECT grant_id, period_start_ns, $1, $2, $3 FROM moved";
constexpr const char* select_payouts_sql =
    " FROM sharing_payouts WHERE owner = $1 AND ($2 = '' OR currency = $2)"
    " AND (currency > $3 OR (currency = $3 AND number < $4))"
    " ORDER BY currency, number DESC LIMIT $5";
/// Of approved grants, and of those that were; $1 the window's end, $2 its start, $3 the cursor,
/// $4 a policy, $5 a billing period, $6 how many, $7 the owner, $8 the consumer, $9 and $10 from
/// which hour on and before which one was used that did not stand.
constexpr const char* select_spans_sql =
    " FROM sharing_requests r WHERE state IN (1, 4, 5) AND id > $3"
    " AND ((decided_at_ns < $1 AND (ended_at_ns IS NULL OR ended_at_ns > $2))"
    " OR EXISTS (SELECT 1 FROM shared_hours h"
    " WHERE h.grant_id = r.id AND h.hour >= $9 AND h.hour < $10))"
    " AND ($4::uuid IS NULL OR policy = $4) AND ($5::int IS NULL OR EXISTS (SELECT 1"
    " FROM sharing_terms t WHERE t.policy = r.policy AND t.period = $5))"
    " AND ($7::uuid IS NULL OR owner = $7) AND ($8::uuid IS NULL OR consumer = $8)"
    " ORDER BY id LIMIT $6";

template <class Id>
std::string text_of(Id id) {
  return to_string(TenantId{id.high, id.low});
}

template <class Id>
std::optional<std::string> text_of(const std::optional<Id>& id) {
  return id ? std::optional{text_of(*id)} : std::nullopt;
}

std::int64_t nanoseconds_of(WallTime at) {
  return at.time_since_epoch().count();
}

std::int64_t signed_of(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

std::string array_of(std::span<const PolicyId> policies) {
  ArrayText ids;
  for (const PolicyId policy : policies) {
    ids.add(TenantId{policy.high, policy.low});
  }
  return ids.text();
}

void append_lines(Transaction& transaction, std::span<const StatementLine> lines) {
  ArrayText grant, start, end, policy, owner, consumer, type, resource, uses, units, currency,
      amount, owners, platforms, schedule, minimum, closed;
  for (const StatementLine& line : lines) {
    grant.add(TenantId{line.grant.high, line.grant.low});
    start.add(nanoseconds_of(line.period.start));
    end.add(nanoseconds_of(line.period.end));
    policy.add(TenantId{line.policy.high, line.policy.low});
    owner.add(line.owner);
    consumer.add(line.consumer);
    type.add(static_cast<int>(line.resource.type));
    resource.add(std::string_view{line.resource.id});
    uses.add(line.uses);
    units.add(line.units.raw());
    currency.add(std::string_view{line.currency});
    amount.add(line.amount_micros);
    owners.add(line.owner_micros);
    platforms.add(line.platform_micros);
    schedule.add(static_cast<int>(line.schedule));
    minimum.add(line.minimum_payout_micros);
    closed.add(nanoseconds_of(line.closed_at.value()));
  }
  transaction.run(close_sql, grant.text(), start.text(), end.text(), policy.text(), owner.text(),
                  consumer.text(), type.text(), resource.text(), uses.text(), units.text(),
                  currency.text(), amount.text(), owners.text(), platforms.text(), schedule.text(),
                  minimum.text(), closed.text());
}

std::string select_columns(const char* columns, const char* rest) {
  return std::string{"SELECT "}.append(columns).append(rest);
}

/// $1 the tenant, $2 and $3 from when to when, $4 a policy, $5 the other tenant.
std::string statements_from(const StatementQuery& query) {
  const bool is_owner = query.side == SharingSide::owner;
  return std::string{" FROM sharing_statements WHERE "}
      .append(is_owner ? "owner" : "consumer")
      .append(
          " = $1 AND period_start_ns >= $2 AND period_start_ns < $3"
          " AND ($4::uuid IS NULL OR policy = $4) AND ($5::uuid IS NULL OR ")
      .append(is_owner ? "consumer" : "owner")
      .append(" = $5)");
}

constexpr const char* totals_columns =
    "SELECT currency COLLATE \"C\", count(*), least(sum(uses), 9223372036854775807)::bigint,"
    " least(sum(amount_micros), 9223372036854775807)::bigint,"
    " least(sum(owner_micros), 9223372036854775807)::bigint,"
    " least(sum(platform_micros), 9223372036854775807)::bigint";

}  // namespace

void put_terms(Transaction& transaction, const SharingPolicy& policy) {
  const std::vector<SharingTerms> before = select_terms(transaction, std::span{&policy.id, 1});
  if (!before.empty() && before.back().pricing == policy.pricing &&
      before.back().revenue == policy.revenue) {
    return;
  }
  const std::string id = text_of(policy.id);
  const Pricing& pricing = policy.pricing;
  const auto meter =
      pricing.meter ? std::optional{static_cast<int>(pricing.meter->raw())} : std::nullopt;
  const std::int64_t since = nanoseconds_of(policy.updated_at);
  transaction.run(
      insert_terms_sql, id, since, to_string(policy.owner), static_cast<int>(policy.resource.type),
      policy.resource.id, static_cast<int>(pricing.kind), pricing.currency,
      static_cast<int>(pricing.period), meter, signed_of(pricing.price_micros),
      signed_of(pricing.per.raw()), bands_text(pricing.bands),
      static_cast<int>(policy.revenue.owner_basis_points),
      signed_of(policy.revenue.minimum_payout_micros), static_cast<int>(policy.revenue.schedule));
  const Window period = billing_period_at(pricing.period, policy.updated_at);
  transaction.run(delete_terms_sql, id, nanoseconds_of(period.start), since);
}

std::vector<SharingTerms> select_terms(Transaction& transaction,
                                       std::span<const PolicyId> policies) {
  std::vector<SharingTerms> all;
  const pqxx::result rows =
      transaction.run(select_columns(terms_columns,
                                     " FROM sharing_terms WHERE policy = ANY ($1::uuid[])"
                                     " ORDER BY array_position($1::uuid[], policy), since_ns"),
                      array_of(policies));
  for (const auto& row : rows) {
    all.push_back(read_terms(row));
  }
  return all;
}

BooksProgress select_progress(Transaction& transaction) {
  BooksProgress progress;
  const pqxx::result begun = transaction.run("SELECT min(since_ns) FROM sharing_terms");
  if (!begun[0][0].is_null()) {
    progress.begun = WallTime{Duration{begun[0][0].as<std::int64_t>()}};
  }
  const pqxx::result rows =
      transaction.run("SELECT task, next_ns FROM sharing_progress ORDER BY task");
  for (const auto& row : rows) {
    progress.marks.push_back(
        {static_cast<BooksTask>(row[0].as<int>()), WallTime{Duration{row[1].as<std::int64_t>()}}});
  }
  return progress;
}

std::vector<GrantSpan> select_spans(Transaction& transaction, const GrantSpanQuery& query) {
  const auto billed = query.billed ? std::optional{static_cast<int>(*query.billed)} : std::nullopt;
  const bool is_owner = query.side == SharingSide::owner;
  const auto tenant = text_of(query.tenant);
  const auto none = std::optional<std::string>{};
  const pqxx::result rows = transaction.search(
      select_columns(span_columns, select_spans_sql), nanoseconds_of(query.window.end),
      nanoseconds_of(query.window.start), text_of(query.after.value_or(SharingId{})),
      text_of(query.policy), billed, query.count_max, is_owner ? tenant : none,
      is_owner ? none : tenant, billing_hour_at(query.window.start).raw(),
      billing_hour_at(query.window.end).raw());
  std::vector<GrantSpan> spans;
  for (const auto& row : rows) {
    spans.push_back(read_span(row));
  }
  return spans;
}

void close_statements(Transaction& transaction, const StatementClosing& closing) {
  if (!closing.lines.empty()) {
    append_lines(transaction, closing.lines);
  }
  if (closing.mark) {
    transaction.run(
        "INSERT INTO sharing_progress (task, next_ns) VALUES ($1, $2)"
        " ON CONFLICT (task) DO UPDATE SET next_ns = $2",
        static_cast<int>(closing.mark->task), nanoseconds_of(closing.mark->next));
  }
}

StatementPage select_statements(Transaction& transaction, const StatementQuery& query) {
  const StatementCursor after = query.after.value_or(StatementCursor{WallTime::min(), {}});
  const std::string sql = select_columns(line_columns, statements_from(query).c_str())
                              .append(
                                  " AND (period_start_ns, grant_id) > ($6::bigint, $7::uuid)"
                                  " ORDER BY period_start_ns, grant_id LIMIT $8");
  const std::string tenant = to_string(query.tenant);
  const std::int64_t from = nanoseconds_of(query.from);
  const std::int64_t to = nanoseconds_of(query.to);
  const auto policy = text_of(query.policy);
  const auto with = text_of(query.counterparty);
  const pqxx::result rows =
      transaction.search(sql, tenant, from, to, policy, with, nanoseconds_of(after.period_start),
                         text_of(after.grant), query.page_size + 1);
  StatementPage page;
  for (const auto& row : rows) {
    page.lines.push_back(read_line(row));
  }
  page.more = page.lines.size() > query.page_size;
  if (page.more) {
    page.lines.pop_back();
  }
  if (!query.after) {
    const pqxx::result totals =
        transaction.search(totals_columns + statements_from(query) + " GROUP BY 1 ORDER BY 1",
                           tenant, from, to, policy, with);
    for (const auto& row : totals) {
      page.totals.push_back(read_total(row));
    }
  }
  return page;
}

std::vector<UnpaidPool> select_pools(Transaction& transaction, const UnpaidQuery& query) {
  const pqxx::result rows =
      transaction.run(select_pools_sql, nanoseconds_of(query.through),
                      to_string(query.after.value_or(TenantId{})), query.owners_max);
  std::vector<UnpaidPool> pools;
  for (const auto& row : rows) {
    pools.push_back(read_pool(row));
  }
  return pools;
}

std::vector<UnpaidLine> select_unpaid(Transaction& transaction, const DuePayout& due,
                                      WallTime through, std::size_t count_max) {
  const pqxx::result rows =
      transaction.run(select_unpaid_sql, to_string(due.owner), due.currency, array_of(due.policies),
                      nanoseconds_of(through), count_max);
  std::vector<UnpaidLine> lines;
  for (const auto& row : rows) {
    const TenantId grant = read_tenant_id(row, 0);
    lines.push_back({{grant.high, grant.low},
                     WallTime{Duration{row[1].as<std::int64_t>()}},
                     row[2].as<std::uint64_t>()});
  }
  return lines;
}

Result<Done> pay_out(Transaction& transaction, const Payout& payout,
                     std::span<const UnpaidLine> lines) {
  const std::string owner = to_string(payout.key.owner);
  const std::string& currency = payout.key.currency;
  const std::int64_t number = payout.key.number;
  const pqxx::result last = transaction.run(
      "SELECT coalesce(max(number), 0) FROM sharing_payouts WHERE owner = $1 AND currency = $2",
      owner, currency);
  if (last[0][0].as<std::int64_t>() + 1 != number) {
    return Fault{FaultCode::conflict, "number: it is not the owner's next"};
  }
  transaction.run(
      "INSERT INTO sharing_payouts (owner, currency, number, schedule, through_ns, lines,"
      " amount_micros, made_at_ns) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      owner, currency, number, static_cast<int>(payout.schedule), nanoseconds_of(payout.through),
      static_cast<std::int64_t>(payout.lines), signed_of(payout.amount_micros),
      nanoseconds_of(payout.made_at));
  ArrayText grants, starts, micros;
  for (const UnpaidLine& line : lines) {
    grants.add(TenantId{line.grant.high, line.grant.low});
    starts.add(nanoseconds_of(line.period_start));
    micros.add(line.owner_micros);
  }
  const pqxx::result moved = transaction.run(move_lines_sql, owner, currency, number, grants.text(),
                                             starts.text(), micros.text());
  if (static_cast<std::size_t>(moved.affected_rows()) != lines.size()) {
    return Fault{FaultCode::conflict, "lines: one of them is not unpaid"};
  }
  return Done{};
}

Result<Payout> mark_payout_paid(Transaction& transaction, const PayoutKey& key, WallTime at,
                                std::string_view reference) {
  const std::string owner = to_string(key.owner);
  const std::int64_t number = key.number;
  const pqxx::result rows =
      transaction.run(select_columns(payout_columns,
                                     " FROM sharing_payouts WHERE owner = $1 AND currency = $2"
                                     " AND number = $3"),
                      owner, key.currency, number);
  if (rows.empty()) {
    return Fault{FaultCode::not_found, "there is no such payout"};
  }
  Payout found = read_payout(rows[0]);
  if (found.paid_at) {
    return Fault{FaultCode::conflict, "the payout is paid already"};
  }
  transaction.run(
      "UPDATE sharing_payouts SET paid_at_ns = $4, reference = $5"
      " WHERE owner = $1 AND currency = $2 AND number = $3",
      owner, key.currency, number, nanoseconds_of(at), std::string{reference});
  found.paid_at = at;
  found.reference = reference;
  return found;
}

PayoutPage select_payouts(Transaction& transaction, const PayoutQuery& query) {
  const PayoutKey after = query.after.value_or(PayoutKey{});
  const pqxx::result rows = transaction.run(
      select_columns(payout_columns, select_payouts_sql), to_string(query.owner), query.currency,
      after.currency, static_cast<std::int64_t>(after.number), query.page_size + 1);
  PayoutPage page;
  for (const auto& row : rows) {
    page.payouts.push_back(read_payout(row));
  }
  page.more = page.payouts.size() > query.page_size;
  if (page.more) {
    page.payouts.pop_back();
  }
  return page;
}

}  // namespace sluice::postgres
