// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/usage_asked.hpp"
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"
#include "protocol/codec_points.hpp"

#include <algorithm>
#include <string>

namespace sluice {

namespace {

/// The rest of a frame is for the call around the answer.
constexpr std::uint64_t answer_words_max = wire::FRAME_BYTES_MAX / sizeof(capnp::word) * 7 / 8;
static_assert(usage_points_max * capnp::sizeInWords<wire::UsagePoint>() <= answer_words_max);
static_assert(usage_points_max * capnp::sizeInWords<wire::ClosedWindow>() <= answer_words_max);

std::string more_than_points_max() {
  return "are more than " + std::to_string(usage_points_max);
}

}  // namespace

Result<UsageQuery> decode_usage_query(wire::TenantAdmin::HistoryParams::Reader in) {
  FieldReader fields("");
  UsageQuery query;
  if (in.getMeter() != 0) {
    query.meter = MeterId{in.getMeter()};
  }
  query.granularity = fields.enumerant(in.getGranularity(), Granularity::day, "granularity");
  query.from = decode_time(in.getFromNs());
  query.to = decode_time(in.getToNs());
  fields.require(query.from < query.to, "toNs", "is not after fromNs");
  query.points_max = in.getPointsMax();
  fields.require(query.points_max >= 1 && query.points_max <= usage_points_max, "pointsMax",
                 "is not from 1 to " + std::to_string(usage_points_max));
  decode_part_asked(in, fields, query);
  fields.require(query.label.empty() || query.points_max <= usage_value_points_max, "pointsMax",
                 "is more than " + std::to_string(usage_value_points_max) + ", with a label");
  return fields.finish(std::move(query));
}

void encode_usage_query(const UsageQuery& query, wire::TenantAdmin::HistoryParams::Builder out) {
  out.setMeter(query.meter.value_or(MeterId{}).raw());
  out.setGranularity(encode_enum<wire::Granularity>(query.granularity));
  out.setFromNs(encode_time(query.from));
  out.setToNs(encode_time(query.to));
  // Too many stay too many, for the server to refuse.
  out.setPointsMax(static_cast<std::uint32_t>(std::min(query.points_max, usage_points_max + 1)));
  encode_part_asked(query, out);
}

Result<std::vector<UsagePoint>> decode_history(wire::UsageHistory::Reader in) {
  FieldReader fields("history");
  std::vector<UsagePoint> points;
  const auto list = in.getPoints();
  if (fields.require(list.size() <= usage_points_max, "points", more_than_points_max())) {
    points.reserve(list.size());
    for (unsigned i = 0; i < list.size(); ++i) {
      points.push_back(decode_usage_point(list[i], at_index("points", i), fields));
    }
  }
  return fields.finish(std::move(points));
}

void encode_history(const std::vector<UsagePoint>& points, wire::UsageHistory::Builder out) {
  auto list = out.initPoints(static_cast<unsigned>(points.size()));
  for (unsigned i = 0; i < points.size(); ++i) {
    encode_usage_point(points[i], list[i]);
  }
}

Result<std::vector<ClosedWindow>> decode_windows(wire::ClosedWindows::Reader in) {
  FieldReader fields("closedWindows");
  std::vector<ClosedWindow> windows;
  const auto list = in.getWindows();
  if (fields.require(list.size() <= usage_points_max, "windows", more_than_points_max())) {
    windows.reserve(list.size());
    for (unsigned i = 0; i < list.size(); ++i) {
      const auto window = list[i];
      const std::string at = at_index("windows", i);
      const Amount used = fields.amount(window.getUsed(), at + ".used");
      const Amount over = fields.amount(window.getOverage(), at + ".overage");
      const Amount price = fields.amount(window.getPriceMicros(), at + ".priceMicros");
      windows.push_back({LimitId{window.getLimit()}, MeterId{window.getMeter()},
                         decode_time(window.getEndedAtNs()), used, over, price.raw(),
                         EntryId{window.getPaidByHigh(), window.getPaidByLow()}});
    }
  }
  return fields.finish(std::move(windows));
}

void encode_windows(const std::vector<ClosedWindow>& windows, wire::ClosedWindows::Builder out) {
  auto list = out.initWindows(static_cast<unsigned>(windows.size()));
  for (unsigned i = 0; i < windows.size(); ++i) {
    list[i].setLimit(windows[i].limit.raw());
    list[i].setMeter(windows[i].meter.raw());
    list[i].setEndedAtNs(encode_time(windows[i].ended_at));
    list[i].setUsed(windows[i].used.raw());
    list[i].setOverage(windows[i].over.raw());
    list[i].setPriceMicros(windows[i].price_micros);
    list[i].setPaidByHigh(windows[i].paid_by.high);
    list[i].setPaidByLow(windows[i].paid_by.low);
  }
}

Result<ResetPreview> decode_resets(wire::Resets::Reader in) {
  FieldReader fields("resets");
  ResetPreview preview;
  preview.timezone = fields.text(in.getTimezone(), "timezone");
  preview.now = decode_time(in.getNowNs());
  const auto instants = in.getAtNs();
  if (fields.require(instants.size() <= resets_max, "atNs",
                     "are more than " + std::to_string(resets_max))) {
    for (const std::int64_t instant : instants) {
      preview.at.push_back(decode_time(instant));
    }
  }
  return fields.finish(std::move(preview));
}

void encode_resets(const ResetPreview& preview, wire::Resets::Builder out) {
  out.setTimezone(preview.timezone);
  out.setNowNs(encode_time(preview.now));
  auto instants = out.initAtNs(static_cast<unsigned>(preview.at.size()));
  for (unsigned i = 0; i < preview.at.size(); ++i) {
    instants.set(i, encode_time(preview.at[i]));
  }
}

}  // namespace sluice
