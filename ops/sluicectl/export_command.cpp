// SPDX-License-Identifier: Apache-2.0
// Everything that is kept of a tenant, as one document.
#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/member_documents.hpp"
#include "ops/sluicectl/stored_documents.hpp"

namespace sluice::ctl {
namespace {

struct ExportWish {
  std::string tenant;
};

/// Of each granularity. A year has half a million minutes.
constexpr std::size_t exported_points_max = 1'000'000;

/// All points that the store has, page by page. Each page starts where the one before ended, so
/// that nothing is left out of an instant at which a page ended.
History everything(Session& session, TenantId tenant, Granularity granularity) {
  History all;
  all.query.granularity = granularity;
  all.query.points_max = exported_points_max;
  UsageQuery page{.tenant = tenant, .granularity = granularity, .points_max = usage_points_max};
  for (bool more = true; more;) {
    std::vector<UsagePoint> points = answered(session.link.management().history(tenant, page));
    more = points.size() == usage_points_max && all.points.size() < exported_points_max;
    const auto is_known = [&](const UsagePoint& point) {
      return !all.points.empty() && std::tie(point.start, point.meter) <=
                                        std::tie(all.points.back().start, all.points.back().meter);
    };
    const auto fresh = std::ranges::find_if_not(points, is_known);
    all.points.insert(all.points.end(), fresh, points.end());
    page.from = all.points.empty() ? page.from : all.points.back().start;
  }
  return all;
}

Json history_of(Session& session, TenantId tenant) {
  Json out = Json::object();
  for (const Granularity granularity : {Granularity::minute, Granularity::hour, Granularity::day}) {
    const History history = everything(session, tenant, granularity);
    out[std::string{to_string(granularity)}] = ctl::document_of(history, session.link)["points"];
    out[std::string{to_string(granularity)} + "_complete"] = history.complete();
  }
  return out;
}

Json stored_of(Session& session, TenantId tenant) {
  StoredPage all;
  EntryId after{};
  do {
    StoredPage page = answered(session.link.management().stored(tenant, after));
    all.more = page.more && !page.entries.empty();
    all.counters.insert(all.counters.end(), page.counters.begin(), page.counters.end());
    all.open_usage.insert(all.open_usage.end(), page.open_usage.begin(), page.open_usage.end());
    std::ranges::move(page.entries, std::back_inserter(all.entries));
    after = all.entries.empty() ? EntryId{} : all.entries.back().id;
  } while (all.more);
  return Json{{"counters", list_of(std::span<const Counter>{all.counters})},
              {"open_usage", list_of(std::span<const UsageBucket>{all.open_usage})},
              {"entries", list_of(std::span<const Entry>{all.entries})}};
}

Json members_of(Session& session, TenantId tenant) {
  Json all = Json::array();
  MemberQuery query{.tenant = tenant, .page_size = page_size_max};
  for (bool more = true; more;) {
    const MemberPage page = answered(session.link.management().members(tenant, query));
    for (const Member& member : page.members) {
      all.push_back(ctl::document_of(member));
    }
    more = page.more && !page.members.empty();
    query.after = page.members.empty() ? "" : page.members.back().user_id;
  }
  return all;
}

/// Always a document, because there is nothing in it for people to look at.
Report export_tenant(Session& session, const ExportWish& wish) {
  client::OperatorClient& management = session.link.management();
  PastWindows past;
  past.tenant = answered(management.show(parse_tenant_ref(wish.tenant)));
  const TenantId id = past.tenant.id;
  const client::UsageReport usage = answered(management.usage(id));
  past.windows = answered(management.closed_windows(id));
  Json out = Json::object();
  put_instant(out, "exported", usage.now);
  out["tenant"] = ctl::document_of(past.tenant, session.link);
  out["members"] = members_of(session, id);
  out["roles"] = ctl::document_of(answered(management.roles(id)))["roles"];
  out["usage"] = ctl::document_of(usage, session.link)["limits"];
  out["stored"] = stored_of(session, id);
  out["history"] = history_of(session, id);
  out["closed_windows"] = list_of(std::span<const ClosedWindow>{past.windows});
  out["closed_windows_complete"] = past.windows.size() < usage_points_max;
  const std::string text = out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  return {std::move(out), text};
}

}  // namespace

void add_export_command(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<ExportWish>();
  CLI::App& command =
      *group.add_subcommand("export", "Print everything that is kept of a tenant, as JSON");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  runs(line, command, wish, export_tenant);
}

}  // namespace sluice::ctl
