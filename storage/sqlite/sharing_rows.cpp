// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sharing_rows.hpp"

#include <string>

#include "storage/limit_text/policy_text.hpp"
#include "storage/sqlite/columns.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

constexpr std::int64_t permission_bits_max = 63;

PolicyId policy_id_of(Blob bytes) {
  const TenantId id = id_of(bytes);
  return {id.high, id.low};
}
SharingId sharing_id_of(Blob bytes) {
  const TenantId id = id_of(bytes);
  return {id.high, id.low};
}

/// A choice that is stored as its number.
template <class Enum>
Enum read_choice(const Cursor& row, int column, std::string_view name, Enum last,
                 const Place& place) {
  return static_cast<Enum>(
      read_integer(row, column, name, 0, static_cast<std::int64_t>(last), place));
}

SharePermissions read_share_permissions(const Cursor& row, int column, const Place& place) {
  return SharePermissions::of_bits(static_cast<std::uint8_t>(
      read_integer(row, column, "permissions", 1, permission_bits_max, place)));
}

}  // namespace

IdBytes bytes_of(PolicyId id) {
  return bytes_of(TenantId{id.high, id.low});
}
IdBytes bytes_of(SharingId id) {
  return bytes_of(TenantId{id.high, id.low});
}

SharingPolicy read_policy(const Cursor& row) {
  SharingPolicy policy;
  policy.id = policy_id_of(row.blob(0));
  policy.owner = id_of(row.blob(1));
  const Place place{"sharing_policies", policy.owner};
  policy.resource = {read_choice(row, 2, "resource_type", ResourceType::custom, place),
                     read_text(row, 3, "resource_id", place)};
  policy.visibility = read_choice(row, 4, "visibility", Visibility::everyone, place);
  policy.title = row.text(5);
  policy.expires_at = read_optional_time(row, 6);
  if (!row.is_null(7)) {
    policy.max_consumers = static_cast<std::uint32_t>(
        read_integer(row, 7, "max_consumers", 1, max_consumers_max, place));
  }
  policy.version =
      Version{static_cast<std::uint64_t>(read_integer(row, 8, "version", 1, integer_max, place))};
  policy.created_at = read_time(row, 9);
  policy.updated_at = read_time(row, 10);
  if (!read_policy_body(row.text(11), policy)) {
    place.damaged("body", "what cannot be read");
  }
  return policy;
}

SharingRequest read_request(const Cursor& row) {
  SharingRequest request;
  request.id = sharing_id_of(row.blob(0));
  request.policy = policy_id_of(row.blob(1));
  request.owner = id_of(row.blob(2));
  request.consumer = id_of(row.blob(3));
  const Place place{"sharing_requests", request.consumer};
  request.permissions = read_share_permissions(row, 4, place);
  request.state = read_choice(row, 5, "state", SharingState::expired, place);
  request.message = row.text(6);
  request.reason = row.text(7);
  request.created_at = read_time(row, 8);
  request.decided_at = read_optional_time(row, 9);
  request.ended_at = read_optional_time(row, 10);
  request.expires_at = read_optional_time(row, 11);
  return request;
}

SharingGrant read_grant(const Cursor& row, TenantId consumer) {
  const Place place{"sharing_grants", consumer};
  SharingGrant grant;
  grant.id = sharing_id_of(row.blob(0));
  grant.policy = policy_id_of(row.blob(1));
  grant.owner = id_of(row.blob(2));
  grant.permissions = read_share_permissions(row, 3, place);
  grant.granted_at = read_time(row, 4);
  grant.expires_at = read_optional_time(row, 5);
  return grant;
}

}  // namespace sluice
