// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "actors/tenant/sharing/policy.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/rows.hpp"

namespace sluice {

/// Between rows and what is said about sharing; what rows.hpp says holds.

[[nodiscard]] IdBytes bytes_of(PolicyId id);
[[nodiscard]] IdBytes bytes_of(SharingId id);

inline constexpr std::string_view policy_columns =
    "id, owner, resource_type, resource_id, visibility, title, expires_at_ns, max_consumers, "
    "version, created_at_ns, updated_at_ns, body";
inline constexpr std::string_view request_columns =
    "id, policy, owner, consumer, permissions, state, message, reason, created_at_ns, "
    "decided_at_ns, ended_at_ns, expires_at_ns";
inline constexpr std::string_view grant_columns =
    "id, policy, owner, permissions, granted_at_ns, expires_at_ns";

[[nodiscard]] SharingPolicy read_policy(const Cursor& row);
[[nodiscard]] SharingRequest read_request(const Cursor& row);
[[nodiscard]] SharingGrant read_grant(const Cursor& row, TenantId consumer);

}  // namespace sluice
