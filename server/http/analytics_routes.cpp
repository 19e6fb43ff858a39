// SPDX-License-Identifier: Apache-2.0
// What is told of the history of usage beyond its numbers.
#include <array>
#include <string>
#include <utility>

#include "protocol/text/usage_csv.hpp"
#include "server/http/api_routes.hpp"
#include "server/http/located.hpp"
#include "server/http/parameters.hpp"
#include "server/http/usage_query.hpp"

namespace sluice::http {
namespace {

/// In the order of `ForecastBasis` and of `TopBy`.
constexpr std::array basis_names{"nothing", "hours", "minutes", "window"};
constexpr std::array top_by_names{"used", "allowed", "denied", "throttled", "overage"};

Json forecast_document(const Forecast& told, const MeterTable& meters) {
  Json data{{"now", instant_or_null(told.now)}, {"limits", Json::array()}};
  for (const LimitForecast& limit : told.limits) {
    const bool known = limit.basis != ForecastBasis::nothing;
    data["limits"].push_back(
        {{"type", limit.name},
         {"meter", meter_name(limit.meter, meters)},
         {"limit", limit.size ? Json(limit.size->raw()) : Json()},
         {"usage", limit.used.raw()},
         {"resetAt", instant_or_null(limit.until)},
         {"basis", basis_names.at(static_cast<std::size_t>(limit.basis))},
         {"pacePerHour", limit.pace_per_hour.raw()},
         {"lastDay", limit.last_day.raw()},
         {"dayBefore", limit.day_before.raw()},
         {"projected", known ? Json(limit.projected.raw()) : Json()},
         {"projectedAt", known ? instant_or_null(limit.projected_at) : Json()},
         {"exhaustedAt", limit.exhausted_at ? instant_or_null(*limit.exhausted_at) : Json()},
         {"buckets", limit.buckets},
         {"hoursSeen", limit.hours_seen}});
  }
  return data;
}

Json unusual_document(const UnusualUsage& told, const MeterTable& meters) {
  Json data{{"startDate", instant_or_null(told.from)},
            {"endDate", instant_or_null(told.to)},
            {"meters", Json::array()}};
  for (const UnusualMeter& meter : told.meters) {
    Json entry{{"meter", meter_name(meter.meter, meters)},
               {"hoursJudged", meter.hours_judged},
               {"hours", Json::array()}};
    for (const UnusualHour& hour : meter.hours) {
      entry["hours"].push_back({{"start", instant_or_null(hour.start)},
                                {"used", hour.used.raw()},
                                {"expected", hour.usual.expected.raw()},
                                {"spread", hour.usual.spread.raw()},
                                {"lowest", hour.usual.lowest.raw()},
                                {"highest", hour.usual.highest.raw()},
                                {"weeks", hour.weeks}});
    }
    data["meters"].push_back(std::move(entry));
  }
  return data;
}

Json top_document(const TopTenants& top, TopBy by) {
  Json data = range_document(top.range);
  data["by"] = top_by_names.at(static_cast<std::size_t>(by));
  data["tenants"] = Json::array();
  for (const TopTenant& tenant : top.tenants) {
    data["tenants"].push_back({{"id", to_string(tenant.id)},
                               {"slug", tenant.slug},
                               {"name", tenant.name},
                               {"tier", tenant.tier},
                               {"sum", sum_of(tenant, by)},
                               {"used", tenant.used.raw()},
                               {"allowed", tenant.allowed},
                               {"denied", tenant.denied},
                               {"throttled", tenant.throttled},
                               {"overage", tenant.overage.raw()}});
  }
  return data;
}

Result<TopBy> ranking_in(const Request& request) {
  const auto name = request.parameter("by");
  for (std::size_t i = 0; i < top_by_names.size(); ++i) {
    if (!name || *name == top_by_names.at(i)) {
      return static_cast<TopBy>(i);
    }
  }
  return Fault{FaultCode::invalid_argument,
               "by: is none of used, allowed, denied, throttled and overage"};
}

Result<TopQuery> top_query_in(const Exchange& exchange) {
  const Request& request = exchange.request;
  TopQuery query;
  const auto by = ranking_in(request);
  if (!by.ok()) {
    return by.fault();
  }
  const auto asked = usage_query_in(exchange);
  if (!asked.ok()) {
    return asked.fault();
  }
  query.by = by.value();
  query.meter = asked.value().meter;
  query.range = {asked.value().granularity, asked.value().from, asked.value().to};
  if (!request.parameter("startDate")) {
    query.range.from = {};  // By granularity.
  }
  query.tier = request.parameter("tier").value_or("");
  const auto count = count_in(request, "count", query.count, top_tenants_max);
  if (!count) {
    return Fault{FaultCode::invalid_argument,
                 "count: is not from 1 to " + std::to_string(top_tenants_max)};
  }
  query.count = *count;
  return query;
}

}  // namespace

void answer_forecast(const ExchangePtr& exchange, const Route& /*route*/) {
  with_format(exchange, [exchange](bool as_csv) {
    with_tenant(exchange, [exchange, as_csv](TenantId tenant) {
      Service& service = *exchange->service;
      service.engine().forecast(
          service.here, tenant,
          or_fault<Forecast>(exchange, [exchange, as_csv](const Forecast& told) {
            exchange->answer(
                as_csv ? csv(text::csv_of(told, meter_names(*exchange)))
                       : success(forecast_document(told, *exchange->service->engine().meters())));
          }));
    });
  });
}

void answer_unusual(const ExchangePtr& exchange, const Route& /*route*/) {
  with_format(exchange, [exchange](bool as_csv) {
    with_definition(exchange, [exchange, as_csv](const TenantDefinition& tenant) {
      Service& service = *exchange->service;
      service.engine().unusual_usage(
          service.here, tenant.id,
          or_fault<UnusualUsage>(exchange, [exchange, as_csv](const UnusualUsage& told) {
            exchange->answer(
                as_csv ? csv(text::csv_of(told, meter_names(*exchange)))
                       : success(unusual_document(told, *exchange->service->engine().meters())));
          }));
    });
  });
}

void answer_top(const ExchangePtr& exchange, const Route& /*route*/) {
  with_format(exchange, [exchange](bool as_csv) {
    const auto query = top_query_in(*exchange);
    if (!query.ok()) {
      return exchange->answer(failure(query.fault()));
    }
    Service& service = *exchange->service;
    service.engine().top_tenants(
        service.here, query.value(),
        [exchange, by = query.value().by, as_csv](const Result<TopTenants>& top) {
          if (!top.ok()) {
            return exchange->answer(failure_of_range(top.fault()));
          }
          exchange->answer(as_csv ? csv(text::csv_of(top.value()))
                                  : success(top_document(top.value(), by)));
        });
  });
}

}  // namespace sluice::http
