// SPDX-License-Identifier: Apache-2.0
#include "server/http/located.hpp"

#include <utility>

namespace sluice::http {

namespace {

/// Puts a refusal into the audit of the tenant that it is about.
void record(const Exchange& exchange, TenantId tenant, const Fault& refused, Refusal why) {
  if (refused.code == FaultCode::permission_denied) {
    Service& service = *exchange.service;
    service.engine().record_denial(service.here, exchange.author(), tenant,
                                   to_string(exchange.wanted.permission), why);
  }
}

/// By its id, which need not be there, or by its slug.
void locate(const Exchange& exchange, const std::string& name, Reply<TenantId> go_on) {
  if (const auto id = parse_tenant_id(name)) {
    return go_on(*id);
  }
  Service& service = *exchange.service;
  service.engine().resolve(service.here, name, std::move(go_on));
}

}  // namespace

Result<Done> permit(const Exchange& exchange, TenantId tenant) {
  Authorize& gate = exchange.service->environment->on.authorize;
  auto asked = gate.permit(exchange.request, exchange.wanted, tenant);
  if (!asked.ok()) {
    // It has the right: that was asked before there was a tenant.
    record(exchange, tenant, asked.fault(), Refusal::foreign_tenant);
  }
  return asked;
}

void refuse_about(const ExchangePtr& exchange, const std::string& name, const Fault& refused) {
  const auto refuse = [exchange, named = !name.empty(), refused](const Result<TenantId>& found) {
    const TenantId tenant = found.ok() ? found.value() : TenantId{};
    const auto access = exchange->service->environment->on.authorize.access_of(exchange->request);
    const bool is_foreign = named && !(access.ok() && access.value().covers(tenant));
    record(*exchange, tenant, refused,
           is_foreign ? Refusal::foreign_tenant : Refusal::right_missing);
    exchange->answer(failure(refused));
  };
  name.empty() ? refuse(TenantId{}) : locate(*exchange, name, refuse);
}

void with_tenant(const ExchangePtr& exchange, std::function<void(TenantId)> go_on) {
  with_tenant_named(exchange, exchange->parts.front(), std::move(go_on));
}

void with_tenant_named(const ExchangePtr& exchange, const std::string& name,
                       std::function<void(TenantId)> go_on) {
  locate(*exchange, name, [exchange, go_on = std::move(go_on)](const Result<TenantId>& found) {
    if (!found.ok()) {
      // Whether there is a tenant is not for everybody to know.
      const auto asked = permit(*exchange, TenantId{});
      return exchange->answer(failure(asked.ok() ? found.fault() : asked.fault()));
    }
    const TenantId tenant = found.value();
    exchange->service->environment->on.authorize.permit_in(
        tenant, exchange->request, exchange->wanted, exchange->service->here.raw(),
        [exchange, tenant, go_on](const Result<PermissionSet>& permitted, Refusal why) {
          if (!permitted.ok()) {
            record(*exchange, tenant, permitted.fault(), why);
            return exchange->answer(failure(permitted.fault()));
          }
          exchange->permissions = permitted.value();
          go_on(tenant);
        });
  });
}

void with_acting_tenant(const ExchangePtr& exchange, std::function<void(TenantId)> go_on) {
  const auto name = exchange->request.parameter("tenant");
  if (!name || name->empty()) {
    return exchange->answer(
        failure(Fault{FaultCode::invalid_argument, "tenant: say in the query who acts"}));
  }
  with_tenant_named(exchange, std::string{*name}, std::move(go_on));
}

void with_definition(const ExchangePtr& exchange,
                     std::function<void(const TenantDefinition&)> go_on) {
  with_tenant(exchange, [exchange, go_on = std::move(go_on)](TenantId tenant) {
    Service& service = *exchange->service;
    service.engine().show(service.here, tenant, or_fault<TenantDefinition>(exchange, go_on));
  });
}

}  // namespace sluice::http
