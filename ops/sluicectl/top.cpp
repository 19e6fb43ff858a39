// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/top.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

constexpr Columns busy_bar_columns = 24;

/// Decisions a second by outcome.
struct Rates {
  std::uint64_t allowed = 0;
  std::uint64_t denied = 0;
  std::uint64_t throttled = 0;
  std::uint64_t unknown_tenant = 0;
  std::uint64_t other_outcomes = 0;
  std::uint64_t hops = 0;

  [[nodiscard]] std::uint64_t all() const {
    return allowed + denied + throttled + unknown_tenant + other_outcomes;
  }
};

Rates rates_of(const ReactorStatus& before, const ReactorStatus& now, Duration length) {
  const auto rate = [&](Outcome outcome) {
    return per_second(before.decided[outcome], now.decided[outcome], length);
  };
  return {rate(Outcome::allowed),
          rate(Outcome::denied),
          rate(Outcome::throttled),
          rate(Outcome::unknown_tenant),
          per_second(before.decided.others(), now.decided.others(), length),
          per_second(before.hops, now.hops, length)};
}

void add(ReactorStatus& sum, const ReactorStatus& part) {
  sum.decided += part.decided;
  sum.hops += part.hops;
  sum.resident_tenants += part.resident_tenants;
  sum.waiting_checks += part.waiting_checks;
  sum.dirty_tenants += part.dirty_tenants;
  sum.flush_failures += part.flush_failures;
  sum.connections += part.connections;
}

ReactorStatus total_of(const ServerStatus& status) {
  ReactorStatus total;
  for (const ReactorStatus& reactor : status.reactors) {
    add(total, reactor);
  }
  return total;
}

std::string short_number(std::uint64_t number) {
  return format_amount(Amount{std::min(number, Amount::max_raw)}, AmountUnit::count);
}

std::vector<Cell> reactor_row(std::string name, const ReactorStatus& before,
                              const ReactorStatus& now, Duration length, Tint tint) {
  const Rates rates = rates_of(before, now, length);
  std::vector<Cell> row{{std::move(name), tint}};
  for (const std::uint64_t number :
       {rates.all(), rates.allowed, rates.denied, rates.throttled, rates.unknown_tenant,
        rates.other_outcomes, rates.hops, now.resident_tenants, now.waiting_checks,
        now.dirty_tenants, now.connections}) {
    row.push_back({short_number(number), tint});
  }
  row.push_back({short_number(now.flush_failures), now.flush_failures > 0 ? Tint::bad : tint});
  return row;
}

Table reactors_table(const Interval& interval) {
  Table table{{{"REACTOR"},
               {"CHECKS/S", Align::right},
               {"ALLOWED/S", Align::right},
               {"DENIED/S", Align::right},
               {"THROTTLED/S", Align::right},
               {"UNKNOWN/S", Align::right},
               {"OTHER/S", Align::right},
               {"HOPS/S", Align::right},
               {"RESIDENT", Align::right},
               {"WAITING", Align::right},
               {"DIRTY", Align::right},
               {"CONNECTED", Align::right},
               {"FLUSHES FAILED", Align::right}}};
  const auto& before = interval.before.reactors;
  const auto& now = interval.now.reactors;
  for (std::size_t i = 0; i < now.size(); ++i) {
    table.add(reactor_row(fmt::format("{}", i), i < before.size() ? before[i] : now[i], now[i],
                          interval.length, Tint::none));
  }
  if (now.size() > 1) {
    table.add(reactor_row("all", total_of(interval.before), total_of(interval.now), interval.length,
                          Tint::heading));
  }
  return table;
}

std::string name_of(TenantId id, const SlugsById& slugs) {
  const auto found = slugs.find(id);
  return found == slugs.end() ? to_string(id) : found->second;
}

std::string busiest_view(const Interval& interval, const SlugsById& slugs, Style style) {
  const auto& busiest = interval.now.busiest;
  if (busiest.empty()) {
    return "no tenant is busy\n";
  }
  Table table{{{"BUSIEST TENANTS"}, {"CHECKS/S", Align::right}, {"DENIED/S", Align::right}, {""}}};
  for (const BusyTenant& tenant : busiest) {
    table.add({{name_of(tenant.tenant, slugs), Tint::none},
               {short_number(tenant.checks_per_second), Tint::none},
               {short_number(tenant.denied_per_second),
                tenant.denied_per_second > 0 ? Tint::warning : Tint::none},
               {bar(tenant.checks_per_second, busiest.front().checks_per_second, busy_bar_columns),
                Tint::good}});
  }
  return table.print(style);
}

}  // namespace

std::uint64_t per_second(std::uint64_t before, std::uint64_t now, Duration length) {
  if (now <= before || length.count() <= 0) {
    return 0;
  }
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(Wide{now - before} * 1'000'000'000U /
                                    static_cast<std::uint64_t>(length.count()));
}

std::string top_view(const Interval& interval, const SlugsById& slugs, Style style) {
  const ServerStatus& now = interval.now;
  return fmt::format("{}  up {}  {}{}\n\n{}\n{}", tinted(now.server, Tint::heading, style),
                     format_duration(now.uptime), format_instant_in(now.now, "UTC"),
                     now.simulated_time ? " (simulated)" : "",
                     reactors_table(interval).print(style), busiest_view(interval, slugs, style));
}

Json top_document(const Interval& interval, const SlugsById& slugs) {
  Json out = document_of(interval.now);
  out["interval_ns"] = interval.length.count();
  const Rates rates = rates_of(total_of(interval.before), total_of(interval.now), interval.length);
  out["per_second"] = Json{{"allowed", rates.allowed},
                           {"denied", rates.denied},
                           {"unknown_tenant", rates.unknown_tenant},
                           {"other_outcomes", rates.other_outcomes},
                           {"hops", rates.hops},
                           {"throttled", rates.throttled}};
  for (std::size_t i = 0; i < interval.now.busiest.size(); ++i) {
    out["busiest"][i]["slug"] = name_of(interval.now.busiest[i].tenant, slugs);
  }
  return out;
}

}  // namespace sluice::ctl
