// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec_points.hpp"

#include "actors/tenant/usage_asked.hpp"
#include "protocol/codec.hpp"

namespace sluice {

namespace {

constexpr std::uint64_t words_of_text(std::size_t bytes) {
  return bytes / sizeof(capnp::word) + 1;
}
static_assert(usage_value_points_max *
                  (capnp::sizeInWords<wire::UsagePoint>() + capnp::sizeInWords<wire::UsagePart>() +
                   words_of_text(label_name_bytes_max) + words_of_text(label_value_bytes_max)) <=
              wire::FRAME_BYTES_MAX / sizeof(capnp::word) * 7 / 8);

}  // namespace

PartRef decode_part(wire::UsagePart::Reader in, const std::string& at, FieldReader& fields) {
  return PartRef{{fields.text(in.getLabel(), at + ".label"),
                  fields.text(in.getValue(), at + ".value"), in.getOthers()}};
}

void encode_part(const UsagePart& part, wire::UsagePart::Builder out) {
  out.setLabel(part.label);
  out.setValue(part.value);
  out.setOthers(part.others);
}

UsagePoint decode_usage_point(wire::UsagePoint::Reader in, const std::string& at,
                              FieldReader& fields) {
  UsagePoint point{.meter = MeterId{in.getMeter()},
                   .start = decode_time(in.getStartNs()),
                   .used = fields.amount(in.getUsed(), at + ".used"),
                   .allowed = in.getAllowed(),
                   .denied = in.getDenied(),
                   .throttled = in.getThrottled(),
                   .overage = fields.amount(in.getOverage(), at + ".overage"),
                   .price_micros = fields.amount(in.getPriceMicros(), at + ".priceMicros").raw()};
  if (in.hasPart()) {
    point.part = decode_part(in.getPart(), at + ".part", fields);
  }
  return point;
}

void encode_usage_point(const UsagePoint& point, wire::UsagePoint::Builder out) {
  out.setMeter(point.meter.raw());
  out.setStartNs(encode_time(point.start));
  out.setUsed(point.used.raw());
  out.setAllowed(point.allowed);
  out.setDenied(point.denied);
  out.setThrottled(point.throttled);
  out.setOverage(point.overage.raw());
  out.setPriceMicros(point.price_micros);
  if (!point.part.is_whole()) {
    encode_part(*point.part, out.initPart());
  }
}

}  // namespace sluice
