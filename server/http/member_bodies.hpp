// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "actors/tenant/member.hpp"
#include "actors/tenant/store.hpp"
#include "server/http/json.hpp"
#include "server/http/members.hpp"

namespace sluice::http {

/// What the management interface reads and writes of the members of tenants.

[[nodiscard]] std::span<const Member<AddMember>> members_of_new_member();
[[nodiscard]] Json document_of(const sluice::Member& member);
[[nodiscard]] Json document_of(const TenantOf& tenant);

}  // namespace sluice::http
