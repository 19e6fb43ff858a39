// SPDX-License-Identifier: Apache-2.0
#include "ops/demo_replay/screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::demo {
namespace {

using ctl::AmountUnit;
using ctl::Tint;

constexpr std::size_t tenants_shown = 12;
constexpr std::size_t broken_shown = 5;
constexpr ctl::Columns bar_columns = 24;

std::string brief(std::uint64_t count) {
  return ctl::format_amount(Amount{count}, AmountUnit::count);
}

std::string percentiles(const bench::Histogram& latencies, bool tail) {
  const auto at = [&latencies](double share) {
    return ctl::format_duration(latencies.at(bench::Quantile{share}));
  };
  std::string text = fmt::format("p50 {}  p99 {}", at(0.5), at(0.99));
  return tail ? text + fmt::format("  p99.9 {}", at(0.999)) : text;
}

const LimitUsage* find_limit(const client::UsageReport& usage, std::string_view name) {
  const auto found = std::find_if(usage.limits.begin(), usage.limits.end(),
                                  [name](const LimitUsage& l) { return l.limit.name == name; });
  return found == usage.limits.end() ? nullptr : &*found;
}

/// Denials by the name of the limit; all tiers use the same names.
std::map<std::string, std::uint64_t> denials(const Books& books,
                                             const std::vector<client::UsageReport>& usage) {
  std::map<std::string, std::uint64_t> by_name;
  for (std::size_t rank = 0; rank < usage.size(); ++rank) {
    for (const LimitUsage& entry : usage[rank].limits) {
      const auto& denied = books.pages()[rank].denied_by;
      const auto count = denied.find(entry.limit.id);
      by_name[entry.limit.name] += count == denied.end() ? 0 : count->second;
    }
  }
  return by_name;
}

std::vector<ctl::Cell> tenant_row(const client::UsageReport& usage, const Books::Page& page) {
  std::vector<ctl::Cell> row{{usage.tenant.slug},
                             {usage.tenant.tier},
                             {brief(page.requests)},
                             {brief(page.denied), page.denied > 0 ? Tint::warning : Tint::none},
                             {brief(page.tokens.raw())}};
  const LimitUsage* const tokens = find_limit(usage, "daily-tokens");
  if (tokens == nullptr || !tokens->reading.size) {
    row.insert(row.end(), {{"unlimited", Tint::faint}, {""}, {""}});
    return row;
  }
  const std::uint64_t used = tokens->reading.used.raw();
  const std::uint64_t size = tokens->reading.size->raw();
  const bool alert = tokens->limit.enforcement == Enforcement::alert;
  row.push_back({brief(size) + (alert ? " alert" : " block")});
  row.push_back({ctl::bar(used, size, bar_columns), ctl::tint_of_share(used, size)});
  row.push_back({ctl::share(used, size)});
  return row;
}

}  // namespace

std::string show_sample(const SampleSize& size, std::string_view origin, ctl::Style style) {
  return fmt::format("{}  {} requests, {} tokens over {} ({}), {} tenants of 4 tiers\n",
                     ctl::tinted("Sluice demo", Tint::heading, style), brief(size.requests),
                     brief(size.tokens.raw()), ctl::format_duration(size.length), origin,
                     customers_count);
}

std::string show_replay(const PartResult& part, const std::vector<client::UsageReport>& usage,
                        ctl::Style style) {
  const Books::Page total = part.books.total();
  std::string text = fmt::format(
      "\n{} (the server's clock moved along the sample, in {} here)\n"
      "{} admitted, {} denied",
      ctl::tinted("As it happened", Tint::heading, style), ctl::format_duration(part.took),
      brief(total.requests), brief(total.denied));
  std::string_view before = ": ";
  for (const auto& [limit, count] : denials(part.books, usage)) {
    text += fmt::format("{}{} by {}", std::exchange(before, ", "), brief(count), limit);
  }
  ctl::Table table{{{"TENANT"},
                    {"TIER"},
                    {"ADMITTED", ctl::Align::right},
                    {"DENIED", ctl::Align::right},
                    {"TOKENS", ctl::Align::right},
                    {"OF A DAY'S"},
                    {""},
                    {"", ctl::Align::right}}};
  for (std::size_t rank = 0; rank < std::min(tenants_shown, usage.size()); ++rank) {
    table.add(tenant_row(usage[rank], part.books.pages()[rank]));
  }
  return text + "\n\n" + table.print(style);
}

std::string show_speed(const PartResult& rush, std::size_t in_flight,
                       const bench::Histogram& one_caller, ctl::Style style) {
  const double seconds = std::chrono::duration<double>(rush.took).count();
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(rush.latencies.count()) /
                                               std::max(seconds, 1e-9));
  return fmt::format(
      "\n{} (each check charges two meters and passes up to three limits)\n"
      "{:>4} in flight  {} checks/s  {}  ({} checks in {})\n"
      "{:>4} in flight  {}  (one caller, waiting for each answer)\n",
      ctl::tinted("At full speed", Tint::heading, style), in_flight, brief(rate),
      percentiles(rush.latencies, true), brief(rush.latencies.count()),
      ctl::format_duration(rush.took), 1, percentiles(one_caller, false));
}

std::string show_promise(std::string_view promise, const std::vector<std::string>& broken,
                         ctl::Style style) {
  if (broken.empty()) {
    return fmt::format("{} {}\n", ctl::tinted("✓", Tint::good, style), promise);
  }
  std::string text = fmt::format("{} {}: BROKEN\n", ctl::tinted("✗", Tint::bad, style), promise);
  for (std::size_t i = 0; i < std::min(broken.size(), broken_shown); ++i) {
    text += fmt::format("    {}\n", broken[i]);
  }
  if (broken.size() > broken_shown) {
    text += fmt::format("    and {} more\n", broken.size() - broken_shown);
  }
  return text;
}

}  // namespace sluice::demo
