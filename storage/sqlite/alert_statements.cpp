// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/alert_statements.hpp"

#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

constexpr std::string_view insert_alert_sql =
    "INSERT INTO alerts (id, tenant, kind, at_ns, condition, data)"
    " SELECT ?1, ?2, ?3, ?4, ?5, ?6"
    " WHERE ?2 IS NULL OR EXISTS (SELECT 1 FROM tenants WHERE id = ?2)"
    " ON CONFLICT (id) DO NOTHING";
constexpr std::string_view alert_columns = "a.id, a.tenant, a.kind, a.at_ns, a.condition, a.data";
constexpr std::string_view delivery_columns =
    "d.owner, d.url, d.state, d.attempts, d.next_ns, d.trouble";

constexpr std::string_view insert_delivery_sql =
    "INSERT INTO deliveries (alert, owner, url, state, attempts, next_ns, trouble, queue)"
    " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7,"
    " coalesce(CASE WHEN ?2 = 'tenant' THEN tenant END, zeroblob(16)) FROM alerts WHERE id = ?1"
    " ON CONFLICT DO NOTHING";
constexpr std::string_view next_queue_sql =
    "SELECT queue FROM deliveries WHERE state = 'pending' AND next_ns <= ?1 AND queue >= ?2"
    " ORDER BY queue LIMIT 1";
constexpr std::string_view due_where =
    " FROM deliveries d JOIN alerts a ON a.id = d.alert"
    " WHERE d.state = 'pending' AND d.queue = ?1 AND d.next_ns <= ?2"
    " ORDER BY d.next_ns, d.alert, d.owner, d.url LIMIT ?3";
constexpr std::string_view settle_sql =
    "UPDATE deliveries SET state = ?4, attempts = ?5, next_ns = ?6, trouble = ?7"
    " WHERE alert = ?1 AND owner = ?2 AND url = ?3 AND state = 'pending'";
constexpr std::string_view page_sql =
    ", a.number, (SELECT count(*) FROM deliveries WHERE alert = a.id AND state = 'pending'),"
    " (SELECT count(*) FROM deliveries WHERE alert = a.id AND state = 'delivered'),"
    " (SELECT count(*) FROM deliveries WHERE alert = a.id AND state = 'dead')"
    " FROM alerts a WHERE a.number < ?1 AND (?2 IS NULL OR a.tenant = ?2)"
    " AND (?3 = '' OR a.kind = ?3)"
    " AND (?4 = '' OR EXISTS (SELECT 1 FROM deliveries WHERE alert = a.id AND state = ?4))"
    " ORDER BY a.number DESC LIMIT ?5";
// So many alerts, not deliveries, so that none is told of in part.
constexpr std::string_view deliveries_sql =
    ", a.number FROM alerts a JOIN deliveries d ON d.alert = a.id"
    " WHERE (?4 = '' OR d.state = ?4) AND a.number IN"
    " (SELECT b.number FROM alerts b WHERE b.number < ?1 AND (?2 IS NULL OR b.tenant = ?2)"
    " AND (?3 IS NULL OR b.id = ?3) AND EXISTS (SELECT 1 FROM deliveries e WHERE e.alert = b.id"
    " AND (?4 = '' OR e.state = ?4)) ORDER BY b.number DESC LIMIT ?5)"
    " ORDER BY a.number DESC, d.owner, d.url";
constexpr std::string_view send_again_sql =
    "UPDATE deliveries SET state = 'pending', attempts = 0, next_ns = ?3, trouble = ''"
    " WHERE alert = ?1 AND state = 'dead'"
    " AND (?2 IS NULL OR EXISTS (SELECT 1 FROM alerts WHERE id = ?1 AND tenant = ?2))";
constexpr std::string_view forget_sql =
    "DELETE FROM alerts WHERE number IN"
    " (SELECT number FROM alerts WHERE at_ns < ?1 ORDER BY at_ns LIMIT ?2)";
constexpr std::string_view trials_sql =
    "SELECT trial_ends_at_ns, id, trial_days FROM tenants"
    " WHERE status = 'trial' AND trial_ends_at_ns >= ?1"
    " AND trial_ends_at_ns < ?2 AND (trial_ends_at_ns, id) > (?3, ?4)"
    " ORDER BY trial_ends_at_ns, id LIMIT ?5";

std::string alerts_with(std::string_view more) {
  return std::string{"SELECT "}.append(alert_columns).append(more);
}
std::string both_with(std::string_view more) {
  return alerts_with(", ").append(delivery_columns).append(more);
}

IdBytes alert_key(AlertId id) {
  return bytes_of(TenantId{id.high, id.low});
}

std::optional<Blob> key_or_null(const std::optional<IdBytes>& key) {
  return key ? std::optional{Blob{*key}} : std::nullopt;
}

std::int64_t below(std::uint64_t number) {
  return number == 0 ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(number);
}

Alert read_alert(const Cursor& row) {
  Alert alert;
  const TenantId id = id_of(row.blob(0));
  alert.id = {id.high, id.low};
  alert.tenant = row.is_null(1) ? TenantId{} : id_of(row.blob(1));
  const auto kind = parse_alert_kind(row.text(2));
  if (!kind) {
    throw DamagedRow("table alerts, id " + to_string(alert.id) + ": its kind is unknown");
  }
  alert.kind = *kind;
  alert.at = WallTime{Duration{row.integer(3)}};
  alert.condition = row.text(4);
  alert.data = row.text(5);
  return alert;
}

/// Of the columns from 6 on.
DueDelivery read_delivery(const Cursor& row) {
  DueDelivery read{read_alert(row), {}};
  Delivery& delivery = read.delivery;
  const auto owner = parse_webhook_owner(row.text(6));
  const auto state = parse_delivery_state(row.text(8));
  if (!owner || !state) {
    throw DamagedRow("table deliveries, alert " + to_string(read.alert.id) +
                     ": its owner or state is unknown");
  }
  delivery = {.alert = read.alert.id,
              .owner = *owner,
              .url = std::string{row.text(7)},
              .state = *state,
              .attempts = static_cast<std::uint32_t>(row.integer(9)),
              .next = WallTime{Duration{row.integer(10)}},
              .trouble = std::string{row.text(11)}};
  return read;
}

}  // namespace

AlertStatements::AlertStatements(SqliteConnection& connection)
    : connection_(connection),
      insert_(connection, insert_alert_sql),
      unplanned_(connection,
                 alerts_with(" FROM alerts a WHERE a.planned = 0 ORDER BY a.number LIMIT ?1")),
      mark_planned_(connection,
                    "UPDATE alerts SET planned = 1, data = ?2 WHERE id = ?1 AND planned = 0"),
      insert_delivery_(connection, insert_delivery_sql),
      next_queue_(connection, next_queue_sql),
      due_(connection, both_with(due_where)),
      settle_(connection, settle_sql),
      page_(connection, alerts_with(page_sql)),
      deliveries_(connection, both_with(deliveries_sql)),
      send_again_(connection, send_again_sql),
      forget_(connection, forget_sql),
      trials_(connection, trials_sql) {}

void AlertStatements::raise(const Alert& alert) {
  const IdBytes id = alert_key(alert.id);
  const auto tenant =
      alert.tenant == TenantId{} ? std::nullopt : std::optional{bytes_of(alert.tenant)};
  insert_.run(id, key_or_null(tenant), to_string(alert.kind), alert.at.time_since_epoch().count(),
              std::string_view{alert.condition}, std::string_view{alert.data});
}

std::vector<Alert> AlertStatements::unplanned(std::size_t count_max) {
  std::vector<Alert> found;
  Cursor rows = unplanned_.start(count_max);
  while (rows.next()) {
    found.push_back(read_alert(rows));
  }
  return found;
}

void AlertStatements::plan(const AlertPlan& plan) {
  const IdBytes id = alert_key(plan.alert);
  mark_planned_.run(id, std::string_view{plan.data});
  if (connection_.changes() == 0) {
    return;
  }
  for (const Delivery& delivery : plan.deliveries) {
    insert_delivery_.run(id, to_string(delivery.owner), std::string_view{delivery.url},
                         to_string(delivery.state), delivery.attempts,
                         delivery.next.time_since_epoch().count(),
                         std::string_view{delivery.trouble});
  }
}

std::vector<DueDelivery> AlertStatements::due(const DueDeliveryQuery& query) {
  std::vector<DueDelivery> due;
  std::optional<TenantId> queue = next_queue(query.by, query.from);
  for (std::size_t i = 0; queue && i < query.queues_max; ++i) {
    const IdBytes key = bytes_of(*queue);
    Cursor rows = due_.start(key, query.by.time_since_epoch().count(), query.per_queue_max);
    while (rows.next()) {
      due.push_back(read_delivery(rows));
    }
    const auto behind = queue_behind(*queue);
    queue = behind == TenantId{} ? std::nullopt : next_queue(query.by, behind);
  }
  return due;
}

std::optional<TenantId> AlertStatements::next_queue(WallTime by, TenantId from) {
  const IdBytes key = bytes_of(from);
  Cursor row = next_queue_.start(by.time_since_epoch().count(), key);
  return row.next() ? std::optional{id_of(row.blob(0))} : std::nullopt;
}

void AlertStatements::settle(const Delivery& delivery) {
  const IdBytes id = alert_key(delivery.alert);
  settle_.run(id, to_string(delivery.owner), std::string_view{delivery.url},
              to_string(delivery.state), delivery.attempts,
              delivery.next.time_since_epoch().count(), std::string_view{delivery.trouble});
}

AlertPage AlertStatements::page(const AlertQuery& query) {
  AlertPage page;
  const auto tenant = query.tenant ? std::optional{bytes_of(*query.tenant)} : std::nullopt;
  const std::string_view kind = query.kind ? to_string(*query.kind) : std::string_view{};
  const std::string_view state = query.state ? to_string(*query.state) : std::string_view{};
  Cursor rows =
      page_.start(below(query.before), key_or_null(tenant), kind, state, query.page_size + 1);
  while (rows.next()) {
    page.alerts.push_back({static_cast<std::uint64_t>(rows.integer(6)), read_alert(rows),
                           static_cast<std::uint32_t>(rows.integer(7)),
                           static_cast<std::uint32_t>(rows.integer(8)),
                           static_cast<std::uint32_t>(rows.integer(9))});
  }
  page.more = page.alerts.size() > query.page_size;
  if (page.more) {
    page.alerts.pop_back();
  }
  return page;
}

DeliveryPage AlertStatements::page(const DeliveryQuery& query) {
  DeliveryPage page;
  const auto tenant = query.tenant ? std::optional{bytes_of(*query.tenant)} : std::nullopt;
  const auto alert = query.alert ? std::optional{alert_key(*query.alert)} : std::nullopt;
  const std::string_view state = query.state ? to_string(*query.state) : std::string_view{};
  Cursor rows = deliveries_.start(below(query.before), key_or_null(tenant), key_or_null(alert),
                                  state, query.page_size + 1);
  std::size_t alerts = 0;
  std::uint64_t last = 0;
  while (rows.next()) {
    const auto number = static_cast<std::uint64_t>(rows.integer(12));
    alerts += std::exchange(last, number) != number ? 1U : 0U;
    if (alerts > query.page_size) {
      page.more = true;
      break;
    }
    page.deliveries.push_back({number, read_delivery(rows)});
  }
  return page;
}

Result<std::uint32_t> AlertStatements::send_again(AlertId alert, std::optional<TenantId> tenant,
                                                  WallTime now) {
  const IdBytes id = alert_key(alert);
  const auto of = tenant ? std::optional{bytes_of(*tenant)} : std::nullopt;
  send_again_.run(id, key_or_null(of), now.time_since_epoch().count());
  const auto count = static_cast<std::uint32_t>(connection_.changes());
  if (count == 0) {
    return Fault{FaultCode::not_found, "alert: " + to_string(alert) + " has no dead deliveries"};
  }
  return count;
}

bool AlertStatements::forget(WallTime before, std::size_t count_max) {
  forget_.run(before.time_since_epoch().count(), count_max);
  return static_cast<std::size_t>(connection_.changes()) >= count_max;
}

std::vector<EndingTrial> AlertStatements::ending_trials(const TrialQuery& query) {
  const EndingTrial from = query.after.value_or(EndingTrial{.at = WallTime::min()});
  const IdBytes id = bytes_of(from.tenant);
  std::vector<EndingTrial> trials;
  Cursor rows =
      trials_.start(query.from.time_since_epoch().count(), query.to.time_since_epoch().count(),
                    from.at.time_since_epoch().count(), id, query.count_max);
  while (rows.next()) {
    trials.push_back({WallTime{Duration{rows.integer(0)}}, id_of(rows.blob(1)),
                      TrialDays{static_cast<std::uint16_t>(rows.integer(2))}});
  }
  return trials;
}

}  // namespace sluice
