// SPDX-License-Identifier: Apache-2.0
#include "server/http/check_routes.hpp"

#include <memory>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "server/http/check_call.hpp"
#include "server/http/decision_document.hpp"
#include "server/http/rate_limit_fields.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t checks_max = 4096;  ///< As of the native interface.
Response unreliable() {
  return failure(503, "outcome_unknown",
                 "whether this was charged is not known: the server could not record it, or does "
                 "not own its tenants any more");
}

Response response_of(const CheckCall::Item& item, const Policy* policy, const Exchange& exchange) {
  if (item.refused) {
    return failure(*item.refused);
  }
  const Outcome outcome = item.outcome();
  const JsonText document = document_of(item, *exchange.service->engine().meters(), policy);
  Response response = outcome == Outcome::allowed ? success(document)
                                                  : failure(status_of(outcome), to_string(outcome),
                                                            message_of(item), document);
  add_rate_limit_fields(response, item.decision, policy, exchange.service->now().wall);
  return response;
}

/// Answers once the limit that decided is known by its name.
void answer_one(CheckCall& call, bool reliable) {
  if (!reliable) {
    return call.exchange()->answer(unreliable());
  }
  const CheckCall::Item& item = call.items.front();
  if (!item.decision.has_reading) {
    return call.exchange()->answer(response_of(item, nullptr, *call.exchange()));
  }
  call.exchange()->service->policies.find(
      item.tenant, item.decision.reading.limit,
      [self = call.shared_from_this()](const Policy* policy) {
        self->exchange()->answer(response_of(self->items.front(), policy, *self->exchange()));
      });
}

void answer_each(CheckCall& call, bool reliable) {
  if (!reliable) {
    return call.exchange()->answer(unreliable());
  }
  const auto meters = call.exchange()->service->engine().meters();
  JsonWriter list;
  list.open_array();
  for (const CheckCall::Item& item : call.items) {
    write_decision(list, item, *meters, nullptr);
  }
  list.close_array();
  call.exchange()->answer(success(list.take()));
}

}  // namespace

void answer_check(const ExchangePtr& exchange, const Route& route) {
  const auto body = parse_object(exchange->request.body);
  if (!body.ok()) {
    return exchange->answer(malformed(body.fault()));
  }
  const auto meters = exchange->service->engine().meters();
  std::vector<CheckCall::Item> items(1);
  items[0].objected = read_check(body.value(),
                                 {.meters = *meters,
                                  .mode = route.mode == Mode::normal ? std::nullopt : route.mode,
                                  .idempotency_key = exchange->request.header(idempotency_key),
                                  .random = exchange->service->random},
                                 "", items[0].asked);
  std::make_shared<CheckCall>(exchange, std::move(items), answer_one)->run();
}

void answer_checks(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto body = parse_object(exchange->request.body);
  if (!body.ok()) {
    return exchange->answer(malformed(body.fault()));
  }
  const auto list = body.value().find("checks");
  if (list == body.value().end() || !list->is_array() || body.value().size() != 1) {
    return exchange->answer(failure(Fault{FaultCode::invalid_argument,
                                          "checks: must be a list, and nothing stands beside it"}));
  }
  if (list->empty() || list->size() > checks_max) {
    return exchange->answer(
        failure(Fault{FaultCode::invalid_argument,
                      "checks: must be 1 to " + std::to_string(checks_max) + " of them"}));
  }
  if (exchange->request.header(idempotency_key)) {
    return exchange->answer(failure(
        Fault{FaultCode::invalid_argument,
              "Idempotency-Key: names one check; in a list each check has an id of its own"}));
  }
  const auto meters = exchange->service->engine().meters();
  std::vector<CheckCall::Item> items(list->size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i].objected = read_check(
        (*list)[i],
        {.meters = *meters, .mode = {}, .idempotency_key = {}, .random = exchange->service->random},
        "checks[" + std::to_string(i) + "]", items[i].asked);
  }
  std::make_shared<CheckCall>(exchange, std::move(items), answer_each)->run();
}

void answer_resource(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto type = parse_resource_type(exchange->parts.at(0));
  if (!type) {
    return exchange->answer(failure(Fault{FaultCode::invalid_argument,
                                          "type: is none of service, model, dataset, api, "
                                          "workflow and custom"}));
  }
  const Resource resource{*type, exchange->parts.at(1)};
  const auto policy = exchange->service->engine().find_resource(resource);
  exchange->answer(policy ? success(Json{{"policy", to_string(*policy)}})
                          : failure(Fault{FaultCode::not_found,
                                          "resource: nobody shares " + to_string(resource)}));
}

}  // namespace sluice::http
