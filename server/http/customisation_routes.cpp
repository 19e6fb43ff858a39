// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "protocol/text/customisation_json.hpp"
#include "server/http/api_routes.hpp"
#include "server/http/located.hpp"

namespace sluice::http {
namespace {

Reply<Customised> tell_customised(const ExchangePtr& exchange) {
  return or_fault<Customised>(exchange, [exchange](const Customised& customised) {
    exchange->answer(success(text::json_of(customised)));
  });
}

}  // namespace

void answer_show_customisation(const ExchangePtr& exchange, const Route& /*route*/) {
  with_tenant(exchange, [exchange](TenantId tenant) {
    Service& service = *exchange->service;
    service.engine().customisation(service.here, tenant, tell_customised(exchange));
  });
}

void answer_put_customisation(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto body = parse_object(exchange->request.body);
  if (!body.ok()) {
    return exchange->answer(malformed(body.fault()));
  }
  auto put = text::parse_customisation(body.value());
  if (!put.ok()) {
    return exchange->answer(failure(put.fault()));
  }
  with_tenant(exchange, [exchange, put = std::move(put).value()](TenantId tenant) {
    Service& service = *exchange->service;
    service.engine().customise(service.here, exchange->author(), CustomisationWish{tenant, put},
                               tell_customised(exchange));
  });
}

// Of a tenant that the caller is not for, he learns no more than of a host that is nobody's.
void answer_host(const ExchangePtr& exchange, const Route& /*route*/) {
  const Service& service = *exchange->service;
  const auto tenant = exchange->service->engine().tenant_at(exchange->parts.at(0));
  const bool told =
      tenant &&
      service.environment->on.authorize.permit(exchange->request, exchange->wanted, tenant).ok();
  exchange->answer(told ? success(Json{{"tenant", to_string(*tenant)}})
                        : failure(Fault{FaultCode::not_found, "host: it is nobody's domain"}));
}

}  // namespace sluice::http
