// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/sharing_statements.hpp"

#include <cstdint>

#include "actors/tenant/sharing/access.hpp"
#include "actors/tenant/sharing/policy_rules.hpp"
#include "actors/tenant/sharing/sharing_text.hpp"
#include "storage/limit_text/policy_text.hpp"
#include "storage/postgres/books_statements.hpp"
#include "storage/postgres/rows.hpp"
#include "storage/postgres/sharing_rows.hpp"
#include "storage/postgres/tenant_statements.hpp"

namespace sluice::postgres {

namespace {

std::string select_from(const char* columns, const char* rest) {
  return std::string{"SELECT "}.append(columns).append(" FROM ").append(rest);
}

constexpr const char* page_of_requests_sql =
    " = $1 AND id > $2 AND ($3::uuid IS NULL OR policy = $3) AND ($4::int < 0 OR state = $4)"
    " AND ($5::int = 0 OR state IN (0, 1)) ORDER BY id LIMIT $6";
constexpr const char* due_grants_sql =
    "sharing_requests WHERE state = 1 AND expires_at_ns IS NOT NULL AND expires_at_ns <= $1"
    " ORDER BY expires_at_ns, id LIMIT $2";
constexpr const char* due_policies_sql =
    "sharing_policies WHERE due_at_ns IS NOT NULL AND due_at_ns <= $1"
    " ORDER BY due_at_ns, id LIMIT $2";
constexpr const char* insert_policy_sql =
    "INSERT INTO sharing_policies (id, owner, resource_type, resource_id, visibility, title,"
    " expires_at_ns, max_consumers, version, created_at_ns, updated_at_ns, due_at_ns, body)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $7, $12)";
constexpr const char* update_policy_sql =
    "UPDATE sharing_policies SET visibility = $2, title = $3, expires_at_ns = $4,"
    " max_consumers = $5, version = $6, updated_at_ns = $7, due_at_ns = $4, body = $8"
    " WHERE id = $1 AND version + 1 = $6";
constexpr const char* insert_request_sql =
    "INSERT INTO sharing_requests (id, policy, owner, consumer, permissions, state, message,"
    " reason, created_at_ns, decided_at_ns, ended_at_ns, expires_at_ns)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
constexpr const char* update_request_sql =
    "UPDATE sharing_requests SET permissions = $3, state = $4, reason = $5, decided_at_ns = $6,"
    " ended_at_ns = $7, expires_at_ns = $8 WHERE id = $1 AND state = $2";
constexpr const char* put_grant_sql =
    "INSERT INTO sharing_grants (consumer, id, policy, owner, permissions, granted_at_ns,"
    " expires_at_ns) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (consumer, id) DO NOTHING";

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
int number_of(SharePermissions permissions) {
  return permissions.bits();
}

std::size_t count_in(Transaction& transaction, const std::string& sql, const std::string& key) {
  return transaction.run(sql, key)[0][0].as<std::size_t>();
}

/// Looks at the policies of all tenants.
Result<Done> check_new(Transaction& transaction, const SharingPolicy& policy) {
  const std::string owner = to_string(policy.owner);
  if (transaction.run("SELECT 1 FROM tenants WHERE id = $1", owner).empty()) {
    return Fault{FaultCode::not_found, "there is no tenant " + owner};
  }
  if (transaction.run("SELECT count(*) FROM sharing_policies")[0][0].as<std::size_t>() >=
      policies_max) {
    return Fault{FaultCode::limit_exceeded, "policies_max: there are 100000 policies already"};
  }
  if (count_in(transaction, "SELECT count(*) FROM sharing_policies WHERE owner = $1", owner) >=
      policies_per_tenant_max) {
    return Fault{FaultCode::limit_exceeded,
                 "policies_per_tenant_max: the tenant has 1000 policies already"};
  }
  const pqxx::result taken = transaction.run(
      "SELECT 1 FROM sharing_policies WHERE resource_type = $1 AND resource_id = $2",
      number_of(policy.resource.type), policy.resource.id);
  if (!taken.empty()) {
    return Fault{FaultCode::already_exists,
                 "resource: " + to_string(policy.resource) + " is registered already"};
  }
  return Done{};
}

/// Nothing if it is gone.
std::optional<TenantId> select_owner(Transaction& transaction, PolicyId policy) {
  const pqxx::result rows =
      transaction.run("SELECT owner FROM sharing_policies WHERE id = $1", to_string(policy));
  return rows.empty() ? std::nullopt : std::optional{read_tenant_id(rows[0], 0)};
}

void insert_policy(Transaction& transaction, const SharingPolicy& policy) {
  transaction.run(insert_policy_sql, to_string(policy.id), to_string(policy.owner),
                  number_of(policy.resource.type), policy.resource.id, number_of(policy.visibility),
                  policy.title, ns_of(policy.expires_at), policy.max_consumers,
                  static_cast<std::int64_t>(policy.version.raw()), ns_of(policy.created_at),
                  ns_of(policy.updated_at), policy_body(policy));
}

Result<Done> put_policy_row(Transaction& transaction, const SharingPolicy& policy) {
  if (policy.version == Version{1}) {
    insert_policy(transaction, policy);
    return Done{};
  }
  const pqxx::result updated =
      transaction.run(update_policy_sql, to_string(policy.id), number_of(policy.visibility),
                      policy.title, ns_of(policy.expires_at), policy.max_consumers,
                      static_cast<std::int64_t>(policy.version.raw()), ns_of(policy.updated_at),
                      policy_body(policy));
  return updated.affected_rows() == 1
             ? Result<Done>{Done{}}
             : Fault{FaultCode::conflict, "policy: it is not at the version before " +
                                              std::to_string(policy.version.raw())};
}

Result<Done> insert_request(Transaction& transaction, const SharingRequest& request) {
  const std::string policy = to_string(request.policy);
  const std::string consumer = to_string(request.consumer);
  const pqxx::result open = transaction.run(
      "SELECT 1 FROM sharing_requests WHERE policy = $1 AND consumer = $2 AND state IN (0, 1)",
      policy, consumer);
  if (!open.empty()) {
    return Fault{FaultCode::already_exists,
                 "policy: the tenant has asked for it already, or has it"};
  }
  if (request.state == SharingState::pending &&
      count_in(transaction,
               "SELECT count(*) FROM sharing_requests WHERE policy = $1 AND state IN (0, 1)"
               " AND state = 0",
               policy) >= pending_requests_per_policy_max) {
    return Fault{FaultCode::limit_exceeded,
                 "pending_requests_per_policy_max: 10000 requests are pending already"};
  }
  transaction.run(insert_request_sql, to_string(request.id), policy, to_string(request.owner),
                  consumer, number_of(request.permissions), number_of(request.state),
                  request.message, request.reason, ns_of(request.created_at),
                  ns_of(request.decided_at), ns_of(request.ended_at), ns_of(request.expires_at));
  return Done{};
}

/// A new one is counted among those of its owner; for another either side will do, so that many of
/// one side are written without a change between them.
void confine_to_side(Transaction& transaction, const RequestStep& step) {
  const SharingRequest& request = step.request;
  if (!step.from || transaction.confined_to() != request.consumer) {
    transaction.confine_to(request.owner);
  }
}

Result<Done> put_request(Transaction& transaction, const RequestStep& step) {
  const SharingRequest& request = step.request;
  confine_to_side(transaction, step);
  if (!step.from) {
    return insert_request(transaction, request);
  }
  const pqxx::result updated = transaction.run(
      update_request_sql, to_string(request.id), number_of(*step.from),
      number_of(request.permissions), number_of(request.state), request.reason,
      ns_of(request.decided_at), ns_of(request.ended_at), ns_of(request.expires_at));
  return updated.affected_rows() == 1
             ? Result<Done>{Done{}}
             : Fault{FaultCode::conflict,
                     "state: request " + to_string(request.id) + " is not in the state before"};
}

void put_grants(Transaction& transaction, const TenantDefinition& consumer) {
  const std::string id = to_string(consumer.id);
  ArrayText kept;
  for (const SharingGrant& grant : consumer.shares) {
    kept.add(TenantId{grant.id.high, grant.id.low});
  }
  transaction.run("DELETE FROM sharing_grants WHERE consumer = $1 AND id <> ALL ($2::uuid[])", id,
                  kept.text());
  const pqxx::result there =
      transaction.run("SELECT count(*) FROM sharing_grants WHERE consumer = $1", id);
  if (there[0][0].as<std::size_t>() == consumer.shares.size()) {
    return;
  }
  for (const SharingGrant& grant : consumer.shares) {
    transaction.run(put_grant_sql, id, to_string(grant.id), to_string(grant.policy),
                    to_string(grant.owner), number_of(grant.permissions), ns_of(grant.granted_at),
                    ns_of(grant.expires_at));
  }
}

Result<Done> write_consumers(Transaction& transaction, const SharingChange& change) {
  for (const TenantDefinition& consumer : change.consumers) {
    transaction.confine_to(consumer.id);
    if (auto replaced = replace_tenant(transaction, consumer); !replaced.ok()) {
      return replaced;
    }
    put_grants(transaction, consumer);
  }
  if (!change.grants_max) {
    return Done{};
  }
  const SharingRequest& approved = change.requests.front().request;
  transaction.confine_to(approved.owner);  // Who sees all of them.
  if (count_in(transaction, "SELECT count(*) FROM sharing_grants WHERE policy = $1",
               to_string(approved.policy)) > *change.grants_max) {
    return Fault{FaultCode::limit_exceeded, "max_consumers: the policy has all that it may have"};
  }
  return Done{};
}

/// What is left to be done about a policy once its requests are at their ends.
Result<Done> end_policy(Transaction& transaction, const SharingChange& change, TenantId owner) {
  transaction.confine_to(owner);
  if (change.swept) {
    transaction.run("UPDATE sharing_policies SET due_at_ns = NULL WHERE id = $1",
                    to_string(*change.swept));
  }
  if (change.removed) {
    const pqxx::result gone =
        transaction.run("DELETE FROM sharing_policies WHERE id = $1", to_string(*change.removed));
    return gone.affected_rows() == 1 ? Result<Done>{Done{}} : no_policy(*change.removed);
  }
  return Done{};
}

}  // namespace

void select_grants(Transaction& transaction, const std::string& ids,
                   const DefinitionOf& definition_of) {
  const pqxx::result rows = transaction.run(
      select_from(grant_columns,
                  "sharing_grants WHERE consumer = ANY ($1::uuid[]) ORDER BY consumer, id"),
      ids);
  for (const auto& row : rows) {
    definition_of(read_tenant_id(row, 6)).shares.push_back(read_grant(row));
  }
}

std::vector<SharingPolicy> select_policies(Transaction& transaction) {
  std::vector<SharingPolicy> policies;
  const pqxx::result rows =
      transaction.run(select_from(policy_columns, "sharing_policies ORDER BY id"));
  for (const auto& row : rows) {
    policies.push_back(read_policy(row));
  }
  return policies;
}

std::optional<SharingPolicy> select_policy(Transaction& transaction, PolicyId id) {
  const pqxx::result rows =
      transaction.run(select_from(policy_columns, "sharing_policies WHERE id = $1"), to_string(id));
  return rows.empty() ? std::nullopt : std::optional{read_policy(rows[0])};
}

SharingPage select_requests(Transaction& transaction, const SharingQuery& query) {
  const char* const side = query.side == SharingSide::owner ? "owner" : "consumer";
  const pqxx::result rows = transaction.search(
      select_from(request_columns, "sharing_requests WHERE ")
          .append(side)
          .append(page_of_requests_sql),
      to_string(query.tenant), to_string(query.after.value_or(SharingId{})),
      query.policy ? std::optional{to_string(*query.policy)} : std::nullopt,
      query.state ? number_of(*query.state) : -1, query.open ? 1 : 0, query.page_size + 1);
  SharingPage page;
  for (const auto& row : rows) {
    page.requests.push_back(read_request(row));
  }
  page.more = page.requests.size() > query.page_size;
  if (page.more) {
    page.requests.pop_back();
  }
  return page;
}

std::optional<SharingRequest> select_request(Transaction& transaction, SharingId id) {
  const pqxx::result rows = transaction.run(
      select_from(request_columns, "sharing_requests WHERE id = $1"), to_string(id));
  return rows.empty() ? std::nullopt : std::optional{read_request(rows[0])};
}

bool select_was_revoked(Transaction& transaction, PolicyId policy, TenantId consumer) {
  const pqxx::result last = transaction.run(
      "SELECT state = 4 FROM sharing_requests WHERE consumer = $1 AND policy = $2"
      " AND state IN (4, 5) ORDER BY ended_at_ns DESC, id DESC LIMIT 1",
      to_string(consumer), to_string(policy));
  return !last.empty() && last[0][0].as<bool>();
}

SharingDue select_due_sharing(Transaction& transaction, WallTime by, std::size_t count_max) {
  SharingDue due;
  const pqxx::result grants =
      transaction.run(select_from(request_columns, due_grants_sql), ns_of(by), count_max);
  for (const auto& row : grants) {
    due.grants.push_back(read_request(row));
  }
  const pqxx::result policies =
      transaction.run(select_from(policy_columns, due_policies_sql), ns_of(by), count_max);
  for (const auto& row : policies) {
    due.policies.push_back(read_policy(row));
  }
  return due;
}

Result<std::optional<TenantId>> policy_owner(Transaction& transaction,
                                             const SharingChange& change) {
  if (change.put) {
    const bool is_new = change.put->version == Version{1};
    const Result<Done> checked = is_new ? check_new(transaction, *change.put) : Done{};
    return checked.ok() ? Result<std::optional<TenantId>>{change.put->owner} : checked.fault();
  }
  if (change.removed) {
    const auto owner = select_owner(transaction, *change.removed);
    return owner ? Result<std::optional<TenantId>>{owner} : no_policy(*change.removed);
  }
  return change.swept ? select_owner(transaction, *change.swept) : std::nullopt;
}

Result<Done> write_sharing(Transaction& transaction, const SharingChange& change,
                           std::optional<TenantId> owner) {
  if (change.put) {
    transaction.confine_to(change.put->owner);
    if (auto put = put_policy_row(transaction, *change.put); !put.ok()) {
      return put;
    }
    put_terms(transaction, *change.put);
  }
  for (const RequestStep& step : change.requests) {
    if (auto put = put_request(transaction, step); !put.ok()) {
      return put;
    }
  }
  if (auto written = write_consumers(transaction, change); !written.ok()) {
    return written;
  }
  return owner ? end_policy(transaction, change, *owner) : Done{};
}

}  // namespace sluice::postgres
