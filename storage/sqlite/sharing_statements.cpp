// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sharing_statements.hpp"

#include <algorithm>
#include <string>

#include "actors/tenant/sharing/access.hpp"
#include "actors/tenant/sharing/policy_rules.hpp"
#include "actors/tenant/sharing/sharing_text.hpp"
#include "storage/limit_text/policy_text.hpp"
#include "storage/sqlite/sharing_rows.hpp"

namespace sluice {

namespace {

std::string from(std::string_view columns, std::string_view rest) {
  return std::string{"SELECT "}.append(columns).append(" FROM ").append(rest);
}

/// ?5: 1 for open ones only; ?4: a state, or -1 for all; ?3: a policy, or null.
std::string page_of(std::string_view side) {
  return from(request_columns, "sharing_requests WHERE ")
      .append(side)
      .append(
          " = ?1 AND id > ?2 AND (?3 IS NULL OR policy = ?3) AND (?4 < 0 OR state = ?4)"
          " AND (?5 = 0 OR state IN (0, 1)) ORDER BY id LIMIT ?6");
}

constexpr std::string_view insert_policy_sql =
    "INSERT INTO sharing_policies (id, owner, resource_type, resource_id, visibility, title,"
    " expires_at_ns, max_consumers, version, created_at_ns, updated_at_ns, due_at_ns, body)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?7, ?12)";
constexpr std::string_view update_policy_sql =
    "UPDATE sharing_policies SET visibility = ?2, title = ?3, expires_at_ns = ?4,"
    " max_consumers = ?5, version = ?6, updated_at_ns = ?7, due_at_ns = ?4, body = ?8"
    " WHERE id = ?1 AND version = ?6 - 1";
constexpr std::string_view insert_request_sql =
    "INSERT INTO sharing_requests (id, policy, owner, consumer, permissions, state, message,"
    " reason, created_at_ns, decided_at_ns, ended_at_ns, expires_at_ns)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
constexpr std::string_view update_request_sql =
    "UPDATE sharing_requests SET permissions = ?3, state = ?4, reason = ?5, decided_at_ns = ?6,"
    " ended_at_ns = ?7, expires_at_ns = ?8 WHERE id = ?1 AND state = ?2";
constexpr std::string_view put_grant_sql =
    "INSERT INTO sharing_grants (consumer, id, policy, owner, permissions, granted_at_ns,"
    " expires_at_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (consumer, id) DO NOTHING";

std::optional<std::int64_t> ns_of(const std::optional<WallTime>& time) {
  return time ? std::optional{time->time_since_epoch().count()} : std::nullopt;
}
std::int64_t ns_of(WallTime time) {
  return time.time_since_epoch().count();
}
template <class Enum>
int number_of(Enum value) {
  return static_cast<int>(value);
}

}  // namespace

SharingStatements::SharingStatements(SqliteConnection& connection)
    : connection_(connection),
      select_grants_(connection,
                     from(grant_columns, "sharing_grants WHERE consumer = ?1 ORDER BY id")),
      select_policies_(connection, from(policy_columns, "sharing_policies ORDER BY id")),
      select_policy_(connection, from(policy_columns, "sharing_policies WHERE id = ?1")),
      select_resource_(connection,
                       "SELECT 1 FROM sharing_policies WHERE resource_type = ?1"
                       " AND resource_id = ?2"),
      select_of_owner_(connection, page_of("owner")),
      select_of_consumer_(connection, page_of("consumer")),
      select_request_(connection, from(request_columns, "sharing_requests WHERE id = ?1")),
      select_open_(connection,
                   "SELECT 1 FROM sharing_requests WHERE policy = ?1 AND consumer = ?2"
                   " AND state IN (0, 1)"),
      select_last_end_(connection,
                       "SELECT state = 4 FROM sharing_requests WHERE consumer = ?1 AND policy = ?2"
                       " AND state IN (4, 5) ORDER BY ended_at_ns DESC, id DESC LIMIT 1"),
      due_grants_(connection, from(request_columns,
                                   "sharing_requests WHERE state = 1 AND expires_at_ns IS NOT NULL"
                                   " AND expires_at_ns <= ?1 ORDER BY expires_at_ns, id LIMIT ?2")),
      due_policies_(connection, from(policy_columns,
                                     "sharing_policies WHERE due_at_ns IS NOT NULL"
                                     " AND due_at_ns <= ?1 ORDER BY due_at_ns, id LIMIT ?2")),
      count_policies_(connection, "SELECT count(*) FROM sharing_policies WHERE owner = ?1"),
      count_pending_(connection,
                     "SELECT count(*) FROM sharing_requests WHERE policy = ?1"
                     " AND state IN (0, 1) AND state = 0"),
      count_grants_(connection, "SELECT count(*) FROM sharing_grants WHERE policy = ?1"),
      insert_policy_(connection, insert_policy_sql),
      update_policy_(connection, update_policy_sql),
      sweep_policy_(connection, "UPDATE sharing_policies SET due_at_ns = NULL WHERE id = ?1"),
      delete_policy_(connection, "DELETE FROM sharing_policies WHERE id = ?1"),
      insert_request_(connection, insert_request_sql),
      update_request_(connection, update_request_sql),
      put_grant_(connection, put_grant_sql),
      delete_grant_(connection, "DELETE FROM sharing_grants WHERE consumer = ?1 AND id = ?2") {}

std::vector<SharingGrant> SharingStatements::grants(TenantId consumer) {
  const IdBytes key = bytes_of(consumer);
  std::vector<SharingGrant> grants;
  Cursor rows = select_grants_.start(key);
  while (rows.next()) {
    grants.push_back(read_grant(rows, consumer));
  }
  return grants;
}

std::vector<SharingPolicy> SharingStatements::policies() {
  std::vector<SharingPolicy> policies;
  Cursor rows = select_policies_.start();
  while (rows.next()) {
    policies.push_back(read_policy(rows));
  }
  return policies;
}

std::optional<SharingPolicy> SharingStatements::policy(PolicyId id) {
  const IdBytes key = bytes_of(id);
  Cursor row = select_policy_.start(key);
  return row.next() ? std::optional{read_policy(row)} : std::nullopt;
}

SharingPage SharingStatements::requests(const SharingQuery& query) {
  const IdBytes tenant = bytes_of(query.tenant);
  const IdBytes after = bytes_of(query.after.value_or(SharingId{}));
  const IdBytes policy = bytes_of(query.policy.value_or(PolicyId{}));
  const auto of_policy = query.policy ? std::optional{Blob{policy}} : std::nullopt;
  const int state = query.state ? number_of(*query.state) : -1;
  Statement& select = query.side == SharingSide::owner ? select_of_owner_ : select_of_consumer_;
  Cursor rows =
      select.start(tenant, after, of_policy, state, query.open ? 1 : 0, query.page_size + 1);
  SharingPage page;
  while (rows.next()) {
    page.requests.push_back(read_request(rows));
  }
  page.more = page.requests.size() > query.page_size;
  if (page.more) {
    page.requests.pop_back();
  }
  return page;
}

std::optional<SharingRequest> SharingStatements::request(SharingId id) {
  const IdBytes key = bytes_of(id);
  Cursor row = select_request_.start(key);
  return row.next() ? std::optional{read_request(row)} : std::nullopt;
}

bool SharingStatements::was_revoked(PolicyId policy, TenantId consumer) {
  const IdBytes of = bytes_of(policy);
  const IdBytes by = bytes_of(consumer);
  Cursor row = select_last_end_.start(by, of);
  return row.next() && row.integer(0) == 1;
}

SharingDue SharingStatements::due(WallTime by, std::size_t count_max) {
  SharingDue due;
  {
    Cursor rows = due_grants_.start(ns_of(by), count_max);
    while (rows.next()) {
      due.grants.push_back(read_request(rows));
    }
  }
  Cursor rows = due_policies_.start(ns_of(by), count_max);
  while (rows.next()) {
    due.policies.push_back(read_policy(rows));
  }
  return due;
}

Result<Done> SharingStatements::put(const SharingPolicy& policy) {
  if (policy.version == Version{1}) {
    return insert(policy);
  }
  const IdBytes key = bytes_of(policy.id);
  const std::string body = policy_body(policy);
  update_policy_.run(key, number_of(policy.visibility), std::string_view{policy.title},
                     ns_of(policy.expires_at), policy.max_consumers, policy.version.raw(),
                     ns_of(policy.updated_at), std::string_view{body});
  return connection_.changes() == 1
             ? Result<Done>{Done{}}
             : Fault{FaultCode::conflict, "policy: it is not at the version before " +
                                              std::to_string(policy.version.raw())};
}

Result<Done> SharingStatements::insert(const SharingPolicy& policy) {
  const IdBytes owner = bytes_of(policy.owner);
  if (connection_.integer("SELECT count(*) FROM sharing_policies") >=
      static_cast<std::int64_t>(policies_max)) {
    return Fault{FaultCode::limit_exceeded, "policies_max: there are 100000 policies already"};
  }
  if (count(count_policies_, owner) >= policies_per_tenant_max) {
    return Fault{FaultCode::limit_exceeded,
                 "policies_per_tenant_max: the tenant has 1000 policies already"};
  }
  {
    Cursor taken = select_resource_.start(number_of(policy.resource.type),
                                          std::string_view{policy.resource.id});
    if (taken.next()) {
      return Fault{FaultCode::already_exists,
                   "resource: " + to_string(policy.resource) + " is registered already"};
    }
  }
  const IdBytes key = bytes_of(policy.id);
  const std::string body = policy_body(policy);
  insert_policy_.run(key, owner, number_of(policy.resource.type),
                     std::string_view{policy.resource.id}, number_of(policy.visibility),
                     std::string_view{policy.title}, ns_of(policy.expires_at), policy.max_consumers,
                     policy.version.raw(), ns_of(policy.created_at), ns_of(policy.updated_at),
                     std::string_view{body});
  return Done{};
}

Result<Done> SharingStatements::remove(PolicyId id) {
  const IdBytes key = bytes_of(id);
  delete_policy_.run(key);
  return connection_.changes() == 1 ? Result<Done>{Done{}} : no_policy(id);
}

void SharingStatements::sweep(PolicyId id) {
  const IdBytes key = bytes_of(id);
  sweep_policy_.run(key);
}

Result<Done> SharingStatements::put(const RequestStep& step) {
  const SharingRequest& request = step.request;
  if (!step.from) {
    return insert(request);
  }
  const IdBytes key = bytes_of(request.id);
  update_request_.run(key, number_of(*step.from), request.permissions.bits(),
                      number_of(request.state), std::string_view{request.reason},
                      ns_of(request.decided_at), ns_of(request.ended_at),
                      ns_of(request.expires_at));
  return connection_.changes() == 1
             ? Result<Done>{Done{}}
             : Fault{FaultCode::conflict,
                     "state: request " + to_string(request.id) + " is not in the state before"};
}

Result<Done> SharingStatements::insert(const SharingRequest& request) {
  const IdBytes policy = bytes_of(request.policy);
  const IdBytes consumer = bytes_of(request.consumer);
  {
    Cursor open = select_open_.start(policy, consumer);
    if (open.next()) {
      return Fault{FaultCode::already_exists,
                   "policy: the tenant has asked for it already, or has it"};
    }
  }
  if (request.state == SharingState::pending &&
      count(count_pending_, policy) >= pending_requests_per_policy_max) {
    return Fault{FaultCode::limit_exceeded,
                 "pending_requests_per_policy_max: 10000 requests are pending already"};
  }
  const IdBytes key = bytes_of(request.id);
  const IdBytes owner = bytes_of(request.owner);
  insert_request_.run(key, policy, owner, consumer, request.permissions.bits(),
                      number_of(request.state), std::string_view{request.message},
                      std::string_view{request.reason}, ns_of(request.created_at),
                      ns_of(request.decided_at), ns_of(request.ended_at),
                      ns_of(request.expires_at));
  return Done{};
}

void SharingStatements::put_grants(const TenantDefinition& consumer) {
  const IdBytes key = bytes_of(consumer.id);
  for (const SharingGrant& stored : grants(consumer.id)) {
    if (!std::ranges::binary_search(consumer.shares, stored.id, {}, &SharingGrant::id)) {
      const IdBytes id = bytes_of(stored.id);
      delete_grant_.run(key, id);
    }
  }
  for (const SharingGrant& grant : consumer.shares) {
    const IdBytes id = bytes_of(grant.id);
    const IdBytes policy = bytes_of(grant.policy);
    const IdBytes owner = bytes_of(grant.owner);
    put_grant_.run(key, id, policy, owner, grant.permissions.bits(), ns_of(grant.granted_at),
                   ns_of(grant.expires_at));
  }
}

std::size_t SharingStatements::grants_of(PolicyId policy) {
  const IdBytes key = bytes_of(policy);
  return count(count_grants_, key);
}

std::size_t SharingStatements::count(Statement& statement, std::span<const std::byte> key) {
  Cursor row = statement.start(key);
  return row.next() ? static_cast<std::size_t>(row.integer(0)) : 0;
}

}  // namespace sluice
