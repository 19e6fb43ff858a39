// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pqxx/row>

#include "actors/tenant/sharing/policy.hpp"

namespace sluice::postgres {

/// Between rows and what is said about sharing; what rows.hpp says holds.

inline constexpr const char* policy_columns =
    "id, owner, resource_type, resource_id, visibility, title, expires_at_ns, max_consumers, "
    "version, created_at_ns, updated_at_ns, body";
inline constexpr const char* request_columns =
    "id, policy, owner, consumer, permissions, state, message, reason, created_at_ns, "
    "decided_at_ns, ended_at_ns, expires_at_ns";
inline constexpr const char* grant_columns =
    "id, policy, owner, permissions, granted_at_ns, expires_at_ns, consumer";

[[nodiscard]] SharingPolicy read_policy(const pqxx::row& row);
[[nodiscard]] SharingRequest read_request(const pqxx::row& row);
[[nodiscard]] SharingGrant read_grant(const pqxx::row& row);

}  // namespace sluice::postgres
