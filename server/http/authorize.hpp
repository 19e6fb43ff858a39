// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/audit.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/permission.hpp"
#include "server/http/http_message.hpp"
#include "server/rpc/access.hpp"

namespace sluice::http {

/// What a request wants to touch.
enum class Area : std::uint8_t {
  open,      ///< What anybody may see: health, version, the description of the interface.
  metrics,   ///< Numbers about the server and its tenants.
  spending,  ///< What a gateway asks: checks, reservations, leases.
  tenant,    ///< What its path names a tenant for.
  user,      ///< What is of the user that its path names: himself, or else the platform.
  native,    ///< What the native interface, which asks its own rules, lets the caller do.
  platform,  ///< What is no one tenant's: lists, meters, the clock.
};

struct Wanted {
  Area area = Area::open;
  Permission permission = Permission::platform_write;  ///< Says nothing of what is open.
};

/// The one gate that every request goes through: once as it arrives, and once more for each tenant
/// that it turns out to be about, before anything of that tenant is read or changed.
///
/// Threading  Any reactor's thread; must not block.
/// Ownership  Outlives the server.
/// Errors     A fault is the answer to the request.
class Authorize {
public:
  virtual ~Authorize() = default;
  [[nodiscard]] virtual Result<Done> permit(const Request& request, const Wanted& wanted,
                                            std::optional<TenantId> tenant) = 0;

  /// What the caller may do in the tenant, or why not even what is wanted, and which refusal that
  /// is.
  using Permitted = std::function<void(Result<PermissionSet>, Refusal why)>;
  /// The same of the tenant that a request is about, where what a member may do is not in his
  /// credential. Answers on this reactor, now or in a later turn; the request stays until then.
  virtual void permit_in(TenantId tenant, const Request& request, const Wanted& wanted,
                         std::uint16_t /*reactor*/, Permitted go_on) {
    const auto permitted = permit(request, wanted, tenant);
    go_on(permitted.ok() ? Result(PermissionSet::all()) : permitted.fault(),
          Refusal::foreign_tenant);
  }
  /// The same for the native interface, which then asks of each call what its method takes.
  [[nodiscard]] virtual Result<Access> access_of(const Request& request) = 0;
  /// Whom the audit names for what a request does that was let through, or not.
  [[nodiscard]] virtual Author author_of(const Request& request) = 0;
};

/// Lets everybody do everything, as the native interface does on loopback.
class AdmitEverybody final : public Authorize {
public:
  [[nodiscard]] Result<Done> permit(const Request& /*request*/, const Wanted& /*wanted*/,
                                    std::optional<TenantId> /*tenant*/) override {
    return Done{};
  }
  [[nodiscard]] Result<Access> access_of(const Request& request) override {
    return Access{request.peer};
  }
  [[nodiscard]] Author author_of(const Request& request) override {
    return anonymous_author(request.peer);
  }
};

}  // namespace sluice::http
