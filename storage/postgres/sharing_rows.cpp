// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/sharing_rows.hpp"

#include <optional>
#include <string>

#include "storage/limit_text/policy_text.hpp"
#include "storage/postgres/postgres_fault.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

WallTime time_in(const pqxx::row& row, int column) {
  return WallTime{Duration{row[column].as<std::int64_t>()}};
}

std::optional<WallTime> optional_time_in(const pqxx::row& row, int column) {
  return row[column].is_null() ? std::nullopt : std::optional{time_in(row, column)};
}

/// The two words of an id of any kind.
template <class Id>
Id id_in(const pqxx::row& row, int column) {
  const TenantId id = read_tenant_id(row, column);
  return Id{id.high, id.low};
}

/// A choice that is stored as its number, which the table's checks keep within its bounds.
template <class Enum>
Enum choice_in(const pqxx::row& row, int column) {
  return static_cast<Enum>(row[column].as<int>());
}

SharePermissions permissions_in(const pqxx::row& row, int column) {
  return SharePermissions::of_bits(static_cast<std::uint8_t>(row[column].as<int>()));
}

}  // namespace

SharingPolicy read_policy(const pqxx::row& row) {
  SharingPolicy policy;
  policy.id = id_in<PolicyId>(row, 0);
  policy.owner = read_tenant_id(row, 1);
  policy.resource = {choice_in<ResourceType>(row, 2), row[3].as<std::string>()};
  policy.visibility = choice_in<Visibility>(row, 4);
  policy.title = row[5].as<std::string>();
  policy.expires_at = optional_time_in(row, 6);
  if (!row[7].is_null()) {
    policy.max_consumers = row[7].as<std::uint32_t>();
  }
  policy.version = Version{row[8].as<std::uint64_t>()};
  policy.created_at = time_in(row, 9);
  policy.updated_at = time_in(row, 10);
  if (!read_policy_body(row[11].as<std::string>(), policy)) {
    throw DamagedRow("column body of table sharing_policies for tenant " + to_string(policy.owner) +
                     " cannot be read");
  }
  return policy;
}

SharingRequest read_request(const pqxx::row& row) {
  SharingRequest request;
  request.id = id_in<SharingId>(row, 0);
  request.policy = id_in<PolicyId>(row, 1);
  request.owner = read_tenant_id(row, 2);
  request.consumer = read_tenant_id(row, 3);
  request.permissions = permissions_in(row, 4);
  request.state = choice_in<SharingState>(row, 5);
  request.message = row[6].as<std::string>();
  request.reason = row[7].as<std::string>();
  request.created_at = time_in(row, 8);
  request.decided_at = optional_time_in(row, 9);
  request.ended_at = optional_time_in(row, 10);
  request.expires_at = optional_time_in(row, 11);
  return request;
}

SharingGrant read_grant(const pqxx::row& row) {
  return SharingGrant{id_in<SharingId>(row, 0), id_in<PolicyId>(row, 1), read_tenant_id(row, 2),
                      permissions_in(row, 3),   time_in(row, 4),         optional_time_in(row, 5)};
}

}  // namespace sluice::postgres
