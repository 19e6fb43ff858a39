// SPDX-License-Identifier: Apache-2.0
#include <iterator>
#include <memory>
#include <ranges>
#include <string>
#include <vector>

#include "ops/sluicectl/asking.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/live_views.hpp"

namespace sluice::ctl {
namespace {

struct CountersWish {
  std::string tenant;
  std::string limit;
  std::vector<std::string> labels;
};

struct HoldsWish {
  std::string tenant;
  std::vector<std::string> labels;
};

/// All pages of a list: `ask(query)` for each, whose elements `into` gets; the instant of the last.
template <class Query, class Ask, class Element>
WallTime all_pages(Query query, Ask ask, std::vector<Element>& into) {
  query.page_size = live_page_size_max;
  for (;;) {
    auto [elements, more, at] = ask(query);
    std::ranges::move(elements, std::back_inserter(into));
    if (!more || into.empty()) {
      return at;
    }
    query.after = into.back().id;
  }
}

Report counters(Session& session, const CountersWish& wish) {
  client::OperatorClient& management = session.link.management();
  CounterQuery query;
  query.limit = wish.limit;
  query.labels = labels_from(wish.labels);
  LiveCounters live{.tenant = answered(management.show(parse_tenant_ref(wish.tenant)))};
  const auto ask = [&](const CounterQuery& page) {
    return answered(management.counters(live.tenant.id, page));
  };
  live.at = all_pages(query, ask, live.counters);
  return {document_of(live, session.link), view_of(live, session.link, session.style)};
}

Report holds(Session& session, const HoldsWish& wish) {
  client::OperatorClient& management = session.link.management();
  HoldQuery query;
  query.labels = labels_from(wish.labels);
  OpenHolds open{.tenant = answered(management.show(parse_tenant_ref(wish.tenant)))};
  const auto ask = [&](const HoldQuery& page) {
    return answered(management.holds(open.tenant.id, page));
  };
  open.at = all_pages(query, ask, open.holds);
  return {document_of(open, session.link), view_of(open, session.link, session.style)};
}

}  // namespace

void add_counters_command(CommandLine& line, CLI::App& limit_group) {
  auto wish = std::make_shared<CountersWish>();
  CLI::App& command = *limit_group.add_subcommand(
      "counters", "Show the counters of limits by label: for which values, and how full they are");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("NAME", wish->limit, "Name of the limit in the tenant; by default all");
  add_labels(command, wish->labels, "Only with this value, such as user=42; may be repeated");
  runs(line, command, wish, counters);
}

void add_reservation_group(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("reservation", "List what is reserved");
  group.require_subcommand(1);
  auto wish = std::make_shared<HoldsWish>();
  CLI::App& command = *group.add_subcommand(
      "list", "List reservations and leases that are open, and what they hold");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  add_labels(command, wish->labels, "Only with this value, such as user=42; may be repeated");
  runs(line, command, wish, holds);
}

}  // namespace sluice::ctl
