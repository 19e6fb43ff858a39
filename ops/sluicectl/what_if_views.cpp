// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

std::string plural_heading(Granularity granularity) {
  switch (granularity) {
    case Granularity::minute:
      return "MINUTES";
    case Granularity::hour:
      return "HOURS";
    case Granularity::day:
      return "DAYS";
  }
  return "";
}

/// When it was, if anything was refused at all.
Cell moment_cell(WallTime moment, const Hindsight& found) {
  return {found.refused_buckets == 0 ? "-" : format_instant_in(moment, "UTC"), Tint::none};
}

/// Of nothing there is no share.
Cell share_cell(const Hindsight& found) {
  return {found.asked == Amount{} ? "-" : share(found.refused.raw(), found.asked.raw())};
}

/// `2 of 5 tenants would have been refused something`
std::string summary(const WhatIfFindings& findings) {
  return fmt::format("{} of {} {} would have been refused something", findings.refused_tenants,
                     findings.looked_at, findings.looked_at == 1 ? "tenant" : "tenants");
}

}  // namespace

std::string view_of(const WhatIfFindings& findings, ServerLink& link, Style style) {
  const Meter meter = link.meter(findings.query.limit.meter);
  const AmountUnit unit = amount_unit_of(meter);
  Table table{{{"TENANT"},
               {"USED", Align::right},
               {"REFUSED", Align::right},
               {"SHARE", Align::right},
               {plural_heading(findings.query.granularity), Align::right},
               {"FIRST"},
               {"LAST"},
               {"PEAK", Align::right}}};
  for (const WhatIfRow& row : findings.rows) {
    const Hindsight& found = row.found;
    table.add(
        {{row.slug, Tint::none},
         {format_amount(found.asked, unit), Tint::none},
         {format_amount(found.refused, unit), found.refused > Amount{} ? Tint::bad : Tint::good},
         share_cell(found),
         {fmt::format("{} of {}", found.refused_buckets, found.buckets), Tint::none},
         moment_cell(found.first_refused, found),
         moment_cell(found.last_refused, found),
         {format_amount(found.peak, unit), Tint::none}});
  }
  std::string text = table.print(style);
  text += fmt::format("{}: {} at {}, from {} to {}\n", summary(findings), meter.name,
                      view_of(findings.query.limit.rule, unit),
                      format_instant_in(findings.query.from, "UTC"),
                      format_instant_in(findings.query.to, "UTC"));
  if (!findings.complete()) {
    text += "only the worst are shown; for more take a larger --max\n";
  }
  return text;
}

Json document_of(const WhatIfFindings& findings, ServerLink& link) {
  Json out{{"limit", document_of(findings.query.limit, link)},
           {"by", to_string(findings.query.granularity)}};
  put_instant(out, "from", findings.query.from);
  put_instant(out, "to", findings.query.to);
  out["looked_at"] = findings.looked_at;
  out["refused_tenants"] = findings.refused_tenants;
  out["complete"] = findings.complete();
  out["tenants"] = Json::array();
  for (const WhatIfRow& row : findings.rows) {
    const Hindsight& found = row.found;
    Json entry{{"tenant", to_string(row.tenant)}, {"slug", row.slug},
               {"used", found.asked.raw()},       {"buckets", found.buckets},
               {"refused", found.refused.raw()},  {"refused_buckets", found.refused_buckets}};
    const bool refused = found.refused_buckets > 0;
    put_instant(entry, "first_refused", refused ? found.first_refused : wall_time_never);
    put_instant(entry, "last_refused", refused ? found.last_refused : wall_time_never);
    entry["peak"] = found.peak.raw();
    out["tenants"].push_back(std::move(entry));
  }
  return out;
}

}  // namespace sluice::ctl
