// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec_live.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/limit_rules.hpp"
#include "protocol/codec_field.hpp"
#include "protocol/codec_sharing.hpp"

namespace sluice {
namespace {

using LabelsOut = capnp::List<wire::Label>::Builder;

constexpr std::uint64_t live_text_words(std::size_t bytes) {
  return bytes / sizeof(capnp::word) + 1;
}
constexpr std::uint64_t live_label_words_max = capnp::sizeInWords<wire::Label>() +
                                               live_text_words(label_name_bytes_max) +
                                               live_text_words(label_value_bytes_max);
constexpr std::uint64_t hold_words_max =
    capnp::sizeInWords<wire::OpenHold>() + 1 + labels_per_check_max * live_label_words_max + 1 +
    charges_per_check_max * capnp::sizeInWords<wire::HeldCharge>() +
    capnp::sizeInWords<wire::SharingUuid>();
constexpr std::uint64_t counter_words_max = capnp::sizeInWords<wire::LabelCounter>() +
                                            live_text_words(limit_name_bytes_max) + 1 +
                                            labels_per_limit_max * live_label_words_max;
static_assert(live_page_size_max * std::max(hold_words_max, counter_words_max) <=
              wire::FRAME_BYTES_MAX / sizeof(capnp::word) * 3 / 4);

std::vector<OwnedLabel> read_live_labels(FieldReader& fields, capnp::List<wire::Label>::Reader in) {
  std::vector<OwnedLabel> labels;
  if (fields.require(in.size() <= labels_per_check_max, "labels",
                     "are more than " + std::to_string(labels_per_check_max))) {
    for (unsigned i = 0; i < in.size(); ++i) {
      const std::string at = at_index("labels", i);
      OwnedLabel& label = labels.emplace_back();
      label.name = fields.text(in[i].getName(), at + ".name");
      label.value = fields.text(in[i].getValue(), at + ".value");
      fields.require(is_label_name(label.name), at + ".name", "is not the name of a label");
      fields.require(is_label_value(label.value), at + ".value", "is not the value of a label");
    }
  }
  return labels;
}

void write_live_labels(const std::vector<OwnedLabel>& labels, LabelsOut out) {
  for (unsigned i = 0; i < labels.size(); ++i) {
    out[i].setName(labels[i].name);
    out[i].setValue(labels[i].value);
  }
}

/// What both questions say beside the tenant.
template <class Query, class In>
void read_live_query(FieldReader& fields, In in, Query& query) {
  query.labels = read_live_labels(fields, in.getLabels());
  query.after = {in.getAfterHigh(), in.getAfterLow()};
  query.page_size = in.getPageSize();
  fields.require(query.page_size >= 1 && query.page_size <= live_page_size_max, "pageSize",
                 "is not from 1 to " + std::to_string(live_page_size_max));
}

template <class Query, class Out>
void write_live_query(const Query& query, Out out) {
  write_live_labels(query.labels, out.initLabels(static_cast<unsigned>(query.labels.size())));
  out.setAfterHigh(query.after.high);
  out.setAfterLow(query.after.low);
  // Too many stay too many, for the server to refuse.
  out.setPageSize(static_cast<std::uint32_t>(std::min(query.page_size, live_page_size_max + 1)));
}

LabelCounter decode_label_counter(FieldReader& fields, wire::LabelCounter::Reader in,
                                  const std::string& at) {
  LabelCounter counter;
  counter.id = {in.getIdHigh(), in.getIdLow()};
  counter.limit = fields.text(in.getLimit(), at + ".limit");
  counter.labels = read_live_labels(fields, in.getLabels());
  counter.reading.meter = MeterId{in.getMeter()};
  if (!in.getUnlimited()) {
    counter.reading.size = fields.amount(in.getSize(), at + ".size");
  }
  counter.reading.used = fields.amount(in.getUsed(), at + ".used");
  counter.reading.held = fields.amount(in.getHeld(), at + ".held");
  counter.reading.remaining = fields.amount(in.getRemaining(), at + ".remaining");
  counter.reading.resets_at = decode_time(in.getResetsAtNs());
  counter.idle = in.getIdle();
  return counter;
}

void encode_label_counter(const LabelCounter& counter, wire::LabelCounter::Builder out) {
  out.setIdHigh(counter.id.high);
  out.setIdLow(counter.id.low);
  out.setLimit(counter.limit);
  write_live_labels(counter.labels, out.initLabels(static_cast<unsigned>(counter.labels.size())));
  out.setMeter(counter.reading.meter.raw());
  out.setUnlimited(!counter.reading.size);
  out.setSize(counter.reading.size.value_or(Amount{}).raw());
  out.setUsed(counter.reading.used.raw());
  out.setHeld(counter.reading.held.raw());
  out.setRemaining(counter.reading.remaining.raw());
  out.setResetsAtNs(encode_time(counter.reading.resets_at));
  out.setIdle(counter.idle);
}

OpenHold decode_hold(FieldReader& fields, wire::OpenHold::Reader in, const std::string& at) {
  OpenHold hold;
  hold.id = {in.getIdHigh(), in.getIdLow()};
  hold.kind = fields.enumerant(in.getKind(), HoldKind::lease, at + ".kind");
  hold.made_at = decode_time(in.getMadeAtNs());
  hold.expires_at = decode_time(in.getExpiresAtNs());
  const auto charges = in.getCharges();
  if (fields.require(charges.size() <= charges_per_check_max, at + ".charges", "are too many")) {
    for (unsigned i = 0; i < charges.size(); ++i) {
      const std::string charge = at_index(at + ".charges", i);
      hold.charges.push_back({MeterId{charges[i].getMeter()},
                              fields.amount(charges[i].getHeld(), charge + ".held"),
                              fields.amount(charges[i].getUsed(), charge + ".used")});
    }
  }
  hold.labels = read_live_labels(fields, in.getLabels());
  hold.policy = decode_policy_id(in.getPolicy());
  return hold;
}

void encode_hold(const OpenHold& hold, wire::OpenHold::Builder out) {
  out.setIdHigh(hold.id.high);
  out.setIdLow(hold.id.low);
  out.setKind(encode_enum<wire::HoldKind>(hold.kind));
  out.setMadeAtNs(encode_time(hold.made_at));
  out.setExpiresAtNs(encode_time(hold.expires_at));
  auto charges = out.initCharges(static_cast<unsigned>(hold.charges.size()));
  for (unsigned i = 0; i < charges.size(); ++i) {
    charges[i].setMeter(hold.charges[i].meter.raw());
    charges[i].setHeld(hold.charges[i].held.raw());
    charges[i].setUsed(hold.charges[i].used.raw());
  }
  write_live_labels(hold.labels, out.initLabels(static_cast<unsigned>(hold.labels.size())));
  if (hold.policy != PolicyId{}) {
    encode_uuid(hold.policy, out.initPolicy());
  }
}

}  // namespace

Result<CounterQuery> decode_counter_query(wire::TenantAdmin::ListCountersParams::Reader in) {
  FieldReader fields("");
  CounterQuery query;
  query.limit = fields.text(in.getLimit(), "limit");
  read_live_query(fields, in, query);
  return fields.finish(std::move(query));
}

void encode_counter_query(const CounterQuery& query,
                          wire::TenantAdmin::ListCountersParams::Builder out) {
  out.setLimit(query.limit);
  write_live_query(query, out);
}

Result<CounterPage> decode_counters(wire::LabelCounterPage::Reader in) {
  FieldReader fields("page");
  CounterPage page;
  const auto counters = in.getCounters();
  if (fields.require(counters.size() <= live_page_size_max, "counters", "are too many")) {
    for (unsigned i = 0; i < counters.size(); ++i) {
      page.counters.push_back(decode_label_counter(fields, counters[i], at_index("counters", i)));
    }
  }
  page.more = in.getMore();
  page.at = decode_time(in.getNowNs());
  return fields.finish(std::move(page));
}

void encode_counters(const CounterPage& page, wire::LabelCounterPage::Builder out) {
  auto counters = out.initCounters(static_cast<unsigned>(page.counters.size()));
  for (unsigned i = 0; i < counters.size(); ++i) {
    encode_label_counter(page.counters[i], counters[i]);
  }
  out.setMore(page.more);
  out.setNowNs(encode_time(page.at));
}

Result<HoldQuery> decode_hold_query(wire::TenantAdmin::ListHoldsParams::Reader in) {
  FieldReader fields("");
  HoldQuery query;
  read_live_query(fields, in, query);
  return fields.finish(std::move(query));
}

void encode_hold_query(const HoldQuery& query, wire::TenantAdmin::ListHoldsParams::Builder out) {
  write_live_query(query, out);
}

Result<HoldPage> decode_holds(wire::OpenHoldPage::Reader in) {
  FieldReader fields("page");
  HoldPage page;
  const auto holds = in.getHolds();
  if (fields.require(holds.size() <= live_page_size_max, "holds", "are too many")) {
    for (unsigned i = 0; i < holds.size(); ++i) {
      page.holds.push_back(decode_hold(fields, holds[i], at_index("holds", i)));
    }
  }
  page.more = in.getMore();
  page.at = decode_time(in.getNowNs());
  return fields.finish(std::move(page));
}

void encode_holds(const HoldPage& page, wire::OpenHoldPage::Builder out) {
  auto holds = out.initHolds(static_cast<unsigned>(page.holds.size()));
  for (unsigned i = 0; i < holds.size(); ++i) {
    encode_hold(page.holds[i], holds[i]);
  }
  out.setMore(page.more);
  out.setNowNs(encode_time(page.at));
}

}  // namespace sluice
