// SPDX-License-Identifier: Apache-2.0
#include "server/http/usage_query.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "protocol/text/time_text.hpp"

namespace sluice::http {
namespace {

constexpr std::chrono::hours usual_range{24 * 30};

Fault bad_usage_parameter(std::string_view field, std::string_view what) {
  return Fault{FaultCode::invalid_argument, std::string{field}.append(": ").append(what)};
}

}  // namespace

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

Result<Granularity> granularity_in(const Request& request) {
  const auto name = request.parameter("granularity");
  for (const auto each : {Granularity::day, Granularity::hour, Granularity::minute}) {
    if (!name || name_of(each) == *name) {
      return each;
    }
  }
  return bad_usage_parameter("granularity", "is none of minute, hour and day");
}

Result<std::optional<MeterId>> meter_in(const Exchange& exchange) {
  const auto name = exchange.request.parameter("meter");
  if (!name) {
    return std::optional<MeterId>{};
  }
  const auto meters = exchange.service->engine().meters();
  const auto meter = std::ranges::find(*meters, *name, &Meter::name);
  if (meter == meters->end()) {
    return bad_usage_parameter("meter", "there is none of this name");
  }
  return std::optional{meter->id};
}

Result<WallTime> instant_in(const Request& request, std::string_view name, WallTime otherwise) {
  const auto text = request.parameter(name);
  if (!text) {
    return otherwise;
  }
  const auto instant = text::parse_instant(*text);
  return instant.ok() ? instant
                      : Result<WallTime>(bad_usage_parameter(name, instant.fault().context));
}

Result<UsageQuery> usage_query_in(const Exchange& exchange) {
  const Request& request = exchange.request;
  const auto granularity = granularity_in(request);
  if (!granularity.ok()) {
    return granularity.fault();
  }
  const auto meter = meter_in(exchange);
  if (!meter.ok()) {
    return meter.fault();
  }
  const auto to = instant_in(request, "endDate", exchange.service->now().wall);
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
    return bad_usage_parameter("startDate", "is not before endDate");
  }
  const auto value = request.parameter("value");
  if (value && !request.parameter("label")) {
    return bad_usage_parameter("value", "is of no label");
  }
  return UsageQuery{.tenant = {},
                    .meter = meter.value(),
                    .granularity = granularity.value(),
                    .from = from.value(),
                    .to = to.value(),
                    .points_max = usage_points_max,
                    .label = std::string{request.parameter("label").value_or("")},
                    .value = value ? std::optional<std::string>{*value} : std::nullopt};
}

Json range_document(const UsageRange& range) {
  return Json{{"startDate", instant_or_null(range.from)},
              {"endDate", instant_or_null(range.to)},
              {"granularity", name_of(range.granularity)}};
}

Result<bool> wants_csv(const Request& request) {
  if (const auto format = request.parameter("format")) {
    if (*format != "csv" && *format != "json") {
      return bad_usage_parameter("format", "is none of csv and json");
    }
    return *format == "csv";
  }
  const auto accept = request.header("accept");
  return accept && accept->starts_with("text/csv");
}

Response csv(std::string body) {
  return {.status = 200, .body = std::move(body), .content_type = "text/csv; charset=utf-8"};
}

text::MeterName meter_names(const Exchange& exchange) {
  return [meters = exchange.service->engine().meters()](MeterId id) {
    return meter_name(id, *meters);
  };
}

Response failure_of_range(const Fault& fault) {
  constexpr std::string_view from = "from: ";
  return failure(fault.context.starts_with(from)
                     ? bad_usage_parameter("startDate", fault.context.substr(from.size()))
                     : fault);
}

}  // namespace sluice::http
