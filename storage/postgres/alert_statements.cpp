// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/alert_statements.hpp"

#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "storage/postgres/postgres_fault.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* raise_sql =
    "INSERT INTO alerts (id, tenant, kind, at_ns, condition, data)"
    " SELECT id, tenant, kind, at_ns, condition, data"
    " FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[])"
    " AS given (id, tenant, kind, at_ns, condition, data)"
    " WHERE tenant IS NULL OR EXISTS (SELECT FROM tenants WHERE tenants.id = given.tenant)"
    " ON CONFLICT (id) DO NOTHING";
constexpr std::string_view alert_columns = "a.id, a.tenant, a.kind, a.at_ns, a.condition, a.data";
constexpr std::string_view delivery_columns =
    "d.owner, d.url, d.state, d.attempts, d.next_ns, d.trouble";
constexpr const char* insert_delivery_sql =
    "INSERT INTO deliveries (alert, tenant, owner, url, state, attempts, next_ns, trouble)"
    " SELECT id, tenant, $2, $3, $4, $5, $6, $7 FROM alerts WHERE id = $1 ON CONFLICT DO NOTHING";
/// Of a delivery: what the index `deliveries_by_queue` begins with.
constexpr std::string_view queue_column =
    "coalesce(CASE WHEN owner = 'tenant' THEN tenant END,"
    " '00000000-0000-0000-0000-000000000000'::uuid)";
constexpr const char* settle_sql =
    "UPDATE deliveries SET state = $4, attempts = $5, next_ns = $6, trouble = $7"
    " WHERE alert = $1 AND owner = $2 AND url = $3 AND state = 'pending'";
constexpr std::string_view page_sql =
    ", a.number, count(d.state) FILTER (WHERE d.state = 'pending'),"
    " count(d.state) FILTER (WHERE d.state = 'delivered'),"
    " count(d.state) FILTER (WHERE d.state = 'dead')"
    " FROM (SELECT * FROM alerts b WHERE b.number < $1 AND ($2::uuid IS NULL OR b.tenant = $2)"
    " AND ($3 = '' OR b.kind = $3)"
    " AND ($4 = '' OR EXISTS (SELECT FROM deliveries e WHERE e.alert = b.id AND e.state = $4))"
    " ORDER BY b.number DESC LIMIT $5) a LEFT JOIN deliveries d ON d.alert = a.id"
    " GROUP BY a.id, a.tenant, a.kind, a.at_ns, a.condition, a.data, a.number"
    " ORDER BY a.number DESC";
// So many alerts, not deliveries, so that none is told of in part.
constexpr std::string_view deliveries_sql =
    ", a.number FROM (SELECT * FROM alerts b WHERE b.number < $1"
    " AND ($2::uuid IS NULL OR b.tenant = $2) AND ($3::uuid IS NULL OR b.id = $3)"
    " AND EXISTS (SELECT FROM deliveries e WHERE e.alert = b.id AND ($4 = '' OR e.state = $4))"
    " ORDER BY b.number DESC LIMIT $5) a JOIN deliveries d ON d.alert = a.id"
    " WHERE $4 = '' OR d.state = $4 ORDER BY a.number DESC, d.owner, d.url";
constexpr const char* send_again_sql =
    "UPDATE deliveries SET state = 'pending', attempts = 0, next_ns = $3, trouble = ''"
    " WHERE alert = $1 AND state = 'dead' AND ($2::uuid IS NULL OR tenant = $2)";
constexpr const char* forget_alerts_sql =
    "DELETE FROM alerts WHERE number IN"
    " (SELECT number FROM alerts WHERE at_ns < $1 ORDER BY at_ns LIMIT $2)";
constexpr const char* trials_sql =
    "SELECT trial_ends_at_ns, id, trial_days FROM tenants"
    " WHERE status = 'trial' AND trial_ends_at_ns >= $1"
    " AND trial_ends_at_ns < $2 AND (trial_ends_at_ns, id) > ($3::bigint, $4::uuid)"
    " ORDER BY trial_ends_at_ns, id LIMIT $5";

std::string alerts_with(std::string_view more) {
  return std::string{"SELECT "}.append(alert_columns).append(more);
}
std::string both_with(std::string_view more) {
  return alerts_with(", ").append(delivery_columns).append(more);
}

/// Jumps from one queue that has something due to the next, however much waits in each.
std::string due_sql() {
  const std::string queue{queue_column};
  const std::string next_queue = "SELECT " + queue +
                                 " AS queue FROM deliveries"
                                 " WHERE state = 'pending' AND next_ns <= $1 AND " +
                                 queue;
  const std::string selected = both_with(" FROM queues q CROSS JOIN LATERAL");
  return "WITH RECURSIVE queues (queue, place) AS ("
         "SELECT head.queue, 1::bigint FROM (" +
         next_queue + " >= $2::uuid ORDER BY 1 LIMIT 1) head" +
         " UNION ALL SELECT step.queue, q.place + 1 FROM queues q CROSS JOIN LATERAL (" +
         next_queue + " > q.queue ORDER BY 1 LIMIT 1) step WHERE q.place < $3) " + selected +
         " (SELECT * FROM deliveries WHERE state = 'pending' AND next_ns <= $1 AND " + queue +
         " = q.queue ORDER BY next_ns, alert, owner, url LIMIT $4) d"
         " JOIN alerts a ON a.id = d.alert"
         " ORDER BY q.queue, d.next_ns, d.alert, d.owner, d.url";
}

std::int64_t below(std::uint64_t number) {
  return number == 0 ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(number);
}

std::int64_t count_of(WallTime time) {
  return time.time_since_epoch().count();
}

/// The text of an id, or null.
class OptionalId {
public:
  explicit OptionalId(std::optional<TenantId> id) : text_(id ? to_string(*id) : "") {}
  explicit OptionalId(std::optional<AlertId> id) : text_(id ? to_string(*id) : "") {}
  [[nodiscard]] const char* get() const { return text_.empty() ? nullptr : text_.c_str(); }

private:
  std::string text_;
};

Alert read_alert(const pqxx::row& row) {
  Alert alert;
  const TenantId id = read_tenant_id(row, 0);
  alert.id = {id.high, id.low};
  alert.tenant = row[1].is_null() ? TenantId{} : read_tenant_id(row, 1);
  const auto kind = parse_alert_kind(row[2].as<std::string>());
  if (!kind) {
    throw DamagedRow("column kind of table alerts, id " + to_string(alert.id));
  }
  alert.kind = *kind;
  alert.at = WallTime{Duration{row[3].as<std::int64_t>()}};
  alert.condition = row[4].as<std::string>();
  alert.data = row[5].as<std::string>();
  return alert;
}

/// Of the columns from 6 on.
DueDelivery read_delivery(const pqxx::row& row) {
  DueDelivery read{read_alert(row), {}};
  const auto owner = parse_webhook_owner(row[6].as<std::string>());
  const auto state = parse_delivery_state(row[8].as<std::string>());
  if (!owner || !state) {
    throw DamagedRow("column owner or state of table deliveries, alert " +
                     to_string(read.alert.id));
  }
  read.delivery = {.alert = read.alert.id,
                   .owner = *owner,
                   .url = row[7].as<std::string>(),
                   .state = *state,
                   .attempts = row[9].as<std::uint32_t>(),
                   .next = WallTime{Duration{row[10].as<std::int64_t>()}},
                   .trouble = row[11].as<std::string>()};
  return read;
}

}  // namespace

void raise_alerts(Transaction& transaction, std::span<const Alert> alerts) {
  if (alerts.empty()) {
    return;
  }
  ArrayText ids;
  ArrayText tenants;
  ArrayText kinds;
  ArrayText times;
  ArrayText conditions;
  ArrayText datas;
  for (const Alert& alert : alerts) {
    ids.add(TenantId{alert.id.high, alert.id.low});
    tenants.add(alert.tenant == TenantId{} ? std::nullopt : std::optional{alert.tenant});
    kinds.add(to_string(alert.kind));
    times.add(count_of(alert.at));
    conditions.add(std::string_view{alert.condition});
    datas.add(std::string_view{alert.data});
  }
  transaction.run(raise_sql, ids.text(), tenants.text(), kinds.text(), times.text(),
                  conditions.text(), datas.text());
}

void raise_crossed(Transaction& transaction, std::span<const ThresholdCrossed> crossed) {
  std::vector<Alert> alerts;
  alerts.reserve(crossed.size());
  for (const ThresholdCrossed& row : crossed) {
    alerts.push_back(alert_of(row));
  }
  raise_alerts(transaction, alerts);
}

std::vector<Alert> select_unplanned(Transaction& transaction, std::size_t count_max) {
  std::vector<Alert> found;
  const pqxx::result rows = transaction.run(
      alerts_with(" FROM alerts a WHERE NOT a.planned ORDER BY a.number LIMIT $1"), count_max);
  for (const auto& row : rows) {
    found.push_back(read_alert(row));
  }
  return found;
}

void plan_alert(Transaction& transaction, const AlertPlan& plan) {
  const std::string id = to_string(plan.alert);
  const pqxx::result planned = transaction.run(
      "UPDATE alerts SET planned = true, data = $2 WHERE id = $1 AND NOT planned", id, plan.data);
  if (planned.affected_rows() == 0) {
    return;
  }
  for (const Delivery& delivery : plan.deliveries) {
    transaction.run(insert_delivery_sql, id, std::string{to_string(delivery.owner)}, delivery.url,
                    std::string{to_string(delivery.state)}, delivery.attempts,
                    count_of(delivery.next), delivery.trouble);
  }
}

std::vector<DueDelivery> select_due_deliveries(Transaction& transaction,
                                               const DueDeliveryQuery& query) {
  static const std::string sql = due_sql();
  std::vector<DueDelivery> due;
  const pqxx::result rows = transaction.run(sql, count_of(query.by), to_string(query.from),
                                            query.queues_max, query.per_queue_max);
  for (const auto& row : rows) {
    due.push_back(read_delivery(row));
  }
  return due;
}

void settle_delivery(Transaction& transaction, const Delivery& delivery) {
  transaction.run(settle_sql, to_string(delivery.alert), std::string{to_string(delivery.owner)},
                  delivery.url, std::string{to_string(delivery.state)}, delivery.attempts,
                  count_of(delivery.next), delivery.trouble);
}

AlertPage select_alerts(Transaction& transaction, const AlertQuery& query) {
  AlertPage page;
  const OptionalId tenant{query.tenant};
  const std::string kind{query.kind ? to_string(*query.kind) : std::string_view{}};
  const std::string state{query.state ? to_string(*query.state) : std::string_view{}};
  const pqxx::result rows = transaction.search(alerts_with(page_sql), below(query.before),
                                               tenant.get(), kind, state, query.page_size + 1);
  for (const auto& row : rows) {
    page.alerts.push_back({row[6].as<std::uint64_t>(), read_alert(row), row[7].as<std::uint32_t>(),
                           row[8].as<std::uint32_t>(), row[9].as<std::uint32_t>()});
  }
  page.more = page.alerts.size() > query.page_size;
  if (page.more) {
    page.alerts.pop_back();
  }
  return page;
}

DeliveryPage select_deliveries(Transaction& transaction, const DeliveryQuery& query) {
  DeliveryPage page;
  const OptionalId tenant{query.tenant};
  const OptionalId alert{query.alert};
  const std::string state{query.state ? to_string(*query.state) : std::string_view{}};
  const pqxx::result rows =
      transaction.search(both_with(deliveries_sql), below(query.before), tenant.get(), alert.get(),
                         state, query.page_size + 1);
  std::size_t alerts = 0;
  std::uint64_t last = 0;
  for (const auto& row : rows) {
    const auto number = row[12].as<std::uint64_t>();
    alerts += std::exchange(last, number) != number ? 1U : 0U;
    if (alerts > query.page_size) {
      page.more = true;
      break;
    }
    page.deliveries.push_back({number, read_delivery(row)});
  }
  return page;
}

Result<std::uint32_t> send_again(Transaction& transaction, AlertId alert,
                                 std::optional<TenantId> tenant, WallTime now) {
  const OptionalId of{tenant};
  const pqxx::result again =
      transaction.run(send_again_sql, to_string(alert), of.get(), count_of(now));
  if (again.affected_rows() == 0) {
    return Fault{FaultCode::not_found, "alert: " + to_string(alert) + " has no dead deliveries"};
  }
  return static_cast<std::uint32_t>(again.affected_rows());
}

bool forget_alerts(Transaction& transaction, WallTime before, std::size_t count_max) {
  const pqxx::result gone = transaction.run(forget_alerts_sql, count_of(before), count_max);
  return gone.affected_rows() >= count_max;
}

std::vector<EndingTrial> select_trials(Transaction& transaction, const TrialQuery& query) {
  const EndingTrial from = query.after.value_or(EndingTrial{.at = WallTime::min()});
  std::vector<EndingTrial> trials;
  const pqxx::result rows =
      transaction.run(trials_sql, count_of(query.from), count_of(query.to), count_of(from.at),
                      to_string(from.tenant), query.count_max);
  for (const auto& row : rows) {
    trials.push_back({WallTime{Duration{row[0].as<std::int64_t>()}}, read_tenant_id(row, 1),
                      TrialDays{row[2].as<std::uint16_t>()}});
  }
  return trials;
}

}  // namespace sluice::postgres
