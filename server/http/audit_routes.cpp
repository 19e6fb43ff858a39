// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <utility>

#include "protocol/text/time_text.hpp"
#include "server/http/api_routes.hpp"
#include "server/http/located.hpp"
#include "server/http/usage_query.hpp"

namespace sluice::http {
namespace {

/// A number in the query, from `least` to `most`.
Result<std::uint64_t> number_in(const Request& request, std::string_view name,
                                std::uint64_t otherwise, std::uint64_t least, std::uint64_t most) {
  const auto text = request.parameter(name);
  if (!text) {
    return otherwise;
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || end != text->data() + text->size() || number < least ||
      number > most) {
    return Fault{FaultCode::invalid_argument, std::string{name} + ": is not from " +
                                                  std::to_string(least) + " to " +
                                                  std::to_string(most)};
  }
  return number;
}

Result<AuditQuery> query_in(const Request& request) {
  AuditQuery query;
  query.author = request.parameter("author").value_or("");
  if (const auto name = request.parameter("action")) {
    query.action = parse_audit_action(*name);
    if (!query.action) {
      return Fault{FaultCode::invalid_argument, "action: is not known"};
    }
  }
  const auto from = instant_in(request, "from", query.from);
  const auto to = instant_in(request, "to", query.to);
  if (!from.ok() || !to.ok()) {
    return from.ok() ? to.fault() : from.fault();
  }
  query.from = from.value();
  query.to = to.value();
  const auto after = number_in(request, "after", 0, 0, Amount::max_raw);
  const auto limit = number_in(request, "limit", query.page_size, 1, audit_page_size_max);
  if (!after.ok() || !limit.ok()) {
    return after.ok() ? limit.fault() : after.fault();
  }
  query.after = after.value();
  query.page_size = limit.value();
  return query;
}

/// The fields that changed, as they are stored; a text that was cut is told as a text.
Json change_in(const std::string& text) {
  if (text.empty()) {
    return nullptr;
  }
  Json parsed = Json::parse(text, nullptr, false);
  return parsed.is_discarded() ? Json(text) : parsed;
}

Json document_of(const AuditEvent& event) {
  const AuditDraft& what = event.what;
  return Json{{"number", event.number},
              {"at", text::format_instant(what.at)},
              {"kind", what.author.kind},
              {"name", what.author.name},
              {"credential", what.author.credential},
              {"address", what.author.address},
              {"action", to_string(what.action)},
              {"subject", what.subject},
              {"before", change_in(what.before)},
              {"after", change_in(what.after)}};
}

}  // namespace

void answer_audit(const ExchangePtr& exchange, const Route& /*route*/) {
  auto query = query_in(exchange->request);
  if (!query.ok()) {
    return exchange->answer(failure(query.fault()));
  }
  with_tenant(exchange, [exchange, query = std::move(query).value()](TenantId tenant) {
    AuditQuery of_tenant = query;
    of_tenant.tenant = tenant;
    Service& service = *exchange->service;
    service.engine().audit(service.here, std::move(of_tenant),
                           or_fault<AuditPage>(exchange, [exchange](const AuditPage& page) {
                             Json data{{"events", Json::array()}, {"next", nullptr}};
                             for (const AuditEvent& event : page.events) {
                               data["events"].push_back(document_of(event));
                             }
                             if (page.more && !page.events.empty()) {
                               data["next"] = page.events.back().number;
                             }
                             exchange->answer(success(data));
                           }));
  });
}

}  // namespace sluice::http
