// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/live_views.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/entry_id_text.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

constexpr Columns live_bar_columns = 10;

std::string labels_text(const std::vector<OwnedLabel>& labels) {
  std::string text;
  for (const OwnedLabel& label : labels) {
    text += (text.empty() ? "" : ", ") + label.name + "=" + label.value;
  }
  return text.empty() ? "-" : text;
}

std::string_view name_of(HoldKind kind) {
  return kind == HoldKind::lease ? "lease" : "reservation";
}

Amount taken_of(const LabelCounter& counter) {
  return counter.reading.used + counter.reading.held;
}

std::vector<Cell> counter_row(const LabelCounter& counter, const std::string& timezone,
                              ServerLink& link) {
  const LimitReading& reading = counter.reading;
  const AmountUnit unit = amount_unit_of(link.meter(reading.meter));
  std::vector<Cell> row{{counter.limit},
                        {labels_text(counter.labels)},
                        {format_amount(reading.used, unit)},
                        {format_amount(reading.held, unit)}};
  if (reading.size) {
    const std::uint64_t taken = taken_of(counter).raw();
    const std::uint64_t size = reading.size->raw();
    row.push_back({format_amount(*reading.size, unit)});
    row.push_back({bar(taken, size, live_bar_columns), tint_of_share(taken, size)});
    row.push_back({share(taken, size)});
  } else {
    row.insert(row.end(), {{"unlimited"}, {""}, {"-"}});
  }
  row.push_back({format_instant_in(reading.resets_at, timezone)});
  row.push_back({counter.idle ? "idle" : "in use", counter.idle ? Tint::faint : Tint::none});
  return row;
}

Json labels_document(const std::vector<OwnedLabel>& labels) {
  Json out = Json::object();
  for (const OwnedLabel& label : labels) {
    out[label.name] = label.value;
  }
  return out;
}

Json document_of(const LabelCounter& counter, ServerLink& link) {
  const LimitReading& reading = counter.reading;
  Json out{{"id", format_entry_id(counter.id)},
           {"limit", counter.limit},
           {"meter", link.meter(reading.meter).name},
           {"labels", labels_document(counter.labels)},
           {"size", reading.size ? Json(reading.size->raw()) : Json()},
           {"used", reading.used.raw()},
           {"held", reading.held.raw()},
           {"remaining", reading.size ? Json(reading.remaining.raw()) : Json()}};
  put_instant(out, "resets", reading.resets_at);
  out["idle"] = counter.idle;
  return out;
}

Json document_of(const OpenHold& hold, ServerLink& link) {
  const TenantId policy{hold.policy.high, hold.policy.low};
  Json out{{"id", format_entry_id(hold.id)},
           {"kind", name_of(hold.kind)},
           {"charges", Json::array()},
           {"labels", labels_document(hold.labels)},
           {"policy", policy == TenantId{} ? Json() : Json(to_string(policy))}};
  for (const HeldCharge& charge : hold.charges) {
    out["charges"].push_back({{"meter", link.meter(charge.meter).name},
                              {"held", charge.held.raw()},
                              {"used", charge.used.raw()}});
  }
  put_instant(out, "made", hold.made_at);
  put_instant(out, "expires", hold.expires_at);
  return out;
}

}  // namespace

std::string view_of(const LiveCounters& live, ServerLink& link, Style style) {
  if (live.counters.empty()) {
    return "no counters: no request was counted by its labels\n";
  }
  std::vector<LabelCounter> sorted = live.counters;
  std::ranges::sort(sorted, [](const LabelCounter& a, const LabelCounter& b) {
    const auto rank = [](const LabelCounter& of) {
      return std::tuple{Amount{Amount::max_raw - taken_of(of).raw()}, labels_text(of.labels)};
    };
    return a.limit != b.limit ? a.limit < b.limit : rank(a) < rank(b);
  });
  Table table{{{"LIMIT"},
               {"LABELS"},
               {"USED", Align::right},
               {"HELD", Align::right},
               {"OF", Align::right},
               {""},
               {"", Align::right},
               {"RESETS"},
               {"STATE"}}};
  for (const LabelCounter& counter : sorted) {
    table.add(counter_row(counter, live.tenant.timezone, link));
  }
  return table.print(style);
}

std::string view_of(const OpenHolds& open, ServerLink& link, Style style) {
  if (open.holds.empty()) {
    return "nothing is open\n";
  }
  std::vector<OpenHold> sorted = open.holds;
  std::ranges::stable_sort(sorted, {}, &OpenHold::expires_at);
  Table table{{{"ID"},
               {"KIND"},
               {"METER"},
               {"HELD", Align::right},
               {"USED", Align::right},
               {"LABELS"},
               {"MADE"},
               {"ENDS IN", Align::right}}};
  for (const OpenHold& hold : sorted) {
    const auto add = [&](std::string meter, std::string held, std::string used) {
      table.add({{format_entry_id(hold.id)},
                 {std::string{name_of(hold.kind)}},
                 {std::move(meter)},
                 {std::move(held)},
                 {std::move(used)},
                 {labels_text(hold.labels)},
                 {format_instant_in(hold.made_at, open.tenant.timezone)},
                 {format_duration(std::max(hold.expires_at - open.at, Duration{}))}});
    };
    for (const HeldCharge& charge : hold.charges) {
      const Meter meter = link.meter(charge.meter);
      const AmountUnit unit = amount_unit_of(meter);
      add(meter.name, format_amount(charge.held, unit), format_amount(charge.used, unit));
    }
    if (hold.charges.empty()) {
      add("-", "-", "-");
    }
  }
  return table.print(style);
}

Json document_of(const LiveCounters& live, ServerLink& link) {
  Json out{{"tenant", to_string(live.tenant.id)}, {"counters", Json::array()}};
  for (const LabelCounter& counter : live.counters) {
    out["counters"].push_back(document_of(counter, link));
  }
  put_instant(out, "now", live.at);
  return out;
}

Json document_of(const OpenHolds& open, ServerLink& link) {
  Json out{{"tenant", to_string(open.tenant.id)}, {"reservations", Json::array()}};
  for (const OpenHold& hold : open.holds) {
    out["reservations"].push_back(document_of(hold, link));
  }
  put_instant(out, "now", open.at);
  return out;
}

}  // namespace sluice::ctl
