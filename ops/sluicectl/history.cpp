// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/history.hpp"

#include <algorithm>
#include <chrono>

#include "actors/tenant/what_if.hpp"
#include "ops/sluicectl/rule_wish.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

Duration default_span(Granularity granularity) {
  switch (granularity) {
    case Granularity::minute:
      return std::chrono::hours{1};
    case Granularity::hour:
      return std::chrono::hours{24};
    case Granularity::day:
      return std::chrono::hours{30 * 24};
  }
  return {};
}

/// There is nothing before 1970.
WallTime before(WallTime end, Duration span, Duration step) {
  const Duration start = std::max(end.time_since_epoch(), Duration{}) - span;
  return WallTime{std::max(start - start % step, Duration{})};
}

}  // namespace

std::string_view to_string(Granularity granularity) {
  switch (granularity) {
    case Granularity::minute:
      return "minute";
    case Granularity::hour:
      return "hour";
    case Granularity::day:
      return "day";
  }
  return "";
}

Granularity granularity_from(std::string_view name) {
  for (const Granularity granularity : {Granularity::minute, Granularity::hour}) {
    if (to_string(granularity) == name) {
      return granularity;
    }
  }
  return Granularity::day;
}

Result<Done> set_span(UsageQuery& query, const Span& span, WallTime now) {
  if (!span.to.empty()) {
    const auto to = named("--to", parse_instant(span.to));
    if (!to.ok()) {
      return to.fault();
    }
    query.to = to.value();
  }
  if (!span.from.empty()) {
    const auto from = named("--from", parse_instant(span.from));
    if (!from.ok()) {
      return from.fault();
    }
    query.from = from.value();
  } else {
    const auto last = span.last.empty() ? default_span(query.granularity)
                                        : named("--last", parse_duration(span.last));
    if (!last.ok()) {
      return last.fault();
    }
    query.from =
        before(span.to.empty() ? now : query.to, last.value(), length_of(query.granularity));
  }
  if (query.from >= query.to) {
    return Fault{FaultCode::invalid_argument, "--to: must be after --from"};
  }
  return Done{};
}

}  // namespace sluice::ctl
