// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/customisation_statements.hpp"

#include <optional>
#include <string>
#include <utility>

#include "storage/limit_text/customisation_text.hpp"
#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

constexpr std::string_view insert_sql =
    "INSERT INTO customisations (tenant, version, body) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (tenant) DO NOTHING";
constexpr std::string_view update_sql =
    "UPDATE customisations SET version = ?2, body = ?3 WHERE tenant = ?1 AND version = ?2 - 1";

Fault no_domain(const std::string& host) {
  return Fault{FaultCode::not_found, "host: \"" + host + "\" is not a domain of this tenant"};
}

std::vector<HostedDomain> read_hosts(Cursor rows) {
  std::vector<HostedDomain> hosts;
  while (rows.next()) {
    hosts.push_back({std::string{rows.text(0)}, id_of(rows.blob(1))});
  }
  return hosts;
}

}  // namespace

CustomisationStatements::CustomisationStatements(SqliteConnection& connection)
    : connection_(connection),
      select_(connection, "SELECT version, body FROM customisations WHERE tenant = ?1"),
      insert_(connection, insert_sql),
      update_(connection, update_sql),
      select_domains_(connection,
                      "SELECT host, token, verified_at_ns, added_at_ns FROM domains"
                      " WHERE tenant = ?1 ORDER BY host"),
      select_hosted_(connection,
                     "SELECT host, tenant FROM domains WHERE verified_at_ns IS NOT NULL"),
      select_pending_(connection,
                      "SELECT host, tenant FROM domains"
                      " WHERE verified_at_ns IS NULL AND added_at_ns < ?1"
                      " ORDER BY added_at_ns, host LIMIT ?2"),
      insert_domain_(connection,
                     "INSERT INTO domains (host, tenant, token, added_at_ns)"
                     " VALUES (?1, ?2, ?3, ?4)"),
      verify_domain_(connection,
                     "UPDATE domains SET verified_at_ns = ?3 WHERE host = ?1 AND tenant = ?2"),
      delete_domain_(connection, "DELETE FROM domains WHERE host = ?1 AND tenant = ?2") {}

Customised CustomisationStatements::find(TenantId tenant) {
  const IdBytes key = bytes_of(tenant);
  Customised found;
  {
    Cursor row = select_.start(key);
    if (row.next()) {
      const std::int64_t version = row.integer(0);
      auto custom = parse_customisation(row.text(1));
      if (!custom || version < 1) {
        throw DamagedRow("table customisations, tenant " + to_string(tenant) +
                         ": it cannot be read");
      }
      found.custom = *std::move(custom);
      found.custom.version = Version{static_cast<std::uint64_t>(version)};
    }
  }
  Cursor rows = select_domains_.start(key);
  while (rows.next()) {
    Domain domain{.host = std::string{rows.text(0)},
                  .token = std::string{rows.text(1)},
                  .added_at = WallTime{Duration{rows.integer(3)}}};
    if (!rows.is_null(2)) {
      domain.verified_at = WallTime{Duration{rows.integer(2)}};
    }
    found.domains.push_back(std::move(domain));
  }
  return found;
}

std::vector<HostedDomain> CustomisationStatements::hosted() {
  return read_hosts(select_hosted_.start());
}

std::vector<HostedDomain> CustomisationStatements::pending(WallTime added_before,
                                                           std::size_t count_max) {
  return read_hosts(select_pending_.start(added_before.time_since_epoch().count(), count_max));
}

Result<Done> CustomisationStatements::write(const CustomisationChange& change) {
  if (change.put) {
    return put(change.tenant, *change.put);
  }
  if (change.domain) {
    return put(change.tenant, *change.domain);
  }
  const std::string& host = change.removed.value();
  const IdBytes key = bytes_of(change.tenant);
  delete_domain_.run(std::string_view{host}, key);
  return connection_.changes() > 0 ? Result<Done>{Done{}} : no_domain(host);
}

Result<Done> CustomisationStatements::put(TenantId tenant, const Customisation& custom) {
  const std::string body = customisation_text(custom);
  const IdBytes key = bytes_of(tenant);
  Statement& statement = custom.version == Version{1} ? insert_ : update_;
  statement.run(key, custom.version.raw(), std::string_view{body});
  if (connection_.changes() == 0) {
    return Fault{FaultCode::conflict, "customisation: it is not at the version before " +
                                          std::to_string(custom.version.raw())};
  }
  return Done{};
}

Result<Done> CustomisationStatements::put(TenantId tenant, const Domain& domain) {
  const IdBytes key = bytes_of(tenant);
  const std::string_view host = domain.host;
  if (domain.verified_at) {
    verify_domain_.run(host, key, domain.verified_at->time_since_epoch().count());
    return connection_.changes() > 0 ? Result<Done>{Done{}} : no_domain(domain.host);
  }
  if (connection_.integer("SELECT count(*) FROM domains") >=
      static_cast<std::int64_t>(domains_max)) {
    return Fault{FaultCode::limit_exceeded, "domains_max: there are 100000 domains already"};
  }
  insert_domain_.run(host, key, std::string_view{domain.token},
                     domain.added_at.time_since_epoch().count());
  return Done{};
}

}  // namespace sluice
