// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/customisation_statements.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "storage/limit_text/customisation_text.hpp"
#include "storage/postgres/postgres_fault.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* insert_sql =
    "INSERT INTO customisations (tenant, version, body) VALUES ($1, $2, $3)"
    " ON CONFLICT (tenant) DO NOTHING";
constexpr const char* update_sql =
    "UPDATE customisations SET version = $2, body = $3 WHERE tenant = $1 AND version + 1 = $2";

Fault no_domain(const std::string& host) {
  return Fault{FaultCode::not_found, "host: \"" + host + "\" is not a domain of this tenant"};
}

Result<Done> put(Transaction& transaction, const std::string& tenant, const Customisation& custom) {
  const pqxx::result written =
      transaction.run(custom.version == Version{1} ? insert_sql : update_sql, tenant,
                      static_cast<std::int64_t>(custom.version.raw()), customisation_text(custom));
  if (written.affected_rows() == 0) {
    return Fault{FaultCode::conflict, "customisation: it is not at the version before " +
                                          std::to_string(custom.version.raw())};
  }
  return Done{};
}

Result<Done> put(Transaction& transaction, const std::string& tenant, const Domain& domain) {
  if (domain.verified_at) {
    const pqxx::result verified =
        transaction.run("UPDATE domains SET verified_at_ns = $3 WHERE host = $1 AND tenant = $2",
                        domain.host, tenant, domain.verified_at->time_since_epoch().count());
    return verified.affected_rows() > 0 ? Result<Done>{Done{}} : no_domain(domain.host);
  }
  transaction.run("INSERT INTO domains (host, tenant, token, added_at_ns) VALUES ($1, $2, $3, $4)",
                  domain.host, tenant, domain.token, domain.added_at.time_since_epoch().count());
  return Done{};
}

std::vector<HostedDomain> read_hosts(const pqxx::result& rows) {
  std::vector<HostedDomain> hosts;
  for (const auto& row : rows) {
    hosts.push_back({row[0].as<std::string>(), read_tenant_id(row, 1)});
  }
  return hosts;
}

}  // namespace

Customisation select_customisation(Transaction& transaction, TenantId tenant) {
  const std::string id = to_string(tenant);
  Customisation found;
  const pqxx::result rows =
      transaction.run("SELECT version, body FROM customisations WHERE tenant = $1", id);
  if (!rows.empty()) {
    auto custom = parse_customisation(rows[0][1].as<std::string>());
    if (!custom) {
      throw DamagedRow("table customisations, tenant " + id + ": it cannot be read");
    }
    found = *std::move(custom);
    found.version = Version{rows[0][0].as<std::uint64_t>()};
  }
  return found;
}

std::vector<Domain> select_domains(Transaction& transaction, TenantId tenant) {
  std::vector<Domain> found;
  const pqxx::result rows = transaction.run(
      "SELECT host, token, verified_at_ns, added_at_ns FROM domains WHERE tenant = $1 ORDER BY "
      "host",
      to_string(tenant));
  for (const auto& row : rows) {
    Domain domain{.host = row[0].as<std::string>(),
                  .token = row[1].as<std::string>(),
                  .added_at = WallTime{Duration{row[3].as<std::int64_t>()}}};
    if (!row[2].is_null()) {
      domain.verified_at = WallTime{Duration{row[2].as<std::int64_t>()}};
    }
    found.push_back(std::move(domain));
  }
  return found;
}

std::vector<HostedDomain> select_hosted(Transaction& transaction) {
  return read_hosts(
      transaction.run("SELECT host, tenant FROM domains WHERE verified_at_ns IS NOT NULL"));
}

std::vector<HostedDomain> select_pending(Transaction& transaction, WallTime added_before,
                                         std::size_t count_max) {
  return read_hosts(transaction.run(
      "SELECT host, tenant FROM domains WHERE verified_at_ns IS NULL AND added_at_ns < $1"
      " ORDER BY added_at_ns, host LIMIT $2",
      added_before.time_since_epoch().count(), count_max));
}

Result<Done> check_room_for(Transaction& transaction, const CustomisationChange& change) {
  if (!change.domain || change.domain->verified_at) {
    return Done{};
  }
  const pqxx::result count = transaction.run("SELECT count(*) FROM domains");
  return count[0][0].as<std::size_t>() < domains_max
             ? Result<Done>{Done{}}
             : Fault{FaultCode::limit_exceeded, "domains_max: there are 100000 domains already"};
}

Result<Done> write_customisation(Transaction& transaction, const CustomisationChange& change) {
  const std::string tenant = to_string(change.tenant);
  const pqxx::result there = transaction.run("SELECT 1 FROM tenants WHERE id = $1", tenant);
  if (there.empty()) {
    return Fault{FaultCode::not_found, "there is no tenant " + tenant};
  }
  if (change.put) {
    return put(transaction, tenant, *change.put);
  }
  if (change.domain) {
    return put(transaction, tenant, *change.domain);
  }
  const std::string& host = change.removed.value();
  const pqxx::result gone =
      transaction.run("DELETE FROM domains WHERE host = $1 AND tenant = $2", host, tenant);
  return gone.affected_rows() > 0 ? Result<Done>{Done{}} : no_domain(host);
}

}  // namespace sluice::postgres
