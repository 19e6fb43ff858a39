// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/analytics/unusual.hpp"

#include <algorithm>
#include <string>

#include "actors/tenant/analytics/usage_range.hpp"
#include "actors/tenant/audit_json.hpp"
#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

constexpr Duration one_hour = std::chrono::hours{1};

/// Of two in the middle what lies between them, rounded down. Sorts.
Amount median(std::span<Amount> values) {
  SLUICE_INVARIANT(!values.empty());
  std::ranges::sort(values);
  const Amount high = values[values.size() / 2];
  if (values.size() % 2 == 1) {
    return high;
  }
  const Amount low = values[values.size() / 2 - 1];
  return Amount{low.raw() + excess(high, low).raw() / 2};
}

Amount distance(Amount a, Amount b) {
  return a > b ? excess(a, b) : excess(b, a);
}

Amount times(std::uint64_t factor, Amount amount) {
  return amount.raw() > Amount::max_raw / factor ? Amount::max() : Amount{factor * amount.raw()};
}

bool is_unusual(const ComparedHour& hour, const UsualUsage& usual) {
  return hour.used < usual.lowest || hour.used > usual.highest;
}

}  // namespace

std::size_t weeks_in_use(WallTime hour, WallTime first_day) noexcept {
  if (first_day > hour) {
    return 0;
  }
  return static_cast<std::size_t>(
      std::min<std::int64_t>((hour - first_day) / one_week, unusual_weeks_max));
}

std::optional<UsualUsage> usual_of(const ComparedHour& hour) {
  SLUICE_INVARIANT(hour.weeks <= unusual_weeks_max);
  if (hour.weeks < unusual_weeks_min) {
    return std::nullopt;
  }
  std::array<Amount, unusual_weeks_max> sorted = hour.earlier;
  const std::span<Amount> weeks = std::span{sorted}.first(hour.weeks);
  UsualUsage usual;
  usual.expected = median(weeks);
  for (Amount& week : weeks) {
    week = distance(week, usual.expected);
  }
  usual.spread = median(weeks);
  const Amount spreads = std::max(times(unusual_spreads, usual.spread), unusual_least);
  const Amount three_quarters{usual.expected.raw() - usual.expected.raw() / 4};
  usual.highest = usual.expected + std::max(spreads, usual.expected);
  usual.lowest = excess(usual.expected, std::max(spreads, three_quarters));
  return usual;
}

UnusualSpan unusual_span(WallTime now) noexcept {
  const WallTime to = bucket_start(now, Granularity::hour);
  return {to - std::min<Duration>(std::chrono::hours{24}, to.time_since_epoch()), to};
}

UnusualSearch::OfMeter& UnusualSearch::of(MeterId meter) {
  const auto at = std::ranges::lower_bound(meters_, meter, {}, &OfMeter::meter);
  return at != meters_.end() && at->meter == meter ? *at
                                                   : *meters_.insert(at, OfMeter{.meter = meter});
}

void UnusualSearch::add_day(const UsagePoint& day) {
  WallTime& first = of(day.meter).first_day;
  first = std::min(first, day.start);
}

void UnusualSearch::add_hour(const UsagePoint& hour) {
  if (hour.start >= span_.to) {
    return;
  }
  // Counted from the end of the span, so that the weeks before it need no sign.
  const std::int64_t before = (span_.to - hour.start - Duration{1}) / one_hour;
  const std::int64_t week = before / (one_week / one_hour);
  const std::int64_t within = before % (one_week / one_hour);
  if (week > static_cast<std::int64_t>(unusual_weeks_max) ||
      within >= static_cast<std::int64_t>(hours_looked_at)) {
    return;
  }
  const auto place =
      static_cast<std::size_t>(week) * hours_looked_at + static_cast<std::size_t>(within);
  Amount& used = of(hour.meter).used[place];
  used = used + hour.used;
}

UnusualUsage UnusualSearch::found() const {
  UnusualUsage told{.from = span_.from, .to = span_.to};
  for (const OfMeter& meter : meters_) {
    UnusualMeter& of_meter = told.meters.emplace_back(UnusualMeter{.meter = meter.meter});
    const auto hours = static_cast<std::size_t>((span_.to - span_.from) / one_hour);
    for (std::size_t before = 0; before < hours; ++before) {
      ComparedHour hour{.meter = meter.meter,
                        .hour = span_.to - one_hour * static_cast<std::int64_t>(before + 1),
                        .used = meter.used[before]};
      for (std::size_t week = 0; week < unusual_weeks_max; ++week) {
        hour.earlier[week] = meter.used[(week + 1) * hours_looked_at + before];
      }
      hour.weeks = weeks_in_use(hour.hour, meter.first_day);
      const auto usual = usual_of(hour);
      of_meter.hours_judged += usual ? 1U : 0U;
      if (usual && is_unusual(hour, *usual)) {
        of_meter.hours.push_back({hour.hour, hour.used, *usual, hour.weeks});
      }
    }
  }
  return told;
}

std::optional<Alert> alert_of_unusual(const ComparedHour& hour, WallTime at) {
  const auto usual = usual_of(hour);
  if (!usual || hour.used <= usual->highest) {
    return std::nullopt;
  }
  std::string condition = "meter/" + std::to_string(hour.meter.raw());
  condition.append("/").append(std::to_string(hour.hour.time_since_epoch() / one_hour));
  audit::Fields data;
  data.add("meter_id", hour.meter.raw())
      .add("hour_ns", hour.hour)
      .add("used", hour.used)
      .add("expected", usual->expected)
      .add("highest", usual->highest)
      .add("weeks", hour.weeks);
  return make_alert(hour.tenant, AlertKind::usage_unusual, at, std::move(condition), data.object());
}

}  // namespace sluice
