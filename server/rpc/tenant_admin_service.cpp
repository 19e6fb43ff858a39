// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/tenant_admin_service.hpp"

#include <utility>

#include "server/rpc/management.hpp"
#include "server/rpc/tenant_admin_methods.hpp"

namespace sluice {

namespace {

class TenantAdminService final : public TenantAdminMethods {
public:
  TenantAdminService(std::shared_ptr<Service> service, Access access, std::string peer)
      : TenantAdminMethods(std::move(service), std::move(access), std::move(peer)) {}

  /// Every call comes through here: none is made before the rules are asked.
  DispatchCallResult dispatchCall(
      std::uint64_t interface_id, std::uint16_t method,
      capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer> context) override {
    const CalledMethod called{interface_id, method};
    if (const auto objection = calls_.begin(called)) {
      return {calls_.refuse(called, *objection, context), false};
    }
    return wire::TenantAdmin::Server::dispatchCall(interface_id, method, context);
  }
};

}  // namespace

wire::TenantAdmin::Client make_tenant_admin(std::shared_ptr<Service> service, Access access,
                                            std::string peer) {
  return kj::heap<TenantAdminService>(std::move(service), std::move(access), std::move(peer));
}

}  // namespace sluice
