// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/statements.hpp"

#include <string>

#include "actors/tenant/sharing/compliance.hpp"
#include "storage/limit_text/tier_text.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

std::string select(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string{columns} + ' ' + std::string{rest};
}

// A text is looked for by going through the tenants in the order of their ids: an index of trigrams
// would be one more table to write, and a file that one server has for itself holds some ten
// thousand tenants, which take milliseconds.
//
// The needle is looked for as it is: unlike LIKE, instr has no characters of its own. lower() knows
// only the letters of ASCII.
constexpr std::string_view in_page =
    " AND id > ?1 AND CASE WHEN ?2 = '' THEN 1"
    " WHEN length(?2) < 3 THEN"
    " substr(lower(name), 1, length(?2)) = lower(?2) OR substr(slug, 1, length(?2)) = lower(?2)"
    " ELSE instr(lower(name), lower(?2)) OR instr(slug, lower(?2)) END"
    " AND (?4 = '' OR status = ?4) AND (?5 = '' OR region = ?5)"
    " ORDER BY id LIMIT ?3";
static_assert(search_anywhere_min == 3);

std::string select_page(std::string_view which) {
  return select(tenant_columns, "FROM tenants WHERE " + std::string{which}.append(in_page));
}

constexpr std::string_view due_sql =
    "SELECT due_at_ns, id FROM tenants"
    " WHERE due_at_ns IS NOT NULL AND due_at_ns <= ?1 AND (due_at_ns, id) > (?2, ?3)"
    " ORDER BY due_at_ns, id LIMIT ?4";

constexpr std::string_view update_tenant_sql =
    "UPDATE tenants SET slug = ?2, name = ?3, tier = ?4, timezone = ?5, billing_anchor_day = ?6,"
    " created_at_ns = ?7, updated_at_ns = ?8, version = ?9, last_limit_id = ?10, status = ?11,"
    " trial_days = ?12, trial_ends_at_ns = ?13, suspended_at_ns = ?14, suspend_reason = ?15,"
    " deactivated_at_ns = ?16, purge_at_ns = ?17, region = ?18, currency = ?19,"
    " billing_company = ?20, billing_email = ?21, billing_address = ?22, billing_tax_id = ?23,"
    " members = ?24, owners = ?25, roles = ?26, pending_tier = ?27, pending_tier_at_ns = ?28,"
    " features = ?29, compliance = ?30, unpaid = ?31, settings = ?32,"
    " due_at_ns = ?33"
    " WHERE id = ?1 AND version = ?9 - 1";

constexpr std::string_view put_limit_sql =
    "INSERT INTO limits (tenant, id, name, meter, enforcement, period, size, rate_amount,"
    " rate_per_ns, rate_burst, soft_limit, thresholds, shadow, span_ns, overage_price_micros,"
    " overage_per, overage_cap, holder_ttl_ns, releases_on_expiry, labels, override, prepaid,"
    " from_tier, rate_refill)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,"
    " ?20, ?21, ?22, ?23, ?24)"
    " ON CONFLICT (tenant, id) DO UPDATE SET name = ?3, meter = ?4, enforcement = ?5, period = ?6,"
    " size = ?7, rate_amount = ?8, rate_per_ns = ?9, rate_burst = ?10, soft_limit = ?11,"
    " thresholds = ?12, shadow = ?13, span_ns = ?14, overage_price_micros = ?15,"
    " overage_per = ?16, overage_cap = ?17, holder_ttl_ns = ?18, releases_on_expiry = ?19,"
    " labels = ?20, override = ?21, prepaid = ?22, from_tier = ?23,"
    " rate_refill = ?24";

std::optional<std::int64_t> nanoseconds(const std::optional<WallTime>& time) {
  return time ? std::optional{time->time_since_epoch().count()} : std::nullopt;
}

/// Values for ?1 to ?33 of the statements that write a tenant.
void run_with(Statement& statement, const TenantDefinition& tenant) {
  const IdBytes id = bytes_of(tenant.id);
  const Lifecycle& life = tenant.life;
  const auto& pending = tenant.pending_tier;
  const std::string features = features_text(tenant.features);
  const std::string compliance = compliance_text(tenant.compliance);
  const std::string unpaid = unpaid_text(life.unpaid);
  const Membership& membership = tenant.membership;
  const std::string custom = to_text(membership.roles);
  statement.run(
      id, tenant.slug, tenant.name, tenant.tier, tenant.timezone, tenant.billing_anchor_day.raw(),
      tenant.created_at.time_since_epoch().count(), tenant.updated_at.time_since_epoch().count(),
      tenant.version.raw(), tenant.last_limit_id.raw(), name_of(life.status), life.trial_days.raw(),
      nanoseconds(life.trial_ends_at), nanoseconds(life.suspended_at), life.suspend_reason,
      nanoseconds(life.deactivated_at), nanoseconds(life.purge_at), tenant.region, tenant.currency,
      tenant.billing.company, tenant.billing.email, tenant.billing.address, tenant.billing.tax_id,
      membership.members, membership.owners, custom,
      pending ? std::optional{std::string_view{pending->tier}} : std::nullopt,
      pending ? std::optional{pending->at.time_since_epoch().count()} : std::nullopt,
      std::string_view{features}, std::string_view{compliance}, std::string_view{unpaid},
      tenant.settings, nanoseconds(next_due(tenant)));
}

}  // namespace

Statements::Statements(SqliteConnection& connection)
    : connection_(connection),
      select_meters_(connection, select(meter_columns, "FROM meters ORDER BY id")),
      insert_meter_(connection, "INSERT INTO meters (id, name, unit) VALUES (?1, ?2, ?3)"),
      select_tenant_(connection, select(tenant_columns, "FROM tenants WHERE id = ?1")),
      select_limits_(connection,
                     select(limit_columns, "FROM limits WHERE tenant = ?1 ORDER BY id")),
      select_slug_(connection, "SELECT id FROM tenants WHERE slug = ?1"),
      select_page_(connection, select_page("true")),
      select_page_of_tier_(connection, select_page("tier = ?6")),
      select_due_(connection, due_sql),
      insert_tenant_(connection,
                     "INSERT INTO tenants (" + std::string{tenant_columns} +
                         ", due_at_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
                         " ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26,"
                         " ?27, ?28, ?29, ?30, ?31, ?32, ?33)"),
      update_tenant_(connection, update_tenant_sql),
      delete_tenant_(connection, "DELETE FROM tenants WHERE id = ?1"),
      put_limit_(connection, put_limit_sql),
      delete_limit_(connection, "DELETE FROM limits WHERE tenant = ?1 AND id = ?2") {}

MeterTable Statements::meters() {
  MeterTable meters;
  Cursor rows = select_meters_.start();
  while (rows.next()) {
    meters.push_back(read_meter(rows));
    if (meters.back().id.raw() != meters.size()) {
      throw DamagedRow("table meters has a gap before id " +
                       std::to_string(meters.back().id.raw()));
    }
  }
  return meters;
}

void Statements::insert_meter(const Meter& meter) {
  insert_meter_.run(meter.id.raw(), meter.name, meter.unit);
}

std::optional<TenantDefinition> Statements::tenant(TenantId id) {
  const IdBytes key = bytes_of(id);
  Cursor row = select_tenant_.start(key);
  if (!row.next()) {
    return std::nullopt;
  }
  return read_tenant(row);
}

std::vector<Limit> Statements::limits(TenantId id) {
  std::vector<Limit> limits;
  const IdBytes key = bytes_of(id);
  Cursor rows = select_limits_.start(key);
  while (rows.next()) {
    if (limits.size() == limits_per_tenant_max) {
      throw DamagedRow("table limits has too many rows for tenant " + to_string(id));
    }
    limits.push_back(read_limit(rows, id));
  }
  return limits;
}

std::optional<TenantId> Statements::find_slug(std::string_view slug) {
  Cursor row = select_slug_.start(slug);
  if (!row.next()) {
    return std::nullopt;
  }
  return id_of(row.blob(0));
}

std::vector<TenantDefinition> Statements::page(const TenantQuery& query, std::size_t count) {
  std::vector<TenantDefinition> tenants;
  // Every id is above the nil UUID, which is nobody's.
  const IdBytes after = bytes_of(query.after.value_or(TenantId{}));
  const std::string_view status = query.status ? name_of(*query.status) : std::string_view{};
  Cursor rows =
      query.tier.empty()
          ? select_page_.start(after, query.text, count, status, query.region)
          : select_page_of_tier_.start(after, query.text, count, status, query.region, query.tier);
  while (rows.next()) {
    tenants.push_back(read_tenant(rows));
  }
  return tenants;
}

std::vector<TierCount> Statements::tenant_counts() {
  // Asked once, so not kept prepared.
  Statement counts{connection_, "SELECT tier, count(*) FROM tenants GROUP BY tier"};
  std::vector<TierCount> all;
  Cursor rows = counts.start();
  while (rows.next()) {
    all.push_back({std::string{rows.text(0)}, static_cast<std::uint64_t>(rows.integer(1))});
  }
  return all;
}

std::vector<DueTenant> Statements::due(const DueQuery& query) {
  const DueTenant after = query.after.value_or(DueTenant{WallTime::min(), TenantId{}});
  const IdBytes key = bytes_of(after.tenant);
  std::vector<DueTenant> due;
  Cursor rows = select_due_.start(query.by.time_since_epoch().count(),
                                  after.at.time_since_epoch().count(), key, query.count_max);
  while (rows.next()) {
    due.push_back({WallTime{Duration{rows.integer(0)}}, id_of(rows.blob(1))});
  }
  return due;
}

void Statements::insert_tenant(const TenantDefinition& tenant) {
  run_with(insert_tenant_, tenant);
}

bool Statements::update_tenant(const TenantDefinition& tenant) {
  run_with(update_tenant_, tenant);
  return connection_.changes() == 1;
}

bool Statements::delete_tenant(TenantId id) {
  const IdBytes key = bytes_of(id);
  delete_tenant_.run(key);
  return connection_.changes() == 1;
}

void Statements::put_limit(const IdBytes& tenant, const Limit& limit) {
  const LimitRow row{limit};
  put_limit_.run(tenant, limit.id.raw(), limit.name, limit.meter.raw(), row.enforcement, row.period,
                 row.size, row.rate_amount, row.rate_per_ns, row.rate_burst, row.soft_limit,
                 Blob{row.thresholds}, limit.shadow ? 1 : 0, row.span_ns, row.overage_price_micros,
                 row.overage_per, row.overage_cap, row.holder_ttl_ns,
                 limit.releases_on_expiry ? 1 : 0, row.labels, row.instead, row.prepaid,
                 limit.origin == Origin::tier ? 1 : 0, row.rate_refill);
}

void Statements::delete_limit(const IdBytes& tenant, LimitId limit) {
  delete_limit_.run(tenant, limit.raw());
}

}  // namespace sluice
