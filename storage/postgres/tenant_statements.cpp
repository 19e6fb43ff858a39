// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/tenant_statements.hpp"

#include <algorithm>
#include <utility>

#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/sharing/compliance.hpp"
#include "storage/limit_text/limit_text.hpp"
#include "storage/limit_text/tier_text.hpp"
#include "storage/postgres/rows.hpp"
#include "storage/postgres/sharing_statements.hpp"
#include "storage/postgres/spending_statements.hpp"
#include "storage/postgres/tenant_search.hpp"

namespace sluice::postgres {

namespace {

std::string select(const char* columns, const char* rest) {
  return std::string{"SELECT "} + columns + ' ' + rest;
}

std::string select_tenant(const char* rest) {
  return std::string{"SELECT "} + tenant_columns + ", " + placement_columns + ' ' + rest;
}

constexpr const char* due_sql =
    "SELECT due_at_ns, id FROM tenants"
    " WHERE due_at_ns <= $1 AND (due_at_ns, id) > ($2::bigint, $3::uuid)"
    " ORDER BY due_at_ns, id LIMIT $4";

/// The values of `TenantArrays`, in the order of `tenant_columns`.
constexpr const char* given_tenants_sql =
    " FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[],"
    " $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::smallint[],"
    " $13::bigint[], $14::bigint[], $15::text[], $16::bigint[], $17::bigint[], $18::text[],"
    " $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::int[], $25::int[],"
    " $26::text[], $27::text[], $28::bigint[], $29::jsonb[], $30::text[], $31::text[],"
    " $32::text[], $33::bigint[])"
    " AS given (id, slug, name, tier, timezone, billing_anchor_day, created_at_ns, updated_at_ns,"
    " version, last_limit_id, status, trial_days, trial_ends_at_ns, suspended_at_ns,"
    " suspend_reason, deactivated_at_ns, purge_at_ns, region, currency, billing_company,"
    " billing_email, billing_address, billing_tax_id, members, owners, roles,"
    " pending_tier, pending_tier_at_ns, features, compliance, unpaid, settings, due_at_ns)";

constexpr const char* put_limits_sql =
    "INSERT INTO limits (tenant, id, name, meter, enforcement, period, size, rate_amount,"
    " rate_per_ns, rate_burst, soft_limit, thresholds, shadow, span_ns, overage_price_micros,"
    " overage_per, overage_cap, holder_ttl_ns, releases_on_expiry, labels, override, prepaid,"
    " from_tier, rate_refill)"
    " SELECT tenant, id, name, meter, enforcement, period, size, rate_amount, rate_per_ns,"
    " rate_burst, soft_limit, thresholds::smallint[], shadow::boolean, span_ns,"
    " overage_price_micros, overage_per, overage_cap, holder_ttl_ns, releases_on_expiry::boolean,"
    " labels::jsonb, override::jsonb, prepaid::boolean, from_tier::boolean,"
    " rate_refill"
    " FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::int[], $5::text[], $6::text[],"
    " $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[],"
    " $13::int[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[],"
    " $19::int[], $20::text[], $21::text[], $22::int[], $23::int[], $24::text[])"
    " AS given (tenant, id, name, meter, enforcement, period, size, rate_amount, rate_per_ns,"
    " rate_burst, soft_limit, thresholds, shadow, span_ns, overage_price_micros, overage_per,"
    " overage_cap, holder_ttl_ns, releases_on_expiry, labels, override, prepaid, from_tier,"
    " rate_refill)"
    " ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name, meter = excluded.meter,"
    " enforcement = excluded.enforcement, period = excluded.period, size = excluded.size,"
    " rate_amount = excluded.rate_amount, rate_per_ns = excluded.rate_per_ns,"
    " rate_burst = excluded.rate_burst, soft_limit = excluded.soft_limit,"
    " thresholds = excluded.thresholds, shadow = excluded.shadow, span_ns = excluded.span_ns,"
    " overage_price_micros = excluded.overage_price_micros, overage_per = excluded.overage_per,"
    " overage_cap = excluded.overage_cap, holder_ttl_ns = excluded.holder_ttl_ns,"
    " releases_on_expiry = excluded.releases_on_expiry, labels = excluded.labels,"
    " override = excluded.override, prepaid = excluded.prepaid,"
    " from_tier = excluded.from_tier, rate_refill = excluded.rate_refill";

constexpr const char* update_tenants_sql =
    "UPDATE tenants SET slug = given.slug, name = given.name, tier = given.tier,"
    " timezone = given.timezone, billing_anchor_day = given.billing_anchor_day,"
    " created_at_ns = given.created_at_ns, updated_at_ns = given.updated_at_ns,"
    " version = given.version, last_limit_id = given.last_limit_id, status = given.status,"
    " trial_days = given.trial_days, trial_ends_at_ns = given.trial_ends_at_ns,"
    " suspended_at_ns = given.suspended_at_ns, suspend_reason = given.suspend_reason,"
    " deactivated_at_ns = given.deactivated_at_ns, purge_at_ns = given.purge_at_ns,"
    " region = given.region, currency = given.currency, billing_company = given.billing_company,"
    " billing_email = given.billing_email, billing_address = given.billing_address,"
    " billing_tax_id = given.billing_tax_id, members = given.members, owners = given.owners,"
    " roles = given.roles, pending_tier = given.pending_tier,"
    " pending_tier_at_ns = given.pending_tier_at_ns, features = given.features,"
    " compliance = given.compliance, unpaid = given.unpaid, settings = given.settings,"
    " due_at_ns = given.due_at_ns";
constexpr const char* update_those_before_sql =
    " WHERE tenants.id = given.id AND tenants.version = given.version - 1";

std::optional<std::uint64_t> raw(const std::optional<Amount>& amount) {
  return amount ? std::optional{amount->raw()} : std::nullopt;
}

/// Of what has one: all but rates and unlimited windows.
std::optional<Amount> size_of(const Rule& rule) {
  if (const auto* sliding = std::get_if<SlidingRule>(&rule)) {
    return sliding->size;
  }
  if (const auto* concurrency = std::get_if<ConcurrencyRule>(&rule)) {
    return concurrency->size;
  }
  const auto* window = std::get_if<WindowRule>(&rule);
  return window == nullptr ? std::nullopt : window->size;
}

/// The columns of many limits.
struct LimitArrays {
  ArrayText tenant, id, name, meter, enforcement, period, size, rate_amount, rate_per_ns,
      rate_burst, soft_limit, thresholds, shadow, span_ns, overage_price_micros, overage_per,
      overage_cap, holder_ttl_ns, releases_on_expiry, labels, instead, prepaid, from_tier,
      rate_refill;

  void add(TenantId of, const Limit& limit) {
    tenant.add(of);
    id.add(limit.id.raw());
    name.add(limit.name);
    meter.add(limit.meter.raw());
    enforcement.add(name_of(limit.enforcement));
    add(limit.rule);
    shadow.add(limit.shadow ? 1 : 0);
    soft_limit.add(raw(limit.soft_limit));
    const auto& terms = limit.overage;
    overage_price_micros.add(terms ? std::optional{terms->price_micros} : std::nullopt);
    overage_per.add(terms ? std::optional{terms->per.raw()} : std::nullopt);
    overage_cap.add(terms ? raw(terms->cap) : std::nullopt);
    releases_on_expiry.add(limit.releases_on_expiry ? 1 : 0);
    labels.add(labels_text(limit));
    instead.add(override_text(limit));
    from_tier.add(limit.origin == Origin::tier ? 1 : 0);
    ArrayText percents;
    for (const Percent threshold : limit.thresholds) {
      percents.add(threshold.raw());
    }
    thresholds.add(std::string_view{percents.text()});
  }

private:
  void add(const Rule& rule) {
    const auto* window = std::get_if<WindowRule>(&rule);
    const auto* sliding = std::get_if<SlidingRule>(&rule);
    const auto* concurrency = std::get_if<ConcurrencyRule>(&rule);
    const auto* rate = std::get_if<RateRule>(&rule);
    const auto* credit = std::get_if<CreditRule>(&rule);
    period.add(window   ? std::optional{name_of(window->period)}
               : credit ? std::optional{name_of(credit->period)}
                        : std::nullopt);
    prepaid.add(credit ? 1 : 0);
    size.add(raw(size_of(rule)));
    holder_ttl_ns.add(concurrency ? std::optional{concurrency->ttl.count()} : std::nullopt);
    span_ns.add(sliding ? std::optional{sliding->span.count()} : std::nullopt);
    rate_amount.add(rate ? std::optional{rate->amount.raw()} : std::nullopt);
    rate_per_ns.add(rate ? std::optional{rate->per.count()} : std::nullopt);
    rate_burst.add(rate ? std::optional{rate->burst.raw()} : std::nullopt);
    rate_refill.add(name_of(rate ? rate->refill : Refill::greedy));
  }
};

/// The columns of many tenants.
struct TenantArrays {
  ArrayText id, slug, name, tier, timezone, anchor, created, updated, version, last_limit, status,
      trial_days, trial_ends_at, suspended_at, suspend_reason, deactivated_at, purge_at, region,
      currency, company, email, address, tax_id, members, owners, custom_roles, pending_tier,
      pending_tier_at, features, compliance, unpaid, settings, due_at;

  void add(const TenantDefinition& tenant) {
    id.add(tenant.id);
    slug.add(tenant.slug);
    name.add(tenant.name);
    tier.add(tenant.tier);
    timezone.add(tenant.timezone);
    anchor.add(tenant.billing_anchor_day.raw());
    created.add(tenant.created_at.time_since_epoch().count());
    updated.add(tenant.updated_at.time_since_epoch().count());
    version.add(tenant.version.raw());
    last_limit.add(tenant.last_limit_id.raw());
    const Lifecycle& life = tenant.life;
    status.add(name_of(life.status));
    trial_days.add(life.trial_days.raw());
    trial_ends_at.add(nanoseconds(life.trial_ends_at));
    suspended_at.add(nanoseconds(life.suspended_at));
    suspend_reason.add(std::string_view{life.suspend_reason});
    deactivated_at.add(nanoseconds(life.deactivated_at));
    purge_at.add(nanoseconds(life.purge_at));
    region.add(std::string_view{tenant.region});
    currency.add(std::string_view{tenant.currency});
    company.add(std::string_view{tenant.billing.company});
    email.add(std::string_view{tenant.billing.email});
    address.add(std::string_view{tenant.billing.address});
    tax_id.add(std::string_view{tenant.billing.tax_id});
    members.add(tenant.membership.members);
    owners.add(tenant.membership.owners);
    custom_roles.add(std::string_view{to_text(tenant.membership.roles)});
    const auto& pending = tenant.pending_tier;
    pending_tier.add(pending ? std::optional{std::string_view{pending->tier}} : std::nullopt);
    pending_tier_at.add(nanoseconds(pending ? std::optional{pending->at} : std::nullopt));
    features.add(std::string_view{features_text(tenant.features)});
    compliance.add(std::string_view{compliance_text(tenant.compliance)});
    unpaid.add(std::string_view{unpaid_text(life.unpaid)});
    settings.add(std::string_view{tenant.settings});
    due_at.add(nanoseconds(next_due(tenant)));
  }

  pqxx::result run(Transaction& transaction, const std::string& sql) const {
    return transaction.run(
        sql, id.text(), slug.text(), name.text(), tier.text(), timezone.text(), anchor.text(),
        created.text(), updated.text(), version.text(), last_limit.text(), status.text(),
        trial_days.text(), trial_ends_at.text(), suspended_at.text(), suspend_reason.text(),
        deactivated_at.text(), purge_at.text(), region.text(), currency.text(), company.text(),
        email.text(), address.text(), tax_id.text(), members.text(), owners.text(),
        custom_roles.text(), pending_tier.text(), pending_tier_at.text(), features.text(),
        compliance.text(), unpaid.text(), settings.text(), due_at.text());
  }

private:
  static std::optional<std::int64_t> nanoseconds(const std::optional<WallTime>& time) {
    return time ? std::optional{time->time_since_epoch().count()} : std::nullopt;
  }
};

void put_limits(Transaction& transaction, const LimitArrays& of) {
  transaction.run(put_limits_sql, of.tenant.text(), of.id.text(), of.name.text(), of.meter.text(),
                  of.enforcement.text(), of.period.text(), of.size.text(), of.rate_amount.text(),
                  of.rate_per_ns.text(), of.rate_burst.text(), of.soft_limit.text(),
                  of.thresholds.text(), of.shadow.text(), of.span_ns.text(),
                  of.overage_price_micros.text(), of.overage_per.text(), of.overage_cap.text(),
                  of.holder_ttl_ns.text(), of.releases_on_expiry.text(), of.labels.text(),
                  of.instead.text(), of.prepaid.text(), of.from_tier.text(), of.rate_refill.text());
}

/// Puts each limit to its tenant, which is found by `place_of`.
template <class PlaceOf>
void select_limits(Transaction& transaction, const std::string& ids, PlaceOf place_of) {
  const pqxx::result rows = transaction.run(
      select(limit_columns, "FROM limits WHERE tenant = ANY ($1::uuid[]) ORDER BY tenant, id"),
      ids);
  for (const auto& row : rows) {
    const TenantId id = read_tenant_id(row, 23);
    std::vector<Limit>& limits = place_of(id).limits;
    if (limits.size() == limits_per_tenant_max) {
      throw DamagedRow("table limits has too many rows for tenant " + to_string(id));
    }
    limits.push_back(read_limit(row, id));
  }
}

Fault no_tenant(TenantId id) {
  return Fault{FaultCode::not_found, "there is no tenant " + to_string(id)};
}

}  // namespace

ShardCount select_shards(Transaction& transaction) {
  return read_shards(transaction.run("SELECT shards FROM meta").at(0));
}

MeterTable select_meters(Transaction& transaction) {
  MeterTable meters;
  const pqxx::result rows = transaction.run("SELECT id, name, unit FROM meters ORDER BY id");
  for (const auto& row : rows) {
    meters.push_back(read_meter(row));
    if (meters.back().id.raw() != meters.size()) {
      throw DamagedRow("table meters has a gap before id " +
                       std::to_string(meters.back().id.raw()));
    }
  }
  return meters;
}

void insert_meter(Transaction& transaction, const Meter& meter) {
  transaction.run("INSERT INTO meters (id, name, unit) VALUES ($1, $2, $3)", meter.id.raw(),
                  meter.name, meter.unit);
}

std::vector<TenantRecord> select_definitions(Transaction& transaction,
                                             std::span<const TenantId> ids) {
  std::vector<TenantRecord> records;
  const std::string wanted = array_of(ids);
  const pqxx::result rows = transaction.run(
      select_tenant("FROM tenants WHERE id = ANY ($1::uuid[]) ORDER BY id"), wanted);
  records.reserve(static_cast<std::size_t>(rows.size()));
  for (const auto& row : rows) {
    records.push_back({read_tenant(row), {}, {}, {}});
  }
  if (records.empty()) {
    return records;
  }
  select_limits(transaction, wanted, [&](TenantId id) -> TenantDefinition& {
    return find_record(records, id).definition;
  });
  select_grants(transaction, wanted, [&](TenantId id) -> TenantDefinition& {
    return find_record(records, id).definition;
  });
  return records;
}

std::optional<TenantId> select_slug(Transaction& transaction, std::string_view slug) {
  const pqxx::result rows =
      transaction.run("SELECT id FROM tenants WHERE slug = $1", std::string{slug});
  return rows.empty() ? std::nullopt : std::optional{read_tenant_id(rows[0], 0)};
}

std::vector<TenantDefinition> select_page(Transaction& transaction, const TenantQuery& query,
                                          std::size_t count) {
  const std::string wanted = array_of(search_tenants(transaction, query, count));
  const pqxx::result rows = transaction.run(
      select_tenant("FROM tenants WHERE id = ANY ($1::uuid[]) ORDER BY id"), wanted);
  std::vector<TenantDefinition> tenants;
  for (const auto& row : rows) {
    tenants.push_back(read_tenant(row));
  }
  select_limits(transaction, wanted, [&](TenantId id) -> TenantDefinition& {
    return *std::ranges::lower_bound(tenants, id, {}, &TenantDefinition::id);
  });
  select_grants(transaction, wanted, [&](TenantId id) -> TenantDefinition& {
    return *std::ranges::lower_bound(tenants, id, {}, &TenantDefinition::id);
  });
  return tenants;
}

std::vector<DueTenant> select_due(Transaction& transaction, const DueQuery& query) {
  const DueTenant after = query.after.value_or(DueTenant{WallTime::min(), TenantId{}});
  const pqxx::result rows = transaction.run(due_sql, query.by.time_since_epoch().count(),
                                            after.at.time_since_epoch().count(),
                                            to_string(after.tenant), query.count_max);
  std::vector<DueTenant> due;
  for (const auto& row : rows) {
    due.push_back({WallTime{Duration{row[0].as<std::int64_t>()}}, read_tenant_id(row, 1)});
  }
  return due;
}

void insert_tenants(Transaction& transaction, std::span<const TenantDefinition> tenants) {
  TenantArrays given;
  LimitArrays limits;
  for (const TenantDefinition& tenant : tenants) {
    given.add(tenant);
    for (const Limit& limit : tenant.limits) {
      limits.add(tenant.id, limit);
    }
  }
  given.run(transaction, std::string{"INSERT INTO tenants ("} + tenant_columns +
                             ", due_at_ns) SELECT *" + given_tenants_sql);
  put_limits(transaction, limits);
}

Result<Done> replace_tenant(Transaction& transaction, const TenantDefinition& tenant) {
  const std::string id = to_string(tenant.id);
  TenantArrays given;
  given.add(tenant);
  const pqxx::result updated = given.run(
      transaction, std::string{update_tenants_sql} + given_tenants_sql + update_those_before_sql);
  if (updated.affected_rows() == 0) {
    const pqxx::result stored = transaction.run("SELECT version FROM tenants WHERE id = $1", id);
    if (stored.empty()) {
      return no_tenant(tenant.id);
    }
    return Fault{FaultCode::conflict, "tenant " + id + " is at version " + stored[0][0].c_str() +
                                          ", not the one before " +
                                          std::to_string(tenant.version.raw())};
  }
  LimitArrays limits;
  for (const Limit& limit : tenant.limits) {
    limits.add(tenant.id, limit);
  }
  transaction.run("DELETE FROM limits WHERE tenant = $1 AND id <> ALL ($2::bigint[])", id,
                  limits.id.text());
  put_limits(transaction, limits);
  return Done{};
}

Result<Done> delete_tenant(Transaction& transaction, TenantId id) {
  const pqxx::result deleted = transaction.run("DELETE FROM tenants WHERE id = $1", to_string(id));
  return deleted.affected_rows() == 1 ? Result<Done>{Done{}} : no_tenant(id);
}

}  // namespace sluice::postgres
