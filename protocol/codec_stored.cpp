// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "actors/tenant/entry_bytes.hpp"
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"
#include "protocol/codec_points.hpp"

namespace sluice {

static_assert(stored_entries_max * entry_bytes_max <= wire::FRAME_BYTES_MAX * 3 / 4);

namespace {

constexpr std::uint64_t checks_max = std::numeric_limits<std::uint32_t>::max();

Counter decode_counter(FieldReader& fields, wire::StoredCounter::Reader in, const std::string& at) {
  return Counter{LimitId{in.getLimit()},
                 fields.amount(in.getUsed(), at + ".used"),
                 decode_time(in.getUntilNs()),
                 ThresholdMask{in.getFired()},
                 fields.amount(in.getOverage(), at + ".overage"),
                 fields.amount(in.getPrevious(), at + ".previous"),
                 decode_time(in.getPacedUntilNs())};
}

void encode_counter(const Counter& counter, wire::StoredCounter::Builder out) {
  out.setLimit(counter.limit.raw());
  out.setUsed(counter.used.raw());
  out.setUntilNs(encode_time(counter.until));
  out.setFired(counter.fired.raw());
  out.setOverage(counter.over.raw());
  out.setPrevious(counter.previous.raw());
  out.setPacedUntilNs(encode_time(counter.paced_until));
}

UsageBucket decode_bucket(FieldReader& fields, wire::UsagePoint::Reader in, const std::string& at) {
  const bool fits = in.getAllowed() <= checks_max && in.getDenied() <= checks_max &&
                    in.getThrottled() <= checks_max;
  fields.require(fits, at, "counts more checks than there can be");
  const UsagePoint point = decode_usage_point(in, at, fields);
  return UsageBucket{point.meter,
                     minute_of(point.start),
                     point.used,
                     static_cast<std::uint32_t>(point.allowed),
                     static_cast<std::uint32_t>(point.denied),
                     static_cast<std::uint32_t>(point.throttled),
                     point.overage,
                     point.price_micros,
                     point.part};
}

void encode_bucket(const UsageBucket& bucket, wire::UsagePoint::Builder out) {
  encode_usage_point(
      {bucket.meter, start_of(bucket.minute), bucket.used, bucket.allowed, bucket.denied,
       bucket.throttled, bucket.overage, bucket.price_micros, bucket.part},
      out);
}

}  // namespace

Result<StoredPage> decode_stored(wire::StoredPage::Reader in) {
  FieldReader fields("stored");
  StoredPage page;
  const auto counters = in.getCounters();
  const auto usage = in.getOpenUsage();
  const auto entries = in.getEntries();
  if (!fields.require(counters.size() <= limits_per_tenant_max, "counters", "are too many") ||
      !fields.require(usage.size() <= limits_per_tenant_max + UsageValues::parts_max, "openUsage",
                      "are too many") ||
      !fields.require(entries.size() <= stored_entries_max, "entries", "are too many")) {
    return fields.finish(std::move(page));
  }
  for (unsigned i = 0; i < counters.size(); ++i) {
    page.counters.push_back(decode_counter(fields, counters[i], at_index("counters", i)));
  }
  for (unsigned i = 0; i < usage.size(); ++i) {
    page.open_usage.push_back(decode_bucket(fields, usage[i], at_index("openUsage", i)));
  }
  for (unsigned i = 0; i < entries.size(); ++i) {
    const capnp::Data::Reader bytes = entries[i];
    auto entry = decode_entry(std::as_bytes(std::span{bytes.begin(), bytes.size()}));
    if (fields.require(entry.has_value(), at_index("entries", i), "is no entry")) {
      page.entries.push_back(*std::move(entry));
    }
  }
  page.more = in.getMore();
  return fields.finish(std::move(page));
}

void encode_stored(const StoredPage& page, wire::StoredPage::Builder out) {
  auto counters = out.initCounters(static_cast<unsigned>(page.counters.size()));
  for (unsigned i = 0; i < counters.size(); ++i) {
    encode_counter(page.counters[i], counters[i]);
  }
  auto usage = out.initOpenUsage(static_cast<unsigned>(page.open_usage.size()));
  for (unsigned i = 0; i < usage.size(); ++i) {
    encode_bucket(page.open_usage[i], usage[i]);
  }
  auto entries = out.initEntries(static_cast<unsigned>(page.entries.size()));
  std::vector<std::byte> bytes;
  for (unsigned i = 0; i < entries.size(); ++i) {
    bytes.clear();
    encode_entry(page.entries[i], bytes);
    const auto* const raw = reinterpret_cast<const kj::byte*>(bytes.data());
    entries.set(i, capnp::Data::Reader{raw, bytes.size()});
  }
  out.setMore(page.more);
}

}  // namespace sluice
