// SPDX-License-Identifier: Apache-2.0
#include "server/http/located.hpp"

#include <utility>

namespace sluice::http {

Result<Done> permit(const Exchange& exchange, TenantId tenant) {
  Service& service = *exchange.service;
  Authorize& gate = service.environment->on.authorize;
  auto asked = gate.permit(exchange.request, exchange.wanted, tenant);
  if (!asked.ok() && asked.fault().code == FaultCode::permission_denied) {
    service.engine().record_denial(service.here, gate.author_of(exchange.request), tenant,
                                   to_string(exchange.wanted.permission));
  }
  return asked;
}

void with_tenant(const ExchangePtr& exchange, std::function<void(TenantId)> go_on) {
  auto permitted = [exchange, go_on = std::move(go_on)](TenantId tenant) {
    const auto asked = permit(*exchange, tenant);
    asked.ok() ? go_on(tenant) : exchange->answer(failure(asked.fault()));
  };
  const std::string& name = exchange->parts.front();
  if (const auto id = parse_tenant_id(name)) {
    return permitted(*id);
  }
  Service& service = *exchange->service;
  service.engine().resolve(
      service.here, name,
      [exchange, permitted = std::move(permitted)](const Result<TenantId>& found) {
        if (found.ok()) {
          return permitted(found.value());
        }
        // Whether there is a tenant is not for everybody to know.
        const auto asked = permit(*exchange, TenantId{});
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
