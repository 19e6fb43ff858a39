// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/books_views.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "ops/sluicectl/overage_text.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "protocol/text/books_json.hpp"

namespace sluice::ctl {
namespace {

Cell books_cell(std::string text, Tint tint = Tint::none) {
  return {std::move(text), tint};
}

std::string amount_in(std::uint64_t micros, const std::string& currency) {
  return fmt::format("{} {}", format_price(micros), currency);
}

std::string totals_of(const StatementPage& page) {
  std::string text;
  for (const CurrencySum& part : page.totals) {
    text +=
        fmt::format("{} in {} lines: {} to the owner, {} to the platform\n",
                    amount_in(part.sum.amount_micros, part.currency), part.sum.lines,
                    format_price(part.sum.owner_micros), format_price(part.sum.platform_micros));
  }
  return text;
}

}  // namespace

Report statements_report(const StatementPage& page, Session& session) {
  Table table{{{"PERIOD"},
               {"RESOURCE"},
               {"OWNER"},
               {"CONSUMER"},
               {"USES", Align::right},
               {"UNITS", Align::right},
               {"AMOUNT", Align::right},
               {"OWNER'S", Align::right},
               {"STATE"}}};
  for (const StatementLine& line : page.lines) {
    table.add({books_cell(format_instant_in(line.period.start, "UTC")),
               books_cell(to_string(line.resource)), books_cell(to_string(line.owner)),
               books_cell(to_string(line.consumer)), books_cell(std::to_string(line.uses)),
               books_cell(std::to_string(line.units.raw())),
               books_cell(amount_in(line.amount_micros, line.currency)),
               books_cell(amount_in(line.owner_micros, line.currency)),
               line.closed_at ? books_cell("closed") : books_cell("running", Tint::warning)});
  }
  std::string text = table.print(session.style) + totals_of(page);
  if (page.more) {
    text += fmt::format(
        "There are more: --after {}\n",
        text::to_string(StatementCursor{page.lines.back().period.start, page.lines.back().grant}));
  }
  return {text::json_of(page), std::move(text)};
}

Report statements_csv(const StatementPage& page, bool with_names) {
  return {text::json_of(page), (with_names ? text::csv_names() : "") + text::csv_of(page.lines)};
}

Report payouts_report(const PayoutPage& page, Session& session) {
  Table table{{{"PAYOUT"},
               {"AMOUNT", Align::right},
               {"LINES", Align::right},
               {"SCHEDULE"},
               {"THROUGH"},
               {"PAID"},
               {"REFERENCE"}}};
  for (const Payout& payout : page.payouts) {
    table.add({books_cell(text::to_string(payout.key)),
               books_cell(amount_in(payout.amount_micros, payout.key.currency)),
               books_cell(std::to_string(payout.lines)),
               books_cell(std::string{to_string(payout.schedule)}),
               books_cell(format_instant_in(payout.through, "UTC")),
               payout.paid_at ? books_cell(format_instant_in(*payout.paid_at, "UTC"), Tint::good)
                              : books_cell("-", Tint::warning),
               books_cell(payout.reference.empty() ? "-" : payout.reference)});
  }
  std::string text = table.print(session.style);
  if (page.more) {
    text += fmt::format("There are more: --after {}\n", text::to_string(page.payouts.back().key));
  }
  return {text::json_of(page), std::move(text)};
}

Report payout_report(const Payout& payout, Session& session) {
  Report report = payouts_report({{payout}, false}, session);
  report.document = text::json_of(payout);
  return report;
}

Report sharing_statistics_report(const SharingStatistics& told, Session& session) {
  Table table{{{"FROM"},
               {"RESOURCE"},
               {"USES", Align::right},
               {"UNITS", Align::right},
               {"DENIED", Align::right},
               {"AMOUNT", Align::right},
               {"OWNER'S", Align::right}}};
  const auto counted = [](Cell first, Cell second, const SharingCount& count,
                          const std::string& currency) {
    return std::vector<Cell>{std::move(first),
                             std::move(second),
                             books_cell(std::to_string(count.uses)),
                             books_cell(std::to_string(count.units.raw())),
                             books_cell(std::to_string(count.denied)),
                             books_cell(amount_in(count.amount_micros, currency)),
                             books_cell(amount_in(count.owner_micros, currency))};
  };
  for (const SharingPoint& point : told.points) {
    table.add(counted(books_cell(format_instant_in(point.start, "UTC")),
                      books_cell(to_string(point.resource)), point.count, point.currency));
  }
  for (const SharingTop& top : told.top) {
    const bool is_consumer = top.consumer != TenantId{};
    table.add(counted(books_cell("top", Tint::faint),
                      books_cell(is_consumer ? to_string(top.consumer) : to_string(top.resource)),
                      top.count, top.currency));
  }
  std::string text = table.print(session.style);
  if (told.cut) {
    text += "There was more than this could tell of.\n";
  }
  return {text::json_of(told), std::move(text)};
}

}  // namespace sluice::ctl
