// SPDX-License-Identifier: Apache-2.0
#include "server/http/live_routes.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/limit_rules.hpp"
#include "protocol/text/entry_id_text.hpp"
#include "server/http/answers.hpp"
#include "server/http/label_parameter.hpp"
#include "server/http/located.hpp"
#include "server/http/parameters.hpp"
#include "server/http/tenant_bodies.hpp"

namespace sluice::http {
namespace {

Fault wrong_live_parameter(std::string what) {
  return Fault{FaultCode::invalid_argument, std::move(what)};
}

/// What both lists are asked with; a fault says what is none.
template <class Query>
std::optional<Fault> read_live_query(const Request& request, Query& query) {
  auto labels = parse_label_list(request.parameter("labels").value_or(""));
  const auto is_label = [](const OwnedLabel& label) {
    return is_label_name(label.name) && is_label_value(label.value);
  };
  if (!labels || labels->size() > labels_per_check_max || !std::ranges::all_of(*labels, is_label)) {
    return wrong_live_parameter("labels: are not name=value, name=value");
  }
  query.labels = *std::move(labels);
  if (const auto after = request.parameter("after")) {
    const auto id = text::parse_entry_id(*after);
    if (!id.ok()) {
      return wrong_live_parameter("after: is not a UUID");
    }
    query.after = id.value();
  }
  const auto count = count_in(request, "limit", query.page_size, live_page_size_max);
  if (!count) {
    return wrong_live_parameter("limit: is not from 1 to " + std::to_string(live_page_size_max));
  }
  query.page_size = *count;
  return std::nullopt;
}

Json labels_document(const std::vector<OwnedLabel>& labels) {
  Json out = Json::object();
  for (const OwnedLabel& label : labels) {
    out[label.name] = label.value;
  }
  return out;
}

Json counter_document(const LabelCounter& counter, const MeterTable& meters) {
  const LimitReading& reading = counter.reading;
  return Json{{"id", text::format_entry_id(counter.id)},
              {"type", counter.limit},
              {"meter", meter_name(reading.meter, meters)},
              {"labels", labels_document(counter.labels)},
              {"limit", reading.size ? Json(reading.size->raw()) : Json()},
              {"usage", reading.used.raw()},
              {"held", reading.held.raw()},
              {"remaining", reading.size ? Json(reading.remaining.raw()) : Json()},
              {"resetAt", instant_or_null(reading.resets_at)},
              {"idle", counter.idle}};
}

Json reservation_document(const OpenHold& hold, const MeterTable& meters) {
  Json charges = Json::array();
  for (const HeldCharge& charge : hold.charges) {
    charges.push_back({{"meter", meter_name(charge.meter, meters)},
                       {"held", charge.held.raw()},
                       {"usage", charge.used.raw()}});
  }
  const TenantId policy{hold.policy.high, hold.policy.low};
  return Json{{"id", text::format_entry_id(hold.id)},
              {"kind", hold.kind == HoldKind::lease ? "lease" : "reservation"},
              {"charges", std::move(charges)},
              {"labels", labels_document(hold.labels)},
              {"policy", policy == TenantId{} ? Json() : Json(to_string(policy))},
              {"madeAt", instant_or_null(hold.made_at)},
              {"expiresAt", instant_or_null(hold.expires_at)}};
}

/// Why there are no such counters. The engine names the field as the native interface does.
Response failure_of_counters(const Fault& fault) {
  constexpr std::string_view limit = "limit: ";
  return failure(fault.context.starts_with(limit)
                     ? Fault{fault.code, "type: " + fault.context.substr(limit.size())}
                     : fault);
}

/// The elements by the name of their list, and behind which of them the next page begins.
template <class Element>
Json page_document(const char* name, const std::vector<Element>& elements, bool more, WallTime at,
                   Json (*document)(const Element&, const MeterTable&), const MeterTable& meters) {
  Json data{{"at", instant_or_null(at)}, {name, Json::array()}, {"next", nullptr}};
  for (const Element& element : elements) {
    data[name].push_back(document(element, meters));
  }
  if (more && !elements.empty()) {
    data["next"] = text::format_entry_id(elements.back().id);
  }
  return data;
}

}  // namespace

void answer_counters(const ExchangePtr& exchange, const Route& /*route*/) {
  CounterQuery query;
  if (const auto fault = read_live_query(exchange->request, query)) {
    return exchange->answer(failure(*fault));
  }
  query.limit = exchange->request.parameter("type").value_or("");
  with_tenant(exchange, [exchange, query = std::move(query)](TenantId tenant) {
    CounterQuery of_tenant = query;
    of_tenant.tenant = tenant;
    Service& service = *exchange->service;
    service.engine().counters(
        service.here, std::move(of_tenant), [exchange](const Result<CounterPage>& page) {
          if (!page.ok()) {
            return exchange->answer(failure_of_counters(page.fault()));
          }
          const auto meters = exchange->service->engine().meters();
          exchange->answer(success(page_document<LabelCounter>("counters", page.value().counters,
                                                               page.value().more, page.value().at,
                                                               counter_document, *meters)));
        });
  });
}

void answer_reservations(const ExchangePtr& exchange, const Route& /*route*/) {
  HoldQuery query;
  if (const auto fault = read_live_query(exchange->request, query)) {
    return exchange->answer(failure(*fault));
  }
  with_tenant(exchange, [exchange, query = std::move(query)](TenantId tenant) {
    HoldQuery of_tenant = query;
    of_tenant.tenant = tenant;
    Service& service = *exchange->service;
    service.engine().holds(
        service.here, std::move(of_tenant),
        or_fault<HoldPage>(exchange, [exchange](const HoldPage& page) {
          const auto meters = exchange->service->engine().meters();
          exchange->answer(success(page_document<OpenHold>(
              "reservations", page.holds, page.more, page.at, reservation_document, *meters)));
        }));
  });
}

}  // namespace sluice::http
