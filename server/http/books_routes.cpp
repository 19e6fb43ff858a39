// SPDX-License-Identifier: Apache-2.0
#include "server/http/books_routes.hpp"

#include <optional>
#include <string>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "protocol/text/books_json.hpp"
#include "protocol/text/time_text.hpp"
#include "server/http/located.hpp"
#include "server/http/members.hpp"
#include "server/http/parameters.hpp"
#include "server/http/usage_query.hpp"

namespace sluice::http {
namespace {

Fault about_parameter(std::string_view name, std::string_view what) {
  return {FaultCode::invalid_argument, std::string{name}.append(": ").append(what)};
}

/// Reads what the query has of this name into `into`; the fault names it.
template <class T, class Parse>
Result<Done> read_parameter(const Request& request, std::string_view name, Parse parse, T& into) {
  const auto text = request.parameter(name);
  if (!text) {
    return Done{};
  }
  auto parsed = parse(*text);
  if (!parsed.ok()) {
    return about_parameter(name, parsed.fault().context);
  }
  into = std::move(parsed).value();
  return Done{};
}

Result<PolicyId> policy_in_text(std::string_view text) {
  const auto policy = parse_policy_id(text);
  return policy ? Result<PolicyId>{*policy}
                : Fault{FaultCode::invalid_argument, "is not the UUID of a policy"};
}

Result<TenantId> tenant_in_text(std::string_view text) {
  const auto tenant = parse_tenant_id(text);
  return tenant ? Result<TenantId>{*tenant}
                : Fault{FaultCode::invalid_argument, "is not the UUID of a tenant"};
}

Result<Done> read_limit(const Request& request, std::string_view name, std::size_t most,
                        std::size_t& into) {
  const auto count = count_in(request, name, into, most);
  if (!count) {
    return about_parameter(name, "is not from 1 to " + std::to_string(most));
  }
  into = *count;
  return Done{};
}

/// The first of them that is a fault.
template <class... Results>
Result<Done> first_fault_of(Results... results) {
  Result<Done> first = Done{};
  ((first.ok() && !results.ok() ? void(first = results) : void()), ...);
  return first;
}

Result<StatementQuery> statement_query_of(const Request& request) {
  StatementQuery query;
  auto read =
      first_fault_of(read_parameter(request, "as", text::parse_sharing_side, query.side),
                     read_parameter(request, "from", text::parse_instant, query.from),
                     read_parameter(request, "to", text::parse_instant, query.to),
                     read_parameter(request, "policy", policy_in_text, query.policy),
                     read_parameter(request, "counterparty", tenant_in_text, query.counterparty),
                     read_parameter(request, "after", text::parse_statement_cursor, query.after),
                     read_limit(request, "limit", statement_page_size_max, query.page_size));
  return read.ok() ? Result<StatementQuery>{std::move(query)} : read.fault();
}

Result<PayoutQuery> payout_query_of(const Request& request) {
  PayoutQuery query;
  query.currency = request.parameter("currency").value_or("");
  auto read =
      first_fault_of(read_parameter(request, "after", text::parse_payout_key, query.after),
                     read_limit(request, "limit", statement_page_size_max, query.page_size));
  return read.ok() ? Result<PayoutQuery>{std::move(query)} : read.fault();
}

Result<SharingStatisticsQuery> sharing_statistics_query_of(const Request& request) {
  SharingStatisticsQuery query;
  auto read =
      first_fault_of(read_parameter(request, "as", text::parse_sharing_side, query.side),
                     read_parameter(request, "by", text::parse_sharing_granularity, query.by),
                     read_parameter(request, "from", text::parse_instant, query.from),
                     read_parameter(request, "to", text::parse_instant, query.to),
                     read_parameter(request, "policy", policy_in_text, query.policy),
                     read_limit(request, "limit", sharing_points_max, query.points_max),
                     read_limit(request, "top", sharing_top_max, query.top_max));
  return read.ok() ? Result<SharingStatisticsQuery>{std::move(query)} : read.fault();
}

/// `more` has no place in a table, so the line behind which to go on is told in a header.
Response csv_response(const StatementPage& page, bool is_first) {
  Response response{.body = is_first ? text::csv_names() : std::string{},
                    .content_type = "text/csv; charset=utf-8"};
  response.body += text::csv_of(page.lines);
  if (page.more && !page.lines.empty()) {
    response.headers.push_back(
        {"Sluice-Next", text::to_string(StatementCursor{page.lines.back().period.start,
                                                        page.lines.back().grant})});
  }
  return response;
}

struct PaidBody {
  std::string reference{};
};
constexpr std::array paid_members{Member<PaidBody>{
    "reference", R"({"type":"string"})", true,
    [](const Json& value, PaidBody& into) { return read_text(value, into.reference); }}};

}  // namespace

void answer_statements(const ExchangePtr& exchange, const Route& /*route*/) {
  const Request& request = exchange->request;
  const auto query = statement_query_of(request);
  const auto as_csv = wants_csv(request);
  if (!query.ok() || !as_csv.ok()) {
    return exchange->answer(failure(query.ok() ? as_csv.fault() : query.fault()));
  }
  const bool running = request.parameter("running").value_or("") == "true";
  with_acting_tenant(exchange, [exchange, query = query.value(), as_csv = as_csv.value(),
                                running](TenantId tenant) {
    Service& service = *exchange->service;
    StatementQuery of_tenant = query;
    of_tenant.tenant = tenant;
    service.engine().statements(
        service.here, std::move(of_tenant), running,
        or_fault<StatementPage>(exchange, [exchange, as_csv,
                                           is_first = !query.after](const StatementPage& page) {
          exchange->answer(as_csv ? csv_response(page, is_first) : success(text::json_of(page)));
        }));
  });
}

void answer_payouts(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto query = payout_query_of(exchange->request);
  if (!query.ok()) {
    return exchange->answer(failure(query.fault()));
  }
  with_acting_tenant(exchange, [exchange, query = query.value()](TenantId tenant) {
    Service& service = *exchange->service;
    PayoutQuery of_tenant = query;
    of_tenant.owner = tenant;
    service.engine().payouts(service.here, std::move(of_tenant),
                             or_fault<PayoutPage>(exchange, [exchange](const PayoutPage& page) {
                               exchange->answer(success(text::json_of(page)));
                             }));
  });
}

void answer_payout_paid(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto key = text::parse_payout_key(exchange->parts.at(0) + "/" + exchange->parts.at(1));
  if (!key.ok()) {
    return exchange->answer(failure(Fault{FaultCode::not_found, "there is no such payout"}));
  }
  PaidBody said;
  if (!read_body<PaidBody>(exchange, paid_members, said)) {
    return;
  }
  with_acting_tenant(exchange, [exchange, key = key.value(), said](TenantId tenant) {
    Service& service = *exchange->service;
    PayoutKey of_tenant = key;
    of_tenant.owner = tenant;
    service.engine().mark_payout_paid(service.here, exchange->author(), std::move(of_tenant),
                                      said.reference,
                                      or_fault<Payout>(exchange, [exchange](const Payout& payout) {
                                        exchange->answer(success(text::json_of(payout)));
                                      }));
  });
}

void answer_sharing_statistics(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto query = sharing_statistics_query_of(exchange->request);
  if (!query.ok()) {
    return exchange->answer(failure(query.fault()));
  }
  with_acting_tenant(exchange, [exchange, query = query.value()](TenantId tenant) {
    Service& service = *exchange->service;
    SharingStatisticsQuery of_tenant = query;
    of_tenant.tenant = tenant;
    service.engine().sharing_statistics(
        service.here, std::move(of_tenant),
        or_fault<SharingStatistics>(exchange, [exchange](const SharingStatistics& told) {
          exchange->answer(success(text::json_of(told)));
        }));
  });
}

}  // namespace sluice::http
