// SPDX-License-Identifier: Apache-2.0
#include "server/http/located.hpp"

#include <utility>

namespace sluice::http {

namespace {

/// Puts a refusal into the audit of the tenant that it is about.
void record(const Exchange& exchange, TenantId tenant, const Fault& refused) {
  if (refused.code == FaultCode::permission_denied) {
    Service& service = *exchange.service;
    service.engine().record_denial(service.here, exchange.author(), tenant,
                                   to_string(exchange.wanted.permission));
  }
}

}  // namespace

Result<Done> permit(const Exchange& exchange, TenantId tenant) {
  Authorize& gate = exchange.service->environment->on.authorize;
  auto asked = gate.permit(exchange.request, exchange.wanted, tenant);
  if (!asked.ok()) {
    record(exchange, tenant, asked.fault());
  }
  return asked;
}

void with_tenant(const ExchangePtr& exchange, std::function<void(TenantId)> go_on) {
  Authorize& gate = exchange->service->environment->on.authorize;
  auto ask = [exchange, &gate, go_on = std::move(go_on)](TenantId tenant) {
    gate.permit_in(tenant, exchange->request, exchange->wanted, exchange->service->here.raw(),
                   [exchange, tenant, go_on](const Result<PermissionSet>& permitted) {
                     if (!permitted.ok()) {
                       record(*exchange, tenant, permitted.fault());
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
  Service& service = *exchange->service;
  service.engine().resolve(service.here, name,
                           [exchange, ask = std::move(ask)](const Result<TenantId>& found) {
                             if (found.ok()) {
                               return ask(found.value());
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
