// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/runtime/engine.hpp"
#include "server/auth/principal.hpp"

namespace sluice {

/// Members have the role that their tenant gave them, as long as they are active there. Whose token
/// names a role has that one instead, in the tenants that it lists: then others keep the members.
///
/// Role       Asks the engine, which remembers; who was removed or suspended is refused at once.
/// Threading  Any reactor.
/// Ownership  Borrows the engine.
/// Errors     As `Engine::permissions`.
class StoredRoles final : public auth::MemberRoles {
public:
  explicit StoredRoles(Engine& engine) : engine_(engine) {}

  void find(const auth::Principal& member, TenantId tenant, std::uint16_t reactor,
            Answer answer) const override {
    if (member.role || !member.covers(tenant)) {
      return claimed_.find(member, tenant, reactor, std::move(answer));
    }
    engine_.permissions(ReactorIndex{reactor}, tenant, member.user, std::move(answer));
  }

private:
  Engine& engine_;
  auth::ClaimedRoles claimed_;
};

}  // namespace sluice
