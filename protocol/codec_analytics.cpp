// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec_analytics.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"
#include "protocol/codec_points.hpp"

namespace sluice {
namespace {

constexpr std::size_t unusual_hours_max = 24;
/// The rest of a frame is for the call around the answer.
constexpr std::uint64_t statistics_words_max = wire::FRAME_BYTES_MAX / sizeof(capnp::word) * 7 / 8;
static_assert(usage_points_max * capnp::sizeInWords<wire::UsagePoint>() +
                  meters_max * capnp::sizeInWords<wire::MeterStatistics>() <=
              statistics_words_max);

std::optional<MeterId> meter_or_all(std::uint16_t raw) {
  return raw == 0 ? std::nullopt : std::optional{MeterId{raw}};
}

template <class Params>
UsageRange range_in(Params in, FieldReader& fields) {
  return {fields.enumerant(in.getGranularity(), Granularity::day, "granularity"),
          decode_time(in.getFromNs()), decode_time(in.getToNs())};
}
template <class Params>
void put_range(const UsageRange& range, Params out) {
  out.setGranularity(encode_enum<wire::Granularity>(range.granularity));
  out.setFromNs(encode_time(range.from));
  out.setToNs(encode_time(range.to));
}

std::uint32_t within_32_bits(std::size_t count) {
  return static_cast<std::uint32_t>(
      std::min<std::size_t>(count, std::numeric_limits<std::uint32_t>::max()));
}

LimitForecast decode_limit_forecast(wire::LimitForecast::Reader in, const std::string& at,
                                    FieldReader& fields) {
  LimitForecast told;
  told.limit = LimitId{in.getLimit()};
  told.name = fields.text(in.getName(), at + ".name");
  told.meter = MeterId{in.getMeter()};
  const Amount size = fields.amount(in.getSize(), at + ".size");
  if (size != Amount::max()) {
    told.size = size;
  }
  told.used = fields.amount(in.getUsed(), at + ".used");
  told.until = decode_time(in.getUntilNs());
  told.basis = fields.enumerant(in.getBasis(), ForecastBasis::window, "basis");
  told.pace_per_hour = fields.amount(in.getPacePerHour(), at + ".pacePerHour");
  told.last_day = fields.amount(in.getLastDay(), at + ".lastDay");
  told.day_before = fields.amount(in.getDayBefore(), at + ".dayBefore");
  told.projected = fields.amount(in.getProjected(), at + ".projected");
  told.projected_at = decode_time(in.getProjectedAtNs());
  if (in.getExhaustedAtNs() != 0) {
    told.exhausted_at = decode_time(in.getExhaustedAtNs());
  }
  told.buckets = in.getBuckets();
  told.hours_seen = in.getHoursSeen();
  return told;
}

void encode_limit_forecast(const LimitForecast& told, wire::LimitForecast::Builder out) {
  out.setLimit(told.limit.raw());
  out.setName(told.name);
  out.setMeter(told.meter.raw());
  out.setSize(told.size.value_or(Amount::max()).raw());
  out.setUsed(told.used.raw());
  out.setUntilNs(encode_time(told.until));
  out.setBasis(encode_enum<wire::ForecastBasis>(told.basis));
  out.setPacePerHour(told.pace_per_hour.raw());
  out.setLastDay(told.last_day.raw());
  out.setDayBefore(told.day_before.raw());
  out.setProjected(told.projected.raw());
  out.setProjectedAtNs(encode_time(told.projected_at));
  // A clock at the very beginning of its time: one moment later.
  out.setExhaustedAtNs(
      told.exhausted_at ? std::max<std::int64_t>(encode_time(*told.exhausted_at), 1) : 0);
  out.setBuckets(told.buckets);
  out.setHoursSeen(told.hours_seen);
}

UnusualHour decode_unusual_hour(wire::UnusualHour::Reader in, const std::string& at,
                                FieldReader& fields) {
  UnusualHour hour;
  hour.start = decode_time(in.getStartNs());
  hour.used = fields.amount(in.getUsed(), at + ".used");
  hour.usual.expected = fields.amount(in.getExpected(), at + ".expected");
  hour.usual.spread = fields.amount(in.getSpread(), at + ".spread");
  hour.usual.lowest = fields.amount(in.getLowest(), at + ".lowest");
  hour.usual.highest = fields.amount(in.getHighest(), at + ".highest");
  hour.weeks = in.getWeeks();
  return hour;
}

void encode_unusual_hour(const UnusualHour& hour, wire::UnusualHour::Builder out) {
  out.setStartNs(encode_time(hour.start));
  out.setUsed(hour.used.raw());
  out.setExpected(hour.usual.expected.raw());
  out.setSpread(hour.usual.spread.raw());
  out.setLowest(hour.usual.lowest.raw());
  out.setHighest(hour.usual.highest.raw());
  out.setWeeks(static_cast<std::uint8_t>(hour.weeks));
}

MeterStatistics decode_meter(wire::MeterStatistics::Reader in, const std::string& at,
                             FieldReader& fields) {
  MeterStatistics told;
  told.meter = MeterId{in.getMeter()};
  told.buckets = in.getBuckets();
  told.used = fields.amount(in.getUsed(), at + ".used");
  told.allowed = in.getAllowed();
  told.denied = in.getDenied();
  told.throttled = in.getThrottled();
  told.overage = fields.amount(in.getOverage(), at + ".overage");
  told.peak_used = fields.amount(in.getPeakUsed(), at + ".peakUsed");
  told.peak_start = decode_time(in.getPeakStartNs());
  told.price_micros = fields.amount(in.getPriceMicros(), at + ".priceMicros").raw();
  if (in.hasPart()) {
    told.part = decode_part(in.getPart(), at + ".part", fields);
  }
  return told;
}

void encode_meter(const MeterStatistics& told, wire::MeterStatistics::Builder out) {
  out.setMeter(told.meter.raw());
  out.setBuckets(told.buckets);
  out.setUsed(told.used.raw());
  out.setAllowed(told.allowed);
  out.setDenied(told.denied);
  out.setThrottled(told.throttled);
  out.setOverage(told.overage.raw());
  out.setDeniedPpm(denied_ppm(told));
  out.setPeakUsed(told.peak_used.raw());
  out.setPeakStartNs(encode_time(told.peak_start));
  out.setPriceMicros(told.price_micros);
  if (!told.part.is_whole()) {
    encode_part(*told.part, out.initPart());
  }
}

}  // namespace

Result<Forecast> decode_forecast(wire::Forecast::Reader in) {
  FieldReader fields("forecast");
  Forecast told;
  told.now = decode_time(in.getNowNs());
  const auto limits = in.getLimits();
  if (fields.require(limits.size() <= limits_per_tenant_max, "limits",
                     "are more than " + std::to_string(limits_per_tenant_max))) {
    for (unsigned i = 0; i < limits.size(); ++i) {
      told.limits.push_back(decode_limit_forecast(limits[i], at_index("limits", i), fields));
    }
  }
  return fields.finish(std::move(told));
}

void encode_forecast(const Forecast& forecast, wire::Forecast::Builder out) {
  out.setNowNs(encode_time(forecast.now));
  auto limits = out.initLimits(static_cast<unsigned>(forecast.limits.size()));
  for (unsigned i = 0; i < limits.size(); ++i) {
    encode_limit_forecast(forecast.limits[i], limits[i]);
  }
}

Result<TopQuery> decode_top_query(wire::Operator::TopTenantsParams::Reader in) {
  FieldReader fields("");
  TopQuery query;
  query.by = fields.enumerant(in.getBy(), TopBy::overage, "by");
  query.meter = meter_or_all(in.getMeter());
  query.range = range_in(in, fields);
  query.count = in.getCount();
  query.tier = fields.text(in.getTier(), "tier");
  return fields.finish(std::move(query));
}

void encode_top_query(const TopQuery& query, wire::Operator::TopTenantsParams::Builder out) {
  out.setBy(encode_enum<wire::TopBy>(query.by));
  out.setMeter(query.meter.value_or(MeterId{}).raw());
  put_range(query.range, out);
  out.setCount(within_32_bits(query.count));
  out.setTier(query.tier);
}

Result<TopTenants> decode_top(wire::TopTenants::Reader in) {
  FieldReader fields("topTenants");
  TopTenants top;
  top.range.from = decode_time(in.getFromNs());
  top.range.to = decode_time(in.getToNs());
  const auto tenants = in.getTenants();
  if (fields.require(tenants.size() <= top_tenants_max, "tenants",
                     "are more than " + std::to_string(top_tenants_max))) {
    for (unsigned i = 0; i < tenants.size(); ++i) {
      const auto from = tenants[i];
      const std::string at = at_index("tenants", i);
      TopTenant tenant;
      tenant.id = TenantId{from.getId().getHigh(), from.getId().getLow()};
      tenant.slug = fields.text(from.getSlug(), at + ".slug");
      tenant.name = fields.text(from.getName(), at + ".name");
      tenant.tier = fields.text(from.getTier(), at + ".tier");
      tenant.used = fields.amount(from.getUsed(), at + ".used");
      tenant.allowed = from.getAllowed();
      tenant.denied = from.getDenied();
      tenant.throttled = from.getThrottled();
      tenant.overage = fields.amount(from.getOverage(), at + ".overage");
      top.tenants.push_back(std::move(tenant));
    }
  }
  return fields.finish(std::move(top));
}

void encode_top(const TopTenants& top, TopBy by, wire::TopTenants::Builder out) {
  out.setFromNs(encode_time(top.range.from));
  out.setToNs(encode_time(top.range.to));
  auto tenants = out.initTenants(static_cast<unsigned>(top.tenants.size()));
  for (unsigned i = 0; i < tenants.size(); ++i) {
    const TopTenant& tenant = top.tenants[i];
    auto to = tenants[i];
    to.initId().setHigh(tenant.id.high);
    to.getId().setLow(tenant.id.low);
    to.setSlug(tenant.slug);
    to.setName(tenant.name);
    to.setTier(tenant.tier);
    to.setSum(sum_of(tenant, by));
    to.setUsed(tenant.used.raw());
    to.setAllowed(tenant.allowed);
    to.setDenied(tenant.denied);
    to.setThrottled(tenant.throttled);
    to.setOverage(tenant.overage.raw());
  }
}

Result<UnusualUsage> decode_unusual(wire::UnusualUsage::Reader in) {
  FieldReader fields("unusualUsage");
  UnusualUsage told;
  told.from = decode_time(in.getFromNs());
  told.to = decode_time(in.getToNs());
  const auto meters = in.getMeters();
  fields.require(meters.size() <= meters_max, "meters",
                 "are more than " + std::to_string(meters_max));
  for (unsigned i = 0; i < std::min<std::size_t>(meters.size(), meters_max); ++i) {
    const std::string at = at_index("meters", i);
    UnusualMeter meter{.meter = MeterId{meters[i].getMeter()},
                       .hours_judged = meters[i].getHoursJudged()};
    const auto hours = meters[i].getHours();
    fields.require(hours.size() <= unusual_hours_max, at + ".hours", "are more than 24");
    for (unsigned k = 0; k < std::min<std::size_t>(hours.size(), unusual_hours_max); ++k) {
      meter.hours.push_back(decode_unusual_hour(hours[k], at_index(at + ".hours", k), fields));
    }
    told.meters.push_back(std::move(meter));
  }
  return fields.finish(std::move(told));
}

void encode_unusual(const UnusualUsage& unusual, wire::UnusualUsage::Builder out) {
  out.setFromNs(encode_time(unusual.from));
  out.setToNs(encode_time(unusual.to));
  auto meters = out.initMeters(static_cast<unsigned>(unusual.meters.size()));
  for (unsigned i = 0; i < meters.size(); ++i) {
    const UnusualMeter& meter = unusual.meters[i];
    meters[i].setMeter(meter.meter.raw());
    meters[i].setHoursJudged(meter.hours_judged);
    auto hours = meters[i].initHours(static_cast<unsigned>(meter.hours.size()));
    for (unsigned k = 0; k < hours.size(); ++k) {
      encode_unusual_hour(meter.hours[k], hours[k]);
    }
  }
}

Result<UsageQuery> decode_statistics_asked(wire::TenantAdmin::UsageStatisticsParams::Reader in) {
  FieldReader fields("");
  const UsageRange range = range_in(in, fields);
  UsageQuery query{.tenant = {},
                   .meter = meter_or_all(in.getMeter()),
                   .granularity = range.granularity,
                   .from = range.from,
                   .to = range.to};
  decode_part_asked(in, fields, query);
  return fields.finish(std::move(query));
}

void encode_statistics_asked(const UsageQuery& query,
                             wire::TenantAdmin::UsageStatisticsParams::Builder out) {
  out.setMeter(query.meter.value_or(MeterId{}).raw());
  put_range(UsageRange{query.granularity, query.from, query.to}, out);
  encode_part_asked(query, out);
}

Result<PlatformUsageQuery> decode_platform_query(
    wire::Operator::PlatformStatisticsParams::Reader in) {
  FieldReader fields("");
  PlatformUsageQuery query;
  query.meter = meter_or_all(in.getMeter());
  query.range = range_in(in, fields);
  query.tier = fields.text(in.getTier(), "tier");
  query.points_max = in.getPointsMax();
  return fields.finish(std::move(query));
}

void encode_platform_query(const PlatformUsageQuery& query,
                           wire::Operator::PlatformStatisticsParams::Builder out) {
  out.setMeter(query.meter.value_or(MeterId{}).raw());
  put_range(query.range, out);
  out.setTier(query.tier);
  out.setPointsMax(within_32_bits(query.points_max));
}

Result<UsageStatistics> decode_usage_statistics(wire::UsageStatistics::Reader in) {
  FieldReader fields("statistics");
  UsageStatistics told;
  told.complete = in.getComplete();
  told.from = decode_time(in.getFromNs());
  told.to = decode_time(in.getToNs());
  const auto meters = in.getMeters();
  if (fields.require(meters.size() <= meters_max, "meters",
                     "are more than " + std::to_string(meters_max))) {
    for (unsigned i = 0; i < meters.size(); ++i) {
      told.meters.push_back(decode_meter(meters[i], at_index("meters", i), fields));
    }
  }
  const auto points = in.getPoints();
  if (fields.require(points.size() <= usage_points_max, "points",
                     "are more than " + std::to_string(usage_points_max))) {
    for (unsigned i = 0; i < points.size(); ++i) {
      told.points.push_back(decode_usage_point(points[i], at_index("points", i), fields));
    }
  }
  return fields.finish(std::move(told));
}

void encode_usage_statistics(const UsageStatistics& told, wire::UsageStatistics::Builder out) {
  out.setComplete(told.complete);
  out.setFromNs(encode_time(told.from));
  out.setToNs(encode_time(told.to));
  auto meters = out.initMeters(static_cast<unsigned>(told.meters.size()));
  for (unsigned i = 0; i < meters.size(); ++i) {
    encode_meter(told.meters[i], meters[i]);
  }
  auto points = out.initPoints(static_cast<unsigned>(told.points.size()));
  for (unsigned i = 0; i < points.size(); ++i) {
    encode_usage_point(told.points[i], points[i]);
  }
}

}  // namespace sluice
