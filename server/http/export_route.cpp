// SPDX-License-Identifier: Apache-2.0
// Everything that is kept of a tenant, as one document: what the methods of the native interface
// tell, page by page.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/entry_bytes.hpp"
#include "actors/tenant/sharing/statistics.hpp"
#include "server/http/api_routes.hpp"
#include "server/http/located.hpp"
#include "server/rpc/rpc_server.hpp"

namespace sluice::http {
namespace {

/// One member of the document.
struct Section {
  const char* name;
  const char* method;
  const char* list = nullptr;  ///< What is told of each page; without one, all of the only page.
  Json params = Json::object();
  /// Whether there is a page after this one; then `params` are of that. It may take from this one
  /// what the next one tells again.
  std::function<bool(Json& params, Json& page)> go_on = [](Json&, Json&) { return false; };
  bool is_about_tenant = true;
};

/// The same parameter as that member of the last element.
std::function<bool(Json&, Json&)> after(const char* list, const char* param, const char* member) {
  return [=](Json& params, Json& page) {
    const bool more = page.value("more", false) && !page.at(list).empty();
    if (more) {
      params[param] = page.at(list).back().at(member);
    }
    return more;
  };
}

Json number(std::int64_t of_64_bits) {
  return std::to_string(of_64_bits);
}

/// Begins again with the instant of the last element, of which there may be more.
void go_on_at_last(Json& params, Json& elements) {
  const Json start = elements.back().at("startNs");
  params["fromNs"] = start;
  elements.erase(std::find_if(elements.begin(), elements.end(),
                              [&](const Json& element) { return element.at("startNs") == start; }),
                 elements.end());
}

bool is_cut(const Json& elements, std::size_t most) {
  return elements.size() >= most && elements.front().at("startNs") != elements.back().at("startNs");
}

Section history(const char* name, const char* granularity) {
  return {.name = name,
          .method = "history",
          .list = "points",
          .params = {{"granularity", granularity}, {"pointsMax", usage_points_max}},
          .go_on = [](Json& params, Json& page) {
            const bool more = is_cut(page.at("points"), usage_points_max);
            if (more) {
              go_on_at_last(params, page.at("points"));
            }
            return more;
          }};
}

/// The hours of a year at a time, until `end`.
Section shared_hours(const char* name, const char* side, WallTime from, WallTime end) {
  const auto within = [end](WallTime start) {
    const Duration left = end - start;
    return number((start + std::min(left, sharing_statistics_span_max)).time_since_epoch().count());
  };
  const auto go_on = [end, within](Json& params, Json& page) {
    Json& points = page.at("points");
    if (page.value("cut", false) && is_cut(points, sharing_points_max)) {
      go_on_at_last(params, points);
    } else {
      params["fromNs"] = params.at("toNs");
    }
    const WallTime start{Duration{std::stoll(params.at("fromNs").get<std::string>())}};
    params["toNs"] = within(start);
    return start < end;
  };
  return {.name = name,
          .method = "sharingStatistics",
          .list = "points",
          .params = {{"side", side},
                     {"by", "hour"},
                     {"fromNs", number(from.time_since_epoch().count())},
                     {"toNs", within(from)},
                     {"pointsMax", sharing_points_max},
                     {"topMax", 0}},
          .go_on = go_on};
}

Section access(const char* name, const char* side) {
  return {.name = name,
          .method = "listAccess",
          .list = "requests",
          .params = {{"side", side}, {"pageSize", page_size_max}},
          .go_on = after("requests", "after", "id")};
}

Section statements(const char* name, const char* side) {
  return {.name = name,
          .method = "sharingStatements",
          .list = "statements",
          .params = {{"side", side}, {"fromNs", "0"}, {"pageSize", statement_page_size_max}},
          .go_on = [](Json& params, Json& page) {
            const bool more = page.value("more", false) && !page.at("statements").empty();
            if (more) {
              params["afterStartNs"] = page.at("statements").back().at("periodStartNs");
              params["afterGrant"] = page.at("statements").back().at("grant");
            }
            return more;
          }};
}

/// Reservations, leases, answers, grants: each as its bytes.
Section entries() {
  const auto go_on = [](Json& params, Json& page) {
    if (!page.value("more", false) || page.at("entries").empty()) {
      return false;
    }
    std::vector<std::byte> bytes;
    for (const Json& byte : page.at("entries").back()) {
      bytes.push_back(std::byte{byte.get<std::uint8_t>()});
    }
    const auto last = decode_entry(bytes);
    if (last) {
      params["afterHigh"] = std::to_string(last->id.high);
      params["afterLow"] = std::to_string(last->id.low);
    }
    return last.has_value();
  };
  return {.name = "entries", .method = "stored", .list = "entries", .go_on = go_on};
}

/// Those that are for this tenant and no other.
Section keys(TenantId tenant) {
  const auto go_on = [its = Json::array({to_string(tenant)}), next = after("keys", "after", "id")](
                         Json& params, Json& page) {
    const bool more = next(params, page);
    Json others = Json::array();
    Json& all = page.at("keys");
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const Json& key) { return key.value("tenants", others) != its; }),
              all.end());
    return more;
  };
  return {.name = "apiKeys",
          .method = "listKeys",
          .list = "keys",
          .params = {{"pageSize", page_size_max}},
          .go_on = go_on,
          .is_about_tenant = false};
}

/// A list that is told in pages, of which the last element says where the next one begins.
Section paged(const char* name, const char* method, const char* list, std::size_t page_size,
              const char* param, const char* member) {
  return {.name = name,
          .method = method,
          .list = list,
          .params = {{"pageSize", page_size}},
          .go_on = after(list, param, member)};
}

Section payouts() {
  Section section = paged("payouts", "sharingPayouts", "payouts", statement_page_size_max,
                          "afterNumber", "number");
  section.go_on = [by_number = section.go_on](Json& params, Json& page) {
    const bool more = by_number(params, page);
    if (more) {
      params["afterCurrency"] = page.at("payouts").back().at("currency");
    }
    return more;
  };
  return section;
}

Section listings() {
  return {.name = "listings",
          .method = "searchListings",
          .list = "listings",
          .params = {{"search", {{"own", true}, {"pageSize", listing_page_size_max}}}},
          .go_on = [](Json& params, Json& page) {
            params["search"]["after"] = page.value("next", "");
            return params["search"]["after"] != "";
          }};
}

std::vector<Section> sections_of(const TenantDefinition& tenant, WallTime now) {
  const WallTime first = std::max(WallTime{}, tenant.created_at - std::chrono::hours{1});
  const WallTime end = now + std::chrono::hours{1};
  return {
      {.name = "tenant", .method = "showTenant"},
      {.name = "features", .method = "features"},
      {.name = "customisation", .method = "showCustomisation"},
      {.name = "roles", .method = "listRoles", .list = "roles"},
      paged("members", "listMembers", "members", page_size_max, "after", "userId"),
      keys(tenant.id),
      {.name = "usage", .method = "usage"},
      {.name = "counters", .method = "stored", .list = "counters"},
      {.name = "openUsage", .method = "stored", .list = "openUsage"},
      entries(),
      history("minutes", "minute"),
      history("hours", "hour"),
      history("days", "day"),
      {.name = "closedWindows", .method = "closedWindows", .list = "windows"},
      paged("policies", "listPolicies", "policies", page_size_max, "after", "id"),
      access("requestsAsOwner", "owner"),
      access("requestsAsConsumer", "consumer"),
      shared_hours("sharedHoursAsOwner", "owner", first, end),
      shared_hours("sharedHoursAsConsumer", "consumer", first, end),
      statements("statementsAsOwner", "owner"),
      statements("statementsAsConsumer", "consumer"),
      payouts(),
      listings(),
      paged("ratingsGiven", "listRatings", "ratings", rating_page_size_max, "after", "id"),
      paged("alerts", "listAlerts", "alerts", alert_page_size_max, "before", "number"),
      paged("deliveries", "alertDeliveries", "deliveries", alert_page_size_max, "before", "number"),
      paged("audit", "auditTrail", "events", audit_page_size_max, "after", "number"),
  };
}

/// Asks for one page when the one before has left, so it never holds more than one. What the caller
/// may not see is null.
class TenantExport final : public BodySource, public std::enable_shared_from_this<TenantExport> {
public:
  TenantExport(std::shared_ptr<Service> service, Request request, std::vector<Section> sections,
               TenantId tenant)
      : service_(std::move(service)), request_(std::move(request)), sections_(std::move(sections)) {
    for (Section& section : sections_) {
      if (section.is_about_tenant) {
        section.params["tenant"] = Json{{"id", to_string(tenant)}};
      }
    }
  }

  void next(Take take) override {
    if (at_ == sections_.size()) {
      return take(std::string{});
    }
    const Foundations& on = service_->environment->on;
    const auto access = on.authorize.access_of(request_);
    if (!access.ok()) {
      return take(access.fault());
    }
    on.native.call_in_json(
        service_->here, access.value(), request_.peer, sections_[at_].method,
        sections_[at_].params.dump(),
        [self = shared_from_this(), take = std::move(take)](const Result<std::string>& answered) {
          self->tell(answered, take);
        });
  }

private:
  void tell(const Result<std::string>& answered, const Take& take) {
    const bool is_hidden = !answered.ok() && answered.fault().code == FaultCode::permission_denied;
    if (!answered.ok() && !is_hidden) {
      return take(answered.fault());
    }
    std::string text;
    if (elements_ == 0 && is_first_page_) {
      text += at_ == 0 ? R"({"success":true,"data":{)" : ",";
      text += Json(sections_[at_].name).dump() + ':';
    }
    if (is_hidden) {
      text += "null";
      ++at_;
    } else {
      tell_page(Json::parse(answered.value()), text);
    }
    if (at_ == sections_.size()) {
      text += "}}";
    }
    text.empty() ? next(take) : take(std::move(text));
  }

  void tell_page(Json page, std::string& text) {
    Section& section = sections_[at_];
    if (section.list == nullptr) {
      text += page.dump();
      ++at_;
      return;
    }
    page.emplace(section.list, Json::array());  // If there are none, it may say nothing of them.
    const bool more = section.go_on(section.params, page);
    text += is_first_page_ ? "[" : "";
    for (const Json& element : page.at(section.list)) {
      text += (elements_++ > 0 ? "," : "") + element.dump();
    }
    is_first_page_ = !more;
    if (!more) {
      text += ']';
      elements_ = 0;
      ++at_;
    }
  }

  std::shared_ptr<Service> service_;
  Request request_;  ///< Whose credential is asked again for each page.
  std::vector<Section> sections_;
  std::size_t at_ = 0;
  bool is_first_page_ = true;
  std::uint64_t elements_ = 0;  ///< Of the section, so far.
};

}  // namespace

void answer_export(const ExchangePtr& exchange, const Route& /*route*/) {
  with_definition(exchange, [exchange](const TenantDefinition& tenant) {
    const WallTime now = exchange->service->environment->on.clock.now().wall;
    Response response;
    response.source = std::make_shared<TenantExport>(exchange->service, exchange->request,
                                                     sections_of(tenant, now), tenant.id);
    exchange->answer(std::move(response));
  });
}

}  // namespace sluice::http
