// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include "ops/sluicectl/analytics_views.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/usage_columns.hpp"

namespace sluice::ctl {
namespace {

constexpr std::array basis_texts{"nothing", "hours", "minutes", "window"};

void put_counts(Json& out, Amount used, std::uint64_t allowed, std::uint64_t denied,
                std::uint64_t throttled, Amount overage) {
  out["used"] = used.raw();
  out["allowed"] = allowed;
  out["denied"] = denied;
  out["throttled"] = throttled;
  out["overage"] = overage.raw();
}

}  // namespace

Json document_of(const Forecast& forecast, ServerLink& link) {
  Json out;
  put_instant(out, "now", forecast.now);
  out["limits"] = Json::array();
  for (const LimitForecast& limit : forecast.limits) {
    const bool known = limit.basis != ForecastBasis::nothing;
    Json entry{{"limit", limit.name},
               {"meter", link.meter(limit.meter).name},
               {"used", limit.used.raw()},
               {"size", limit.size ? Json(limit.size->raw()) : Json()},
               {"basis", basis_texts.at(static_cast<std::size_t>(limit.basis))},
               {"pace_per_hour", limit.pace_per_hour.raw()},
               {"last_day", limit.last_day.raw()},
               {"day_before", limit.day_before.raw()},
               {"projected", known ? Json(limit.projected.raw()) : Json()},
               {"buckets", limit.buckets},
               {"hours_seen", limit.hours_seen}};
    put_instant(entry, "projected", known ? limit.projected_at : wall_time_never);
    put_instant(entry, "exhausted", limit.exhausted_at.value_or(wall_time_never));
    put_instant(entry, "resets", limit.until);
    out["limits"].push_back(std::move(entry));
  }
  return out;
}

Json document_of(const UnusualUsage& unusual, ServerLink& link) {
  Json out;
  put_instant(out, "from", unusual.from);
  put_instant(out, "to", unusual.to);
  out["meters"] = Json::array();
  for (const UnusualMeter& meter : unusual.meters) {
    Json entry{{"meter", link.meter(meter.meter).name},
               {"hours_judged", meter.hours_judged},
               {"hours", Json::array()}};
    for (const UnusualHour& hour : meter.hours) {
      Json told;
      put_instant(told, "start", hour.start);
      told["used"] = hour.used.raw();
      told["expected"] = hour.usual.expected.raw();
      told["spread"] = hour.usual.spread.raw();
      told["lowest"] = hour.usual.lowest.raw();
      told["highest"] = hour.usual.highest.raw();
      told["weeks"] = hour.weeks;
      entry["hours"].push_back(std::move(told));
    }
    out["meters"].push_back(std::move(entry));
  }
  return out;
}

Json document_of(const Ranking& ranking, ServerLink& link) {
  Json out{{"by", to_string(ranking.query.by)},
           {"meter", ranking.query.meter ? Json(link.meter(*ranking.query.meter).name) : Json()}};
  put_instant(out, "from", ranking.top.range.from);
  put_instant(out, "to", ranking.top.range.to);
  out["tenants"] = Json::array();
  for (const TopTenant& tenant : ranking.top.tenants) {
    Json entry{{"id", to_string(tenant.id)},
               {"slug", tenant.slug},
               {"name", tenant.name},
               {"tier", tenant.tier}};
    put_counts(entry, tenant.used, tenant.allowed, tenant.denied, tenant.throttled, tenant.overage);
    out["tenants"].push_back(std::move(entry));
  }
  return out;
}

Json document_of(const UsageStatistics& statistics, ServerLink& link) {
  Json out;
  put_instant(out, "from", statistics.from);
  put_instant(out, "to", statistics.to);
  out["complete"] = statistics.complete;
  out["meters"] = Json::array();
  for (const MeterStatistics& meter : statistics.meters) {
    Json entry{{"meter", link.meter(meter.meter).name}, {"buckets", meter.buckets}};
    put_counts(entry, meter.used, meter.allowed, meter.denied, meter.throttled, meter.overage);
    entry["price_micros"] = meter.price_micros;
    put_part(entry, meter.part);
    entry["denied_ppm"] = denied_ppm(meter);
    entry["peak_used"] = meter.peak_used.raw();
    put_instant(entry, "peak", meter.peak_start);
    out["meters"].push_back(std::move(entry));
  }
  out["points"] = Json::array();
  for (const UsagePoint& point : statistics.points) {
    Json entry{{"meter", link.meter(point.meter).name}};
    put_instant(entry, "start", point.start);
    put_counts(entry, point.used, point.allowed, point.denied, point.throttled, point.overage);
    out["points"].push_back(std::move(entry));
  }
  return out;
}

}  // namespace sluice::ctl
