// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include "protocol/text/time_text.hpp"
#include "server/http/api_routes.hpp"
#include "server/http/located.hpp"
#include "server/http/tenant_bodies.hpp"

namespace sluice::http {
namespace {

constexpr std::chrono::hours usual_range{24 * 30};

Fault wrong(std::string_view field, std::string_view what) {
  return Fault{FaultCode::invalid_argument, std::string{field} + ": " + std::string{what}};
}

std::string_view name_of(Granularity granularity) {
  switch (granularity) {
    case Granularity::minute:
      return "minute";
    case Granularity::hour:
      return "hour";
    case Granularity::day:
      return "day";
  }
  return "day";
}

std::optional<Granularity> granularity_from(std::string_view name) {
  for (const auto each : {Granularity::minute, Granularity::hour, Granularity::day}) {
    if (name_of(each) == name) {
      return each;
    }
  }
  return std::nullopt;
}

/// The instant in the query; a date is its midnight in UTC.
Result<WallTime> instant_in(const Request& request, std::string_view name, WallTime otherwise) {
  const auto text = request.parameter(name);
  if (!text) {
    return otherwise;
  }
  const auto instant = text::parse_instant(*text);
  return instant.ok() ? instant : Result<WallTime>(wrong(name, instant.fault().context));
}

/// What the query asks for; the tenant is not yet known.
Result<UsageQuery> query_in(const Exchange& exchange) {
  const Request& request = exchange.request;
  const WallTime now = exchange.service->now().wall;
  UsageQuery query{.tenant = {}, .granularity = Granularity::day, .points_max = usage_points_max};
  if (const auto name = request.parameter("granularity")) {
    const auto granularity = granularity_from(*name);
    if (!granularity) {
      return wrong("granularity", "is none of minute, hour and day");
    }
    query.granularity = *granularity;
  }
  if (const auto name = request.parameter("meter")) {
    const auto meters = exchange.service->engine().meters();
    const auto meter = std::ranges::find(*meters, *name, &Meter::name);
    if (meter == meters->end()) {
      return wrong("meter", "there is none of this name");
    }
    query.meter = meter->id;
  }
  const auto to = instant_in(request, "endDate", now);
  if (!to.ok()) {
    return to.fault();
  }
  const auto from =
      instant_in(request, "startDate",
                 to.value() - std::min<Duration>(usual_range, to.value().time_since_epoch()));
  if (!from.ok()) {
    return from.fault();
  }
  if (from.value() >= to.value()) {
    return wrong("startDate", "is not before endDate");
  }
  query.from = from.value();
  query.to = to.value();
  return query;
}

Json counts_of(const UsagePoint& point) {
  return Json{{"used", point.used.raw()},
              {"allowed", point.allowed},
              {"denied", point.denied},
              {"throttled", point.throttled},
              {"overage", point.overage.raw()}};
}

Json range_of(const UsageQuery& query) {
  return Json{{"startDate", instant_or_null(query.from)},
              {"endDate", instant_or_null(query.to)},
              {"granularity", name_of(query.granularity)}};
}

Json history_document(const UsageQuery& query, const std::vector<UsagePoint>& points,
                      const MeterTable& meters) {
  Json data = range_of(query);
  data["points"] = Json::array();
  for (const UsagePoint& point : points) {
    Json entry{{"start", instant_or_null(point.start)}, {"meter", meter_name(point.meter, meters)}};
    entry.update(counts_of(point));
    data["points"].push_back(std::move(entry));
  }
  data["complete"] = points.size() < query.points_max;
  return data;
}

Json totals_document(const UsageQuery& query, const std::vector<UsagePoint>& points,
                     const MeterTable& meters) {
  std::map<MeterId, UsagePoint> totals;
  for (const UsagePoint& point : points) {
    UsagePoint& total =
        totals.try_emplace(point.meter, UsagePoint{point.meter, {}, {}}).first->second;
    total.used = total.used + point.used;
    total.allowed += point.allowed;
    total.denied += point.denied;
    total.throttled += point.throttled;
    total.overage = total.overage + point.overage;
  }
  Json data = range_of(query);
  data["meters"] = Json::array();
  for (const auto& [meter, total] : totals) {
    Json entry{{"meter", meter_name(meter, meters)}};
    entry.update(counts_of(total));
    data["meters"].push_back(std::move(entry));
  }
  data["complete"] = points.size() < query.points_max;
  return data;
}

using Document = Json (*)(const UsageQuery&, const std::vector<UsagePoint>&, const MeterTable&);

void answer_history(const ExchangePtr& exchange, Document document) {
  const auto query = query_in(*exchange);
  if (!query.ok()) {
    return exchange->answer(failure(query.fault()));
  }
  // By its definition, because history knows nothing of a tenant that there is not.
  with_definition(exchange, [exchange, query = query.value(),
                             document](const TenantDefinition& tenant) mutable {
    query.tenant = tenant.id;
    Service& service = *exchange->service;
    service.engine().history(
        service.here, query,
        or_fault<std::vector<UsagePoint>>(exchange, [exchange, query, document](
                                                        const std::vector<UsagePoint>& points) {
          exchange->answer(success(document(query, points, *exchange->service->engine().meters())));
        }));
  });
}

}  // namespace

void answer_usage(const ExchangePtr& exchange, const Route& /*route*/) {
  answer_history(exchange, history_document);
}

void answer_statistics(const ExchangePtr& exchange, const Route& /*route*/) {
  answer_history(exchange, totals_document);
}

}  // namespace sluice::http
