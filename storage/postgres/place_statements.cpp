// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/place_statements.hpp"

#include <utility>

#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* leftovers_sql =
    "SELECT l.tenant, l.isolation, l.instance, t.isolation, t.instance FROM leftovers AS l"
    " LEFT JOIN tenants AS t ON t.id = l.tenant"
    " WHERE (l.isolation, l.instance) IS DISTINCT FROM (t.isolation, t.instance)"
    " ORDER BY l.tenant, l.isolation, l.instance LIMIT $1";

// No name and no slug of anybody: another tenant may have them by now.
constexpr const char* put_tenant_referent_sql =
    "INSERT INTO tenants (id, slug, name, tier, timezone, billing_anchor_day, created_at_ns,"
    " updated_at_ns, version, last_limit_id)"
    " VALUES ($1, $2, '-', '-', 'UTC', 1, 0, 0, 1, 0) ON CONFLICT (id) DO NOTHING";

constexpr const char* put_limit_referents_sql =
    "INSERT INTO limits (tenant, id, name, meter, enforcement, period, thresholds)"
    " SELECT $1, id, '-', 1, 'block', 'never', '{}' FROM unnest($2::bigint[]) AS given (id)"
    " ON CONFLICT (tenant, id) DO NOTHING";

Placement placement_of(const pqxx::field& isolation, const pqxx::field& instance) {
  const auto known = parse_isolation(isolation.c_str());
  if (!known) {
    throw DamagedRow(std::string{"column isolation of table tenants holds "} + isolation.c_str());
  }
  Placement placement{*known, instance.c_str()};
  if (const auto valid = validate(placement); !valid.ok()) {
    throw DamagedRow("column instance of table tenants: " + valid.fault().context);
  }
  return placement;
}

std::string ids_of(const TenantDefinition& definition) {
  ArrayText ids;
  for (const Limit& limit : definition.limits) {
    ids.add(limit.id.raw());
  }
  return ids.text();
}

Fault later(Epoch epoch, const std::string& there) {
  return Fault{FaultCode::fenced,
               "epoch " + std::to_string(epoch.raw()) + " is over: epoch " + there + " writes now"};
}

}  // namespace

Placement read_placement(const pqxx::row& row) {
  return placement_of(row["isolation"], row["instance"]);
}

Places::Elsewhere select_elsewhere(Transaction& transaction) {
  Places::Elsewhere elsewhere;
  const pqxx::result rows = transaction.run(
      "SELECT id, isolation, instance FROM tenants WHERE isolation <> 'shared' ORDER BY id");
  for (const auto& row : rows) {
    elsewhere.emplace(read_tenant_id(row, 0), read_placement(row));
  }
  return elsewhere;
}

std::optional<Placement> select_placement(Transaction& transaction, TenantId tenant) {
  const pqxx::result rows = transaction.run(
      "SELECT isolation, instance FROM tenants WHERE id = $1 FOR UPDATE", to_string(tenant));
  return rows.empty() ? std::nullopt : std::optional{read_placement(rows[0])};
}

void set_placement(Transaction& transaction, TenantId tenant, const Placement& where) {
  transaction.run("UPDATE tenants SET isolation = $2, instance = $3 WHERE id = $1",
                  to_string(tenant), std::string{to_string(where.isolation)}, where.instance);
}

void put_leftover(Transaction& transaction, TenantId tenant, const Placement& place) {
  transaction.run(
      "INSERT INTO leftovers (tenant, isolation, instance) VALUES ($1, $2, $3)"
      " ON CONFLICT DO NOTHING",
      to_string(tenant), std::string{to_string(place.isolation)}, place.instance);
}

void forget_leftover(Transaction& transaction, TenantId tenant, const Placement& place) {
  transaction.run("DELETE FROM leftovers WHERE tenant = $1 AND isolation = $2 AND instance = $3",
                  to_string(tenant), std::string{to_string(place.isolation)}, place.instance);
}

std::vector<Leftover> select_leftovers(Transaction& transaction) {
  std::vector<Leftover> found;
  const pqxx::result rows = transaction.run(leftovers_sql, leftovers_at_once);
  for (const auto& row : rows) {
    found.push_back(
        {read_tenant_id(row, 0), placement_of(row[1], row[2]),
         row[3].is_null() ? std::nullopt : std::optional{placement_of(row[3], row[4])}});
  }
  return found;
}

void index_members(Transaction& transaction, TenantId tenant,
                   const std::optional<std::string>& schema) {
  const std::string id = to_string(tenant);
  transaction.run("DELETE FROM members_elsewhere WHERE tenant = $1", id);
  if (schema) {
    transaction.run(
        "INSERT INTO members_elsewhere (user_id, tenant) SELECT user_id, tenant FROM \"" + *schema +
            "\".members WHERE tenant = $1",
        id);
  }
}

void put_referents(Transaction& transaction, const TenantDefinition& definition) {
  const std::string id = to_string(definition.id);
  transaction.run(put_tenant_referent_sql, id, id);
  transaction.run(put_limit_referents_sql, id, ids_of(definition));
}

void prune_referents(Transaction& transaction, const TenantDefinition& definition) {
  transaction.run("DELETE FROM limits WHERE tenant = $1 AND id <> ALL ($2::bigint[])",
                  to_string(definition.id), ids_of(definition));
}

void remove_referent(Transaction& transaction, TenantId tenant) {
  transaction.run("DELETE FROM tenants WHERE id = $1", to_string(tenant));
}

std::string select_database_id(Transaction& transaction) {
  return transaction.run("SELECT id FROM meta").at(0)[0].as<std::string>();
}

Result<Done> join(Transaction& transaction, const std::string& center, Epoch epoch) {
  const pqxx::result ids =
      transaction.run("SELECT id, coalesce(center, $1) = $1 FROM meta", center);
  if (ids.at(0)[0].as<std::string>() == center) {
    return Fault{FaultCode::invalid_argument, "it is the database that it would be an instance of"};
  }
  if (!ids.at(0)[1].as<bool>()) {
    return Fault{FaultCode::invalid_argument, "it belongs to the tenants of another database"};
  }
  const pqxx::result found = transaction.run("SELECT epoch FROM ownership FOR UPDATE");
  const auto there = found.at(0)[0].as<std::uint64_t>();
  if (there > epoch.raw() && epoch != Epoch{}) {
    return later(epoch, found[0][0].c_str());
  }
  transaction.run("UPDATE meta SET center = $1 WHERE center IS NULL", center);
  transaction.run("UPDATE ownership SET epoch = $1 WHERE epoch < $1", epoch.raw());
  return Done{};
}

Result<Done> check_joined(Transaction& transaction, Epoch epoch) {
  const pqxx::result found = transaction.run("SELECT epoch FROM ownership FOR KEY SHARE");
  return found.at(0)[0].as<std::uint64_t>() == epoch.raw() ? Result<Done>{Done{}}
                                                           : later(epoch, found[0][0].c_str());
}

}  // namespace sluice::postgres
