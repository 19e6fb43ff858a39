// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/text/entry_id_text.hpp"
#include "protocol/text/time_text.hpp"
#include "protocol/text/usage_csv.hpp"
#include "server/http/api_routes.hpp"
#include "server/http/located.hpp"
#include "server/http/usage_query.hpp"

namespace sluice::http {
namespace {

template <class Counts>
void put_counts(const Counts& counts, Json& out) {
  out["used"] = counts.used.raw();
  out["allowed"] = counts.allowed;
  out["denied"] = counts.denied;
  out["throttled"] = counts.throttled;
  out["overage"] = counts.overage.raw();
  out["priceMicros"] = counts.price_micros;
  if (!counts.part.is_whole()) {
    out["label"] = counts.part->label;
    out["value"] = counts.part->value;
    out["others"] = counts.part->others;
  }
}

/// What one answer tells of a range, and where the next one begins.
struct UsagePage {
  std::vector<UsagePoint> points;
  std::optional<WallTime> next;
};

/// Ends with whole buckets, so that going on tells nothing twice.
UsagePage page_of(std::vector<UsagePoint> points, std::size_t points_max) {
  static_assert(meters_max < usage_points_max, "a bucket of all meters fits into a page");
  if (points.size() < points_max) {
    return {std::move(points), std::nullopt};
  }
  const WallTime next = points.back().start;
  std::erase_if(points, [next](const UsagePoint& point) { return point.start == next; });
  return {std::move(points), next};
}

Response history_rows(const UsagePage& page, const text::MeterName& name_of) {
  Response rows = csv(text::csv_of(page.points, name_of));
  if (page.next) {
    rows.headers.emplace_back("Sluice-Next", text::format_instant(*page.next));
  }
  return rows;
}

Json history_document(const UsageQuery& query, const UsagePage& page, const MeterTable& meters) {
  Json data = range_document({query.granularity, query.from, query.to});
  data["points"] = Json::array();
  for (const UsagePoint& point : page.points) {
    Json entry{{"start", instant_or_null(point.start)}, {"meter", meter_name(point.meter, meters)}};
    put_counts(point, entry);
    data["points"].push_back(std::move(entry));
  }
  data["complete"] = !page.next;
  data["next"] = page.next ? instant_or_null(*page.next) : Json();
  return data;
}

Json windows_document(const std::vector<ClosedWindow>& windows, const TenantDefinition& tenant,
                      const MeterTable& meters) {
  Json data{{"windows", Json::array()}};
  for (const ClosedWindow& window : windows) {
    const auto limit = std::ranges::find(tenant.limits, window.limit, &Limit::id);
    const bool is_of_grant = window.paid_by != EntryId{};
    data["windows"].push_back(
        {{"type", limit != tenant.limits.end() ? Json(limit->name) : Json()},
         {"limitId", window.limit.raw()},
         {"meter", meter_name(window.meter, meters)},
         {"endedAt", instant_or_null(window.ended_at)},
         {"usage", window.used.raw()},
         {"overage", window.over.raw()},
         {"priceMicros", window.price_micros},
         {"paidBy", is_of_grant ? Json(text::format_entry_id(window.paid_by)) : Json()}});
  }
  data["complete"] = windows.size() < usage_points_max;
  return data;
}

Json statistics_document(const UsageQuery& query, const UsageStatistics& told,
                         const MeterTable& meters) {
  Json data = range_document({query.granularity, told.from, told.to});
  data["meters"] = Json::array();
  for (const MeterStatistics& meter : told.meters) {
    Json entry{{"meter", meter_name(meter.meter, meters)}};
    put_counts(meter, entry);
    entry["buckets"] = meter.buckets;
    entry["deniedPpm"] = denied_ppm(meter);
    entry["peak"] = {{"used", meter.peak_used.raw()}, {"start", instant_or_null(meter.peak_start)}};
    data["meters"].push_back(std::move(entry));
  }
  data["complete"] = true;
  return data;
}

/// Goes on with what the query asks about a tenant. By its definition, because history knows
/// nothing of a tenant that there is not.
template <class GoOn>
void with_usage_query(const ExchangePtr& exchange, GoOn go_on) {
  const auto query = usage_query_in(*exchange);
  if (!query.ok()) {
    return exchange->answer(failure(query.fault()));
  }
  with_definition(exchange, [query = query.value(), go_on](const TenantDefinition& tenant) mutable {
    query.tenant = tenant.id;
    go_on(query);
  });
}

}  // namespace

void answer_usage(const ExchangePtr& exchange, const Route& /*route*/) {
  with_format(exchange, [exchange](bool as_csv) {
    with_usage_query(exchange, [exchange, as_csv](const UsageQuery& query) {
      Service& service = *exchange->service;
      service.engine().history(
          service.here, query,
          or_fault<std::vector<UsagePoint>>(
              exchange, [exchange, query, as_csv](const std::vector<UsagePoint>& points) {
                const UsagePage page = page_of(points, query.points_max);
                if (page.next && page.points.empty()) {
                  return exchange->answer(
                      failure({FaultCode::invalid_argument, std::string{too_many_values}}));
                }
                exchange->answer(as_csv ? history_rows(page, meter_names(*exchange))
                                        : success(history_document(
                                              query, page, *exchange->service->engine().meters())));
              }));
    });
  });
}

void answer_windows(const ExchangePtr& exchange, const Route& /*route*/) {
  with_format(exchange, [exchange](bool as_csv) {
    with_definition(exchange, [exchange, as_csv](const TenantDefinition& tenant) {
      Service& service = *exchange->service;
      service.engine().closed_windows(
          service.here, tenant.id,
          or_fault<std::vector<ClosedWindow>>(
              exchange, [exchange, tenant, as_csv](const std::vector<ClosedWindow>& windows) {
                exchange->answer(
                    as_csv ? csv(text::csv_of(windows, tenant, meter_names(*exchange)))
                           : success(windows_document(windows, tenant,
                                                      *exchange->service->engine().meters())));
              }));
    });
  });
}

void answer_statistics(const ExchangePtr& exchange, const Route& /*route*/) {
  with_format(exchange, [exchange](bool as_csv) {
    with_usage_query(exchange, [exchange, as_csv](const UsageQuery& query) {
      Service& service = *exchange->service;
      service.engine().usage_statistics(
          service.here, query, [exchange, query, as_csv](const Result<UsageStatistics>& told) {
            if (!told.ok()) {
              return exchange->answer(failure_of_range(told.fault()));
            }
            exchange->answer(
                as_csv ? csv(text::csv_of(told.value(), meter_names(*exchange)))
                       : success(statistics_document(query, told.value(),
                                                     *exchange->service->engine().meters())));
          });
    });
  });
}

}  // namespace sluice::http
