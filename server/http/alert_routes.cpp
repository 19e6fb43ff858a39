// SPDX-License-Identifier: Apache-2.0
// Alerts and their deliveries, of one tenant or of all.
#include <charconv>
#include <optional>
#include <utility>

#include "protocol/text/time_text.hpp"
#include "server/http/api_routes.hpp"
#include "server/http/located.hpp"
#include "server/http/parameters.hpp"

namespace sluice::http {
namespace {

Fault wrong_parameter(std::string_view what) {
  return Fault{FaultCode::invalid_argument, std::string{what}};
}

/// What both lists are asked with; a fault says what is none.
template <class Query>
std::optional<Fault> read_alert_place(const Request& request, Query& query) {
  if (const auto state = request.parameter("state")) {
    query.state = parse_delivery_state(*state);
    if (!query.state) {
      return wrong_parameter("state: is none of pending, delivered and dead");
    }
  }
  if (const auto before = request.parameter("before")) {
    const char* const end = before->data() + before->size();
    const auto [read, error] = std::from_chars(before->data(), end, query.before);
    if (error != std::errc{} || read != end || query.before > Amount::max_raw) {
      return wrong_parameter("before: is no number");
    }
  }
  const auto count = count_in(request, "limit", query.page_size, alert_page_size_max);
  if (!count) {
    return wrong_parameter("limit: is not from 1 to 200");
  }
  query.page_size = *count;
  return std::nullopt;
}

Json tenant_or_null(TenantId tenant) {
  return tenant == TenantId{} ? Json() : Json(to_string(tenant));
}

Json alert_document(const StoredAlert& stored) {
  const Alert& alert = stored.alert;
  Json data = Json::parse(alert.data, nullptr, false);
  return Json{{"number", stored.number},
              {"id", to_string(alert.id)},
              {"tenant", tenant_or_null(alert.tenant)},
              {"kind", to_string(alert.kind)},
              {"at", text::format_instant(alert.at)},
              {"data", data.is_discarded() ? Json(alert.data) : std::move(data)},
              {"pending", stored.pending},
              {"delivered", stored.delivered},
              {"dead", stored.dead}};
}

/// Where the platform is told is not for tenants to know.
Json delivery_document(const ToldDelivery& told, bool of_one) {
  const auto& [alert, delivery] = told.what;
  const bool is_hidden = of_one && delivery.owner == WebhookOwner::platform;
  return Json{{"number", told.number},
              {"alert", to_string(alert.id)},
              {"tenant", tenant_or_null(alert.tenant)},
              {"kind", to_string(alert.kind)},
              {"at", text::format_instant(alert.at)},
              {"owner", to_string(delivery.owner)},
              {"url", is_hidden ? Json() : Json(delivery.url)},
              {"state", to_string(delivery.state)},
              {"attempts", delivery.attempts},
              {"next", text::format_instant(delivery.next)},
              {"trouble", delivery.trouble}};
}

void tell_alerts(const ExchangePtr& exchange, const AlertQuery& query) {
  Service& service = *exchange->service;
  service.engine().alerts(service.here, query,
                          or_fault<AlertPage>(exchange, [exchange](const AlertPage& page) {
                            Json data{{"alerts", Json::array()}, {"next", nullptr}};
                            for (const StoredAlert& stored : page.alerts) {
                              data["alerts"].push_back(alert_document(stored));
                            }
                            if (page.more && !page.alerts.empty()) {
                              data["next"] = page.alerts.back().number;
                            }
                            exchange->answer(success(data));
                          }));
}

void tell_deliveries(const ExchangePtr& exchange, const DeliveryQuery& query) {
  Service& service = *exchange->service;
  service.engine().deliveries(
      service.here, query,
      or_fault<DeliveryPage>(
          exchange, [exchange, of_one = query.tenant.has_value()](const DeliveryPage& page) {
            Json data{{"deliveries", Json::array()}, {"next", nullptr}};
            for (const ToldDelivery& told : page.deliveries) {
              data["deliveries"].push_back(delivery_document(told, of_one));
            }
            if (page.more && !page.deliveries.empty()) {
              data["next"] = page.deliveries.back().number;
            }
            exchange->answer(success(data));
          }));
}

void send_alert_again(const ExchangePtr& exchange, AlertId alert, std::optional<TenantId> tenant) {
  Service& service = *exchange->service;
  service.engine().send_again(service.here, exchange->author(), alert, tenant,
                              or_fault<std::uint32_t>(exchange, [exchange](std::uint32_t count) {
                                exchange->answer(success(Json{{"deliveries", count}}));
                              }));
}

/// Goes on with the tenant of the path, or with none if the route is about all.
template <class GoOn>
void with_one_or_all(const ExchangePtr& exchange, const Route& route, GoOn go_on) {
  if (route.area == Area::platform) {
    return go_on(std::optional<TenantId>{});
  }
  with_tenant(exchange, [go_on = std::move(go_on)](TenantId tenant) {
    go_on(std::optional<TenantId>{tenant});
  });
}

}  // namespace

void answer_alerts(const ExchangePtr& exchange, const Route& route) {
  AlertQuery query;
  if (const auto kind = exchange->request.parameter("kind")) {
    query.kind = parse_alert_kind(*kind);
    if (!query.kind) {
      return exchange->answer(failure(wrong_parameter("kind: is not known")));
    }
  }
  if (const auto fault = read_alert_place(exchange->request, query)) {
    return exchange->answer(failure(*fault));
  }
  with_one_or_all(exchange, route, [exchange, query](std::optional<TenantId> tenant) {
    AlertQuery of_tenant = query;
    of_tenant.tenant = tenant;
    tell_alerts(exchange, of_tenant);
  });
}

void answer_deliveries(const ExchangePtr& exchange, const Route& route) {
  DeliveryQuery query;
  if (const auto alert = exchange->request.parameter("alert")) {
    query.alert = parse_alert_id(*alert);
    if (!query.alert) {
      return exchange->answer(failure(wrong_parameter("alert: is no UUID")));
    }
  }
  if (const auto fault = read_alert_place(exchange->request, query)) {
    return exchange->answer(failure(*fault));
  }
  with_one_or_all(exchange, route, [exchange, query](std::optional<TenantId> tenant) {
    DeliveryQuery of_tenant = query;
    of_tenant.tenant = tenant;
    tell_deliveries(exchange, of_tenant);
  });
}

void answer_resend_alert(const ExchangePtr& exchange, const Route& route) {
  const auto alert = parse_alert_id(exchange->parts.back());
  if (!alert) {
    return exchange->answer(failure(wrong_parameter("id: is no UUID")));
  }
  with_one_or_all(exchange, route, [exchange, id = *alert](std::optional<TenantId> tenant) {
    send_alert_again(exchange, id, tenant);
  });
}

void answer_test_webhook(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto body = parse_object(exchange->request.body);
  if (!body.ok()) {
    return exchange->answer(malformed(body.fault()));
  }
  const auto url = body.value().find("url");
  if (body.value().size() != 1 || url == body.value().end() || !url->is_string()) {
    return exchange->answer(failure(wrong_parameter("url: it alone has to be there, as a text")));
  }
  with_tenant(exchange, [exchange, url = url->get<std::string>()](TenantId tenant) {
    Service& service = *exchange->service;
    service.engine().test_webhook(service.here, exchange->author(), tenant, url,
                                  or_fault<AlertId>(exchange, [exchange](AlertId alert) {
                                    exchange->answer(success(Json{{"alert", to_string(alert)}}));
                                  }));
  });
}

void answer_report_payment(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto body = parse_object(exchange->request.body);
  if (!body.ok()) {
    return exchange->answer(malformed(body.fault()));
  }
  const auto status = body.value().find("status");
  const auto reference = body.value().find("reference");
  const auto end = body.value().end();
  const bool is_whole = body.value().size() == 2 && status != end && reference != end &&
                        reference->is_string() && (*status == "failed" || *status == "recovered");
  if (!is_whole) {
    return exchange->answer(
        failure(wrong_parameter("status: failed or recovered, and a reference, have to be there")));
  }
  PaymentReport report{{}, *status == "failed", reference->get<std::string>()};
  with_tenant(exchange, [exchange, report = std::move(report)](TenantId tenant) {
    PaymentReport of_tenant = report;
    of_tenant.tenant = tenant;
    Service& service = *exchange->service;
    service.engine().report_payment(service.here, exchange->author(), std::move(of_tenant),
                                    or_fault<AlertId>(exchange, [exchange](AlertId alert) {
                                      exchange->answer(success(Json{{"alert", to_string(alert)}}));
                                    }));
  });
}

}  // namespace sluice::http
