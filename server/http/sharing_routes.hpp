// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "server/http/routes.hpp"

namespace sluice::http {

/// The operations of sharing. The tenant who acts is the `tenant` of the query: the owner where
/// policies are written and requests decided, the consumer where it asks and withdraws.

void answer_put_policy(const ExchangePtr& exchange, const Route& route);
void answer_list_policies(const ExchangePtr& exchange, const Route& route);
void answer_show_policy(const ExchangePtr& exchange, const Route& route);
void answer_remove_policy(const ExchangePtr& exchange, const Route& route);
void answer_request_access(const ExchangePtr& exchange, const Route& route);
void answer_list_access(const ExchangePtr& exchange, const Route& route);
void answer_approve_access(const ExchangePtr& exchange, const Route& route);
void answer_reject_access(const ExchangePtr& exchange, const Route& route);
void answer_withdraw_access(const ExchangePtr& exchange, const Route& route);
void answer_revoke_access(const ExchangePtr& exchange, const Route& route);

inline constexpr std::string_view acting_tenant =
    R"([{"name":"tenant","in":"query","required":true,"schema":{"type":"string"},)"
    R"("description":"Who acts: id or slug."}])";
inline constexpr std::string_view policy_list_parameters =
    R"([{"name":"tenant","in":"query","required":true,"schema":{"type":"string"},)"
    R"("description":"Who asks: id or slug."},)"
    R"({"name":"discover","in":"query","schema":{"type":"boolean","default":false},)"
    R"("description":"Those of others that it may ask for, instead of its own."},)"
    R"({"name":"type","in":"query","schema":{"type":"string",)"
    R"("enum":["service","model","dataset","api","workflow","custom"]}},)"
    R"({"name":"after","in":"query","schema":{"type":"string","format":"uuid"},)"
    R"("description":"Goes on behind this id: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000,)"
    R"("default":50}}])";
inline constexpr std::string_view access_list_parameters =
    R"([{"name":"tenant","in":"query","required":true,"schema":{"type":"string"},)"
    R"("description":"Who asks: id or slug."},)"
    R"({"name":"as","in":"query","schema":{"type":"string","enum":["owner","consumer"],)"
    R"("default":"owner"}},)"
    R"({"name":"policy","in":"query","schema":{"type":"string","format":"uuid"}},)"
    R"({"name":"state","in":"query","schema":{"type":"string",)"
    R"("enum":["pending","approved","rejected","withdrawn","revoked","expired"]}},)"
    R"({"name":"after","in":"query","schema":{"type":"string","format":"uuid"},)"
    R"("description":"Goes on behind this id: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000,)"
    R"("default":50}}])";
inline constexpr std::string_view reason_body =
    R"({"type":"object","additionalProperties":false,)"
    R"("properties":{"reason":{"type":"string","maxLength":500}}})";

/// An operation of one tenant, which the query names.
constexpr Route sharing_route(Method method, std::string_view path, Permission permission,
                              void (*answer)(const ExchangePtr&, const Route&),
                              std::string_view summary, std::string_view body = {},
                              std::string_view parameters = acting_tenant) {
  return {.method = method,
          .path = path,
          .area = Area::tenant,
          .answer = answer,
          .summary = summary,
          .body = body,
          .parameters = parameters,
          .permission = permission};
}

inline constexpr std::array sharing_routes{
    making(sharing_route(Method::post, "/api/v1/sharing/policies", Permission::sharing_write,
                         answer_put_policy, "Shares a resource of the tenant.",
                         R"({"type":"object"})")),
    sharing_route(Method::get, "/api/v1/sharing/policies", Permission::sharing_read,
                  answer_list_policies, "A page of what the tenant shares, or may ask for.", {},
                  policy_list_parameters),
    sharing_route(Method::get, "/api/v1/sharing/policies/{policy}", Permission::sharing_read,
                  answer_show_policy, "A policy, as far as it is for this tenant."),
    sharing_route(Method::put, "/api/v1/sharing/policies/{policy}", Permission::sharing_write,
                  answer_put_policy, "Replaces a policy of the tenant.", R"({"type":"object"})"),
    sharing_route(Method::remove, "/api/v1/sharing/policies/{policy}", Permission::sharing_write,
                  answer_remove_policy, "Shares the resource no more, and ends all its grants."),
    making(sharing_route(Method::post, "/api/v1/sharing/policies/{policy}/request-access",
                         Permission::sharing_write, answer_request_access,
                         "The tenant asks for access to what another shares.",
                         R"({"type":"object","additionalProperties":false,"properties":{)"
                         R"("permissions":{"type":"array","items":{"type":"string"}},)"
                         R"("message":{"type":"string","maxLength":500},)"
                         R"("ip":{"type":"string","description":)"
                         R"("From where it asks, if not from here."}}})")),
    sharing_route(Method::get, "/api/v1/sharing/requests", Permission::sharing_read,
                  answer_list_access, "A page of requests, by id.", {}, access_list_parameters),
    sharing_route(Method::post, "/api/v1/sharing/requests/{request}/approve",
                  Permission::sharing_write, answer_approve_access,
                  "The owner grants what was asked for.",
                  R"({"type":"object","additionalProperties":false,"properties":{)"
                  R"("permissions":{"type":"array","items":{"type":"string"}},)"
                  R"("expiresAt":{"type":"string","format":"date-time"},)"
                  R"("reason":{"type":"string","maxLength":500}}})"),
    sharing_route(Method::post, "/api/v1/sharing/requests/{request}/reject",
                  Permission::sharing_write, answer_reject_access, "The owner refuses it.",
                  reason_body),
    sharing_route(Method::post, "/api/v1/sharing/requests/{request}/withdraw",
                  Permission::sharing_write, answer_withdraw_access,
                  "The consumer takes its request back."),
    sharing_route(Method::post, "/api/v1/sharing/requests/{request}/revoke",
                  Permission::sharing_write, answer_revoke_access,
                  "The owner ends the grant; it is of no use any more before the answer.",
                  reason_body),
};

}  // namespace sluice::http
