// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/table.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

Cell count(std::uint64_t number) {
  return {fmt::format("{}", number), Tint::none};
}

/// Of something that should not happen.
Cell alarm(std::uint64_t number) {
  return {fmt::format("{}", number), number == 0 ? Tint::none : Tint::bad};
}

/// What never happened, or does not wait, took no time.
Cell length(Duration duration) {
  return {duration == Duration{} ? "-" : format_duration(duration), Tint::none};
}

Cell bytes(std::uint64_t number) {
  return {format_amount(Amount{std::min(number, Amount::max_raw)}, AmountUnit::bytes), Tint::none};
}

Table reactor_table(std::vector<std::string> headings) {
  std::vector<Table::Column> columns{{"REACTOR"}};
  for (std::string& heading : headings) {
    columns.push_back({std::move(heading), Align::right});
  }
  return Table{std::move(columns)};
}

std::string checks(const ServerStatus& status, Style style) {
  Table table = reactor_table({"ALLOWED", "DENIED", "THROTTLED", "UNKNOWN", "OTHER", "HOPS",
                               "RESIDENT", "WAITING", "CONNECTIONS"});
  for (std::size_t i = 0; i < status.reactors.size(); ++i) {
    const ReactorStatus& reactor = status.reactors[i];
    const DecidedChecks& decided = reactor.decided;
    table.add({count(i), count(decided[Outcome::allowed]), count(decided[Outcome::denied]),
               count(decided[Outcome::throttled]), count(decided[Outcome::unknown_tenant]),
               count(decided.others()), count(reactor.hops), count(reactor.resident_tenants),
               count(reactor.waiting_checks), count(reactor.connections)});
  }
  return table.print(style);
}

std::string write_behind(const ServerStatus& status, Style style) {
  Table table = reactor_table(
      {"DIRTY", "REFUSED", "HISTORY", "LOST", "LAG", "BATCHES", "FAILED BATCHES", "LAST BATCH"});
  for (std::size_t i = 0; i < status.reactors.size(); ++i) {
    const ReactorStatus& reactor = status.reactors[i];
    table.add({count(i), count(reactor.dirty_tenants), alarm(reactor.refused_tenants),
               count(reactor.history_rows), alarm(reactor.history_lost),
               length(reactor.write_behind_lag), count(reactor.flushes),
               alarm(reactor.flush_failures), length(reactor.last_flush)});
  }
  return table.print(style);
}

std::string journals(const ServerStatus& status, Style style) {
  Table table =
      reactor_table({"JOURNAL", "WRITTEN", "COMMITS", "FAILED COMMITS", "SYNCS", "LAST SYNC"});
  for (std::size_t i = 0; i < status.reactors.size(); ++i) {
    const JournalFigures& journal = status.reactors[i].journal;
    table.add({count(i), bytes(journal.bytes), bytes(journal.bytes_written), count(journal.commits),
               alarm(journal.failures), count(journal.syncs), length(journal.last_sync)});
  }
  return table.print(style);
}

}  // namespace

std::string view_of(const ServerStatus& status, Style style) {
  const OwnershipStatus& ownership = status.ownership;
  Card card;
  card.add("server", status.server);
  card.add("time", fmt::format("{}{}", format_instant_in(status.now, "UTC"),
                               status.simulated_time ? " (simulated)" : ""));
  card.add("up", format_duration(status.uptime));
  card.add("start took", fmt::format("{}, of these {} for the journal",
                                     format_duration(status.start.replay + status.start.load),
                                     format_duration(status.start.replay)));
  card.add("owner", ownership.owner ? "yes" : "no: the tenants are not this server's now",
           ownership.owner ? Tint::good : Tint::bad);
  card.add("epoch", fmt::format("{}", ownership.epoch.raw()));
  card.add("lease left",
           ownership.lease_left ? format_duration(*ownership.lease_left) : "needs none");
  return card.print(style) + "\n" + checks(status, style) + "\n" + write_behind(status, style) +
         "\n" + journals(status, style);
}

}  // namespace sluice::ctl
