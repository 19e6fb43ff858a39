// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <memory>
#include <utility>

#include "server/http/check_call.hpp"
#include "server/http/check_routes.hpp"
#include "server/http/decision_document.hpp"
#include "server/http/label_parameter.hpp"
#include "server/http/rate_limit_fields.hpp"

namespace sluice::http {
namespace {

struct Place {
  const char* member;          ///< Of the check.
  std::string_view parameter;  ///< Of the query; what stands there wins.
  std::string_view header;
};
constexpr std::array<Place, 4> places{{
    {"tenant", "tenant", "x-sluice-tenant"},
    {"meter", "meter", "x-sluice-meter"},
    {"amount", "amount", "x-sluice-amount"},
    {"mode", "mode", "x-sluice-mode"},
}};

/// The same check as a body would say it.
std::optional<Json> check_in(const Request& request) {
  Json check = Json::object();
  for (const Place& place : places) {
    const auto in_query = request.parameter(place.parameter);
    if (const auto value = in_query ? in_query : request.header(place.header)) {
      check[place.member] = *value;
    }
  }
  if (!check.contains("meter")) {
    check["meter"] = "api_requests";
  }
  if (!check.contains("amount")) {
    check["amount"] = "1";
  }
  const auto in_query = request.parameter("labels");
  const auto text = in_query ? in_query : request.header("x-sluice-labels");
  const auto labels = parse_label_list(text.value_or(""));
  if (!labels) {
    return std::nullopt;
  }
  for (const OwnedLabel& label : *labels) {
    check["labels"][label.name] = label.value;
  }
  return check;
}

/// A proxy knows three answers: go on, too many, and no; and that nobody could say.
unsigned status_for_proxy(Outcome outcome, unsigned refused_as) {
  switch (status_of(outcome)) {
    case 200:
      return 200;
    case 429:
      return refused_as;
    case 503:
      return 503;
    default:
      return 403;
  }
}

void answer_proxy(CheckCall& call, unsigned refused_as, const Policy* policy) {
  const CheckCall::Item& item = call.items.front();
  const Outcome outcome = item.outcome();
  Response response;
  if (outcome == Outcome::allowed) {
    response.content_type.clear();
  } else {
    response = failure(status_for_proxy(outcome, refused_as), to_string(outcome), message_of(item),
                       document_of(item, *call.exchange()->service->engine().meters(), policy));
  }
  response.headers.emplace_back("X-Sluice-Outcome", to_string(outcome));
  add_rate_limit_fields(response, item.decision, policy, call.exchange()->service->now().wall);
  call.exchange()->answer(std::move(response));
}

/// What the query says of refusals; nothing if it says something else.
std::optional<unsigned> refused_as(const Request& request) {
  const auto said = request.parameter("refused");
  if (!said || *said == "429") {
    return 429;
  }
  return *said == "403" ? std::optional<unsigned>(403) : std::nullopt;
}

}  // namespace

void answer_auth(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto status = refused_as(exchange->request);
  const auto check = check_in(exchange->request);
  if (!status || !check) {
    return exchange->answer(failure(
        403, "invalid",
        !status ? "refused: is neither 429 nor 403" : "labels: are not name=value, name=value"));
  }
  const auto meters = exchange->service->engine().meters();
  std::vector<CheckCall::Item> items(1);
  items[0].objected = read_check(*check,
                                 {.meters = *meters,
                                  .mode = {},
                                  .idempotency_key = exchange->request.header(idempotency_key),
                                  .random = exchange->service->random},
                                 "", items[0].asked);
  const auto decided = [refused = *status](CheckCall& call, bool reliable) {
    if (!reliable) {
      return call.exchange()->answer(
          failure(503, "outcome_unknown", "whether this was charged is not known"));
    }
    const CheckCall::Item& item = call.items.front();
    if (!item.decision.has_reading) {
      return answer_proxy(call, refused, nullptr);
    }
    call.exchange()->service->policies.find(
        item.tenant, item.decision.reading.limit,
        [self = call.shared_from_this(), refused](const Policy* policy) {
          answer_proxy(*self, refused, policy);
        });
  };
  std::make_shared<CheckCall>(exchange, std::move(items), decided)->run();
}

}  // namespace sluice::http
