// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "server/rpc/access.hpp"

namespace sluice {

/// Whoever is no operator asks of himself alone.
[[nodiscard]] inline std::optional<Fault> object_to_user(const Access& access,
                                                         const std::string& user) {
  if (!access.is_member() || access.principal()->user == user) {
    return std::nullopt;
  }
  return Fault{FaultCode::permission_denied, "user: a member may ask of himself only"};
}

/// Of which tenants somebody is a member, as far as the credential covers them. A page may be
/// shorter than it was asked for, but is empty only if it is the last.
inline void tell_tenants_of(Engine& engine, ReactorIndex here, const Access& access,
                            const TenantsOfQuery& query, const Reply<TenantsOfPage>& reply) {
  engine.tenants_of(here, query, [&engine, here, access, query, reply](Result<TenantsOfPage> page) {
    if (!page.ok() || access.covers_all() || page.value().tenants.empty()) {
      return reply(std::move(page));
    }
    TenantsOfQuery further = query;
    further.after = page.value().tenants.back().tenant;
    std::erase_if(page.value().tenants,
                  [&](const TenantOf& of) { return !access.covers(of.tenant); });
    if (page.value().tenants.empty() && page.value().more) {
      return tell_tenants_of(engine, here, access, further, reply);
    }
    reply(std::move(page));
  });
}

}  // namespace sluice
