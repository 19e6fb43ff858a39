// SPDX-License-Identifier: Apache-2.0
// Everything that is kept of a tenant, as one document.
#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/event_documents.hpp"
#include "ops/sluicectl/member_documents.hpp"
#include "ops/sluicectl/stored_documents.hpp"
#include "protocol/text/books_json.hpp"
#include "protocol/text/customisation_json.hpp"
#include "protocol/text/listing_json.hpp"
#include "protocol/text/sharing_json.hpp"

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

/// What the tenant was owed and owes for shared resources, line by line, and what it was paid.
Json statements_of(Session& session, TenantId tenant, SharingSide side) {
  Json all = Json::array();
  StatementQuery query{.side = side, .page_size = statement_page_size_max};
  for (bool more = true; more;) {
    const StatementPage page = answered(session.link.management().statements(tenant, query, false));
    Json told = text::json_of(page)["statements"];
    std::ranges::move(told, std::back_inserter(all));
    more = page.more && !page.lines.empty();
    if (more) {
      query.after = StatementCursor{page.lines.back().period.start, page.lines.back().grant};
    }
  }
  return all;
}

Json payouts_of(Session& session, TenantId tenant) {
  Json all = Json::array();
  PayoutQuery query{.page_size = statement_page_size_max};
  for (bool more = true; more;) {
    const PayoutPage page = answered(session.link.management().payouts(tenant, query));
    Json told = text::json_of(page)["payouts"];
    std::ranges::move(told, std::back_inserter(all));
    more = page.more && !page.payouts.empty();
    if (more) {
      query.after = page.payouts.back().key;
    }
  }
  return all;
}

Json policies_of(Session& session, TenantId tenant) {
  Json all = Json::array();
  PolicyQuery query;
  query.page_size = page_size_max;
  for (bool more = true; more;) {
    const PolicyPage page = answered(session.link.management().policies(tenant, query));
    for (const SharingPolicy& policy : page.policies) {
      all.push_back(text::json_of(policy, session.link.meters()));
      query.after = policy.id;
    }
    more = page.more && !page.policies.empty();
  }
  return all;
}

/// Of the listing, or, if that is nil, those that the tenant gave.
Json ratings_of(Session& session, TenantId tenant, ListingId listing) {
  Json all = Json::array();
  RatingQuery query{.listing = listing, .page_size = rating_page_size_max};
  for (bool more = true; more;) {
    const RatingPage page = answered(session.link.management().ratings(tenant, query));
    for (const Rating& rating : page.ratings) {
      all.push_back(text::json_of(rating));
      query.after = rating.id;
    }
    more = page.more && !page.ratings.empty();
  }
  return all;
}

/// Requests for access, with the grants that stand, where the tenant is on this side.
Json requests_of(Session& session, TenantId tenant, SharingSide side) {
  Json all = Json::array();
  SharingQuery query;
  query.side = side;
  query.page_size = page_size_max;
  for (bool more = true; more;) {
    const SharingPage page = answered(session.link.management().access(tenant, query));
    for (const SharingRequest& request : page.requests) {
      all.push_back(text::json_of(request));
      query.after = request.id;
    }
    more = page.more && !page.requests.empty();
  }
  return all;
}

/// Its own, in every state, each with what others say of it.
Json listings_of(Session& session, TenantId tenant) {
  client::OperatorClient& management = session.link.management();
  Json all = Json::array();
  ListingQuery query;
  query.own = true;
  query.sort = ListingSort::newest;
  query.page_size = listing_page_size_max;
  do {
    const ListingPage page = answered(management.search_listings(tenant, "", query));
    for (const FoundListing& found : page.listings) {
      all.push_back(text::json_of(found));
      all.back()["ratings"] = ratings_of(session, tenant, found.listing.id);
    }
    query.after = page.next;
  } while (query.after);
  return all;
}

/// The hours in which the tenant used, or lent, what is shared; page by page, as much as there is.
void put_shared_hours(Json& into, Session& session, const client::UsageReport& tenant,
                      SharingSide side, const std::string& name) {
  Json all = Json::array();
  bool complete = true;
  const WallTime end = tenant.now + std::chrono::hours{1};
  SharingStatisticsQuery query;
  query.side = side;
  query.by = SharingGranularity::hour;
  query.points_max = sharing_points_max;
  query.top_max = 0;
  query.from = std::max(WallTime{}, tenant.tenant.created_at - std::chrono::hours{1});
  while (query.from < end) {
    query.to = std::min(end, query.from + sharing_statistics_span_max);
    SharingStatistics told =
        answered(session.link.management().sharing_statistics(tenant.tenant.id, query));
    WallTime next = query.to;
    if (told.cut && told.points.size() == sharing_points_max &&
        told.points.front().start < told.points.back().start) {
      next = told.points.back().start;  // Of which there may be more.
      std::erase_if(told.points, [&](const SharingPoint& point) { return point.start == next; });
    } else {
      complete = complete && !told.cut;
    }
    Json points = text::json_of(told)["points"];
    std::ranges::move(points, std::back_inserter(all));
    query.from = next;
  }
  into[name] = std::move(all);
  into[name + "_complete"] = complete;
}

/// Those that are for this tenant and no other.
Json keys_of(Session& session, TenantId tenant) {
  Json all = Json::array();
  for (const ApiKey& key : answered(session.link.management().keys())) {
    if (key.tenants == std::vector{tenant}) {
      all.push_back(ctl::document_of(key));
    }
  }
  return all;
}

/// What became of telling its webhooks, the latest alert first.
Json deliveries_of(Session& session, TenantId tenant) {
  Json all = Json::array();
  DeliveryQuery query;
  query.page_size = alert_page_size_max;
  for (bool more = true; more;) {
    const DeliveryPage page = answered(session.link.management().deliveries(tenant, query));
    for (const ToldDelivery& told : page.deliveries) {
      all.push_back(ctl::document_of(told));
      query.before = told.number;
    }
    more = page.more && !page.deliveries.empty();
  }
  return all;
}

/// The latest first.
Json alerts_of(Session& session, TenantId tenant) {
  Json all = Json::array();
  AlertQuery query;
  query.page_size = alert_page_size_max;
  for (bool more = true; more;) {
    const AlertPage page = answered(session.link.management().alerts(tenant, query));
    for (const StoredAlert& alert : page.alerts) {
      all.push_back(ctl::document_of(alert));
      query.before = alert.number;
    }
    more = page.more && !page.alerts.empty();
  }
  return all;
}

Json audit_of(Session& session, TenantId tenant) {
  Json all = Json::array();
  AuditQuery query;
  query.page_size = audit_page_size_max;
  for (bool more = true; more;) {
    const AuditPage page = answered(session.link.management().audit(tenant, query));
    for (const AuditEvent& event : page.events) {
      all.push_back(ctl::document_of(event));
      query.after = event.number;
    }
    more = page.more && !page.events.empty();
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
  out["customisation"] = text::json_of(answered(management.customisation(id)));
  out["usage"] = ctl::document_of(usage, session.link)["limits"];
  out["stored"] = stored_of(session, id);
  out["history"] = history_of(session, id);
  out["closed_windows"] = list_of(std::span<const ClosedWindow>{past.windows});
  out["closed_windows_complete"] = past.windows.size() < usage_points_max;
  out["policies"] = policies_of(session, id);
  out["requests_as_owner"] = requests_of(session, id, SharingSide::owner);
  out["requests_as_consumer"] = requests_of(session, id, SharingSide::consumer);
  out["statements_as_owner"] = statements_of(session, id, SharingSide::owner);
  out["statements_as_consumer"] = statements_of(session, id, SharingSide::consumer);
  out["payouts"] = payouts_of(session, id);
  put_shared_hours(out, session, usage, SharingSide::owner, "shared_hours_as_owner");
  put_shared_hours(out, session, usage, SharingSide::consumer, "shared_hours_as_consumer");
  out["listings"] = listings_of(session, id);
  out["ratings_given"] = ratings_of(session, id, ListingId{});
  out["api_keys"] = keys_of(session, id);
  out["alerts"] = alerts_of(session, id);
  out["deliveries"] = deliveries_of(session, id);
  out["audit"] = audit_of(session, id);
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
