// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/tenant_export.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include "actors/tenant/entry_bytes.hpp"
#include "actors/tenant/sharing/listing_query.hpp"
#include "actors/tenant/sharing/statistics.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/usage_asked.hpp"

namespace sluice::text {
namespace {

using Json = TenantExport::Json;
using Section = TenantExport::Section;

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

Section history(const char* name, const char* granularity, std::string_view label = {}) {
  const std::size_t most = label.empty() ? usage_points_max : usage_value_points_max;
  return {.name = name,
          .method = "history",
          .list = "points",
          .params = {{"granularity", granularity}, {"pointsMax", most}, {"label", label}},
          .go_on = [most](Json& params, Json& page) {
            const bool more = is_cut(page.at("points"), most);
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

/// Those that the tenant has, in any state; and what others say of them.
std::pair<Section, Section> listings_and_ratings() {
  const auto of_listings = std::make_shared<std::optional<std::vector<Json>>>();
  Section listings{.name = "listings",
                   .method = "searchListings",
                   .list = "listings",
                   .params = {{"search", {{"own", true}, {"pageSize", listing_page_size_max}}}},
                   .go_on = [of_listings](Json& params, Json& page) {
                     of_listings->emplace(of_listings->value_or(std::vector<Json>{}));
                     for (const Json& listing : page.at("listings")) {
                       (*of_listings)->push_back(listing.at("id"));
                     }
                     params["search"]["after"] = page.value("next", "");
                     return params["search"]["after"] != "";
                   }};
  const auto next_listing = [of_listings](Json& params) {
    if ((*of_listings)->empty()) {
      return false;
    }
    params["listing"] = (*of_listings)->back();
    params["after"] = "";
    (*of_listings)->pop_back();
    return true;
  };
  Section ratings{
      .name = "ratingsReceived",
      .method = "listRatings",
      .list = "ratings",
      .params = {{"pageSize", rating_page_size_max}},
      .go_on = [next_page = after("ratings", "after", "id"), next_listing](
                   Json& params,
                   Json& page) { return next_page(params, page) || next_listing(params); },
      .begin =
          [of_listings, next_listing](Json& params) {
            return !*of_listings          ? Section::Begin::hidden
                   : next_listing(params) ? Section::Begin::ask
                                          : Section::Begin::nothing;
          }};
  return {std::move(listings), std::move(ratings)};
}

std::vector<Section> sections_of(TenantId tenant, WallTime created_at, WallTime now) {
  const WallTime first = std::max(WallTime{}, created_at - std::chrono::hours{1});
  const WallTime end = now + std::chrono::hours{1};
  const auto [listings, ratings_received] = listings_and_ratings();
  std::vector<Section> sections{
      {.name = "tenant", .method = "showTenant"},
      {.name = "features", .method = "features"},
      {.name = "customisation", .method = "showCustomisation"},
      {.name = "roles", .method = "listRoles", .list = "roles"},
      paged("members", "listMembers", "members", page_size_max, "after", "userId"),
      keys(tenant),
      {.name = "usage", .method = "usage"},
      {.name = "counters", .method = "stored", .list = "counters"},
      {.name = "openUsage", .method = "stored", .list = "openUsage"},
      entries(),
      history("minutes", "minute"),
      history("hours", "hour"),
      history("days", "day"),
      history("minutesByLabel", "minute", every_label),
      history("hoursByLabel", "hour", every_label),
      history("daysByLabel", "day", every_label),
      {.name = "closedWindows", .method = "closedWindows", .list = "windows"},
      paged("policies", "listPolicies", "policies", page_size_max, "after", "id"),
      access("requestsAsOwner", "owner"),
      access("requestsAsConsumer", "consumer"),
      shared_hours("sharedHoursAsOwner", "owner", first, end),
      shared_hours("sharedHoursAsConsumer", "consumer", first, end),
      statements("statementsAsOwner", "owner"),
      statements("statementsAsConsumer", "consumer"),
      payouts(),
      listings,
      ratings_received,
      paged("ratingsGiven", "listRatings", "ratings", rating_page_size_max, "after", "id"),
      paged("alerts", "listAlerts", "alerts", alert_page_size_max, "before", "number"),
      paged("deliveries", "alertDeliveries", "deliveries", alert_page_size_max, "before", "number"),
      paged("audit", "auditTrail", "events", audit_page_size_max, "after", "number"),
  };
  for (Section& section : sections) {
    if (section.is_about_tenant) {
      section.params["tenant"] = Json{{"id", to_string(tenant)}};
    }
  }
  return sections;
}

}  // namespace

TenantExport::TenantExport(TenantId tenant, WallTime created_at, WallTime now)
    : sections_(sections_of(tenant, created_at, now)) {}

std::optional<TenantExport::Question> TenantExport::next() {
  if (at_ == sections_.size()) {
    return std::nullopt;
  }
  return Question{sections_[at_].method, sections_[at_].params.dump()};
}

Result<std::string> TenantExport::take(const Result<std::string>& answered) {
  const bool is_hidden =
      !answered.ok() && is_first_page_ && answered.fault().code == FaultCode::permission_denied;
  if (!answered.ok() && !is_hidden) {
    return answered.fault();
  }
  std::string text = is_first_page_ ? name_of_section() : "";
  if (is_hidden) {
    text += "null";
    ++at_;
    begin_section(text);
  } else {
    tell_page(Json::parse(answered.value()), text);
  }
  if (at_ == sections_.size()) {
    text += "}";
  }
  return text;
}

std::string TenantExport::name_of_section() const {
  return (at_ == 0 ? "{" : ",") + Json(sections_[at_].name).dump() + ":";
}

void TenantExport::tell_page(Json page, std::string& text) {
  Section& section = sections_[at_];
  bool more = false;
  if (section.list == nullptr) {
    text += page.dump();
  } else {
    page.emplace(section.list, Json::array());  // If there are none, it may say nothing of them.
    more = section.go_on(section.params, page);
    text += is_first_page_ ? "[" : "";
    for (const Json& element : page.at(section.list)) {
      text += (elements_++ > 0 ? "," : "") + element.dump();
    }
    text += more ? "" : "]";
  }
  is_first_page_ = !more;
  if (!more) {
    elements_ = 0;
    ++at_;
    begin_section(text);
  }
}

// Those of which there is nothing to ask are told at once.
void TenantExport::begin_section(std::string& text) {
  for (; at_ < sections_.size(); ++at_) {
    const Section::Begin begin = sections_[at_].begin(sections_[at_].params);
    if (begin == Section::Begin::ask) {
      return;
    }
    text += name_of_section() + (begin == Section::Begin::hidden ? "null" : "[]");
  }
}

}  // namespace sluice::text
