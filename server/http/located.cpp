// SPDX-License-Identifier: Apache-2.0
#include "server/http/located.hpp"

#include <utility>

namespace sluice::http {

void with_tenant(const ExchangePtr& exchange, std::function<void(TenantId)> go_on) {
  Service& service = *exchange->service;
  Authorize& gate = service.environment->on.authorize;
  auto ask = [exchange, &gate, go_on = std::move(go_on)](TenantId tenant) {
    gate.permit_in(tenant, exchange->request, exchange->wanted, exchange->service->here.raw(),
                   [exchange, tenant, go_on](const Result<PermissionSet>& permitted) {
                     if (!permitted.ok()) {
                       return exchange->answer(failure(permitted.fault()));
                     }
                     exchange->permissions = permitted.value();
                     go_on(tenant);
                   });
  };
  const std::string& name = exchange->parts.front();
  if (const auto id = parse_tenant_id(name)) {
    return ask(*id);
  }
  service.engine().resolve(
      service.here, name, [exchange, &gate, ask = std::move(ask)](const Result<TenantId>& found) {
        if (found.ok()) {
          return ask(found.value());
        }
        // Whether there is a tenant is not for everybody to know.
        const auto asked = gate.permit(exchange->request, exchange->wanted, TenantId{});
        exchange->answer(failure(asked.ok() ? found.fault() : asked.fault()));
      });
}

void with_definition(const ExchangePtr& exchange,
                     std::function<void(const TenantDefinition&)> go_on) {
  with_tenant(exchange, [exchange, go_on = std::move(go_on)](TenantId tenant) {
    Service& service = *exchange->service;
    service.engine().show(service.here, tenant, or_fault<TenantDefinition>(exchange, go_on));
  });
}

}  // namespace sluice::http
