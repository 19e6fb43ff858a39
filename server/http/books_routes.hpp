// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "server/http/routes.hpp"
#include "server/http/sharing_routes.hpp"

namespace sluice::http {

/// The operations about what is owed for shared resources. The `tenant` of the query is the owner
/// or consumer that is asked about.

void answer_statements(const ExchangePtr& exchange, const Route& route);
void answer_payouts(const ExchangePtr& exchange, const Route& route);
void answer_payout_paid(const ExchangePtr& exchange, const Route& route);
void answer_sharing_statistics(const ExchangePtr& exchange, const Route& route);

inline constexpr std::string_view statement_parameters =
    R"([{"name":"tenant","in":"query","required":true,"schema":{"type":"string"},)"
    R"("description":"Id or slug."},)"
    R"({"name":"as","in":"query","schema":{"type":"string","enum":["owner","consumer"],)"
    R"("default":"owner"}},)"
    R"({"name":"from","in":"query","schema":{"type":"string","format":"date-time"},)"
    R"("description":"Only periods that begin then or later."},)"
    R"({"name":"to","in":"query","schema":{"type":"string","format":"date-time"},)"
    R"("description":"Only periods that begin before."},)"
    R"({"name":"policy","in":"query","schema":{"type":"string","format":"uuid"}},)"
    R"({"name":"counterparty","in":"query","schema":{"type":"string","format":"uuid"},)"
    R"("description":"Only of this consumer; to a consumer, of this owner."},)"
    R"({"name":"running","in":"query","schema":{"type":"boolean","default":false},)"
    R"("description":"Of periods that are not closed, what they are so far."},)"
    R"({"name":"after","in":"query","schema":{"type":"string"},)"
    R"("description":"Goes on behind this line: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000,)"
    R"("default":50}}])";
inline constexpr std::string_view payout_parameters =
    R"([{"name":"tenant","in":"query","required":true,"schema":{"type":"string"},)"
    R"("description":"Id or slug."},)"
    R"({"name":"currency","in":"query","schema":{"type":"string"}},)"
    R"({"name":"after","in":"query","schema":{"type":"string"},)"
    R"("description":"Goes on behind this payout: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000,)"
    R"("default":50}}])";
inline constexpr std::string_view sharing_statistics_parameters =
    R"([{"name":"tenant","in":"query","required":true,"schema":{"type":"string"},)"
    R"("description":"Id or slug."},)"
    R"({"name":"as","in":"query","schema":{"type":"string","enum":["owner","consumer"],)"
    R"("default":"owner"}},)"
    R"({"name":"by","in":"query","schema":{"type":"string","enum":["hour","day","period"],)"
    R"("default":"day"}},)"
    R"({"name":"from","in":"query","required":true,)"
    R"("schema":{"type":"string","format":"date-time"}},)"
    R"({"name":"to","in":"query","required":true,)"
    R"("schema":{"type":"string","format":"date-time"},)"
    R"("description":"At most 366 days later."},)"
    R"({"name":"policy","in":"query","schema":{"type":"string","format":"uuid"}},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":10000,)"
    R"("default":1000}},)"
    R"({"name":"top","in":"query","schema":{"type":"integer","minimum":1,"maximum":100,)"
    R"("default":10}}])";

inline constexpr std::array books_routes{
    with_rows(sharing_route(Method::get, "/api/v1/sharing/statements", Permission::billing_read,
                            answer_statements, "What the tenant is owed, or owes, for each period.",
                            {}, statement_parameters)),
    sharing_route(Method::get, "/api/v1/sharing/payouts", Permission::billing_read, answer_payouts,
                  "What the platform pays the tenant, the latest first.", {}, payout_parameters),
    Route{.method = Method::post,
          .path = "/api/v1/sharing/payouts/{currency}/{number}/paid",
          .area = Area::platform,
          .answer = answer_payout_paid,
          .summary = "Says that the platform paid the tenant this payout.",
          .body = R"({"type":"object","required":["reference"],"additionalProperties":false,)"
                  R"("properties":{"reference":{"type":"string","maxLength":200}}})",
          .parameters = acting_tenant,
          .permission = Permission::platform_write},
    sharing_route(Method::get, "/api/v1/sharing/statistics", Permission::sharing_read,
                  answer_sharing_statistics, "How what is shared is used, and what that costs.", {},
                  sharing_statistics_parameters),
};

}  // namespace sluice::http
