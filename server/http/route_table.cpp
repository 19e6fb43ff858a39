// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <vector>

#include "server/http/api_routes.hpp"
#include "server/http/books_routes.hpp"
#include "server/http/check_routes.hpp"
#include "server/http/health_routes.hpp"
#include "server/http/listing_routes.hpp"
#include "server/http/live_routes.hpp"
#include "server/http/routes.hpp"
#include "server/http/sharing_routes.hpp"

namespace sluice::http {
namespace {

constexpr std::string_view auth_parameters =
    R"([{"name":"tenant","in":"query","schema":{"type":"string"},)"
    R"("description":"Instead of the header X-Sluice-Tenant."},)"
    R"({"name":"meter","in":"query","schema":{"type":"string","default":"api_requests"},)"
    R"("description":"Instead of X-Sluice-Meter."},)"
    R"({"name":"amount","in":"query","schema":{"type":"string","default":"1"},)"
    R"("description":"Instead of X-Sluice-Amount."},)"
    R"({"name":"mode","in":"query","schema":{"type":"string","default":"normal"},)"
    R"("description":"Instead of X-Sluice-Mode."},)"
    R"({"name":"labels","in":"query","schema":{"type":"string"},)"
    R"("description":"Instead of X-Sluice-Labels: name=value, name=value."},)"
    R"({"name":"refused","in":"query","schema":{"type":"string","enum":["429","403"]},)"
    R"("description":"The status of a check that a limit refuses; 429 if it is not said."}])";

constexpr std::string_view decision = R"({"$ref":"#/components/schemas/Decision"})";

constexpr std::string_view meter_list = R"({"type":"array","items":{"type":"object","properties":{)"
                                        R"("name":{"type":"string"},"unit":{"type":"string"}}}})";

constexpr std::string_view list_parameters =
    R"([{"name":"tier","in":"query","schema":{"type":"string"}},)"
    R"({"name":"status","in":"query","schema":{"type":"string",)"
    R"("enum":["trial","active","suspended","deactivated"]}},)"
    R"({"name":"region","in":"query","schema":{"type":"string"}},)"
    R"({"name":"text","in":"query","schema":{"type":"string"},)"
    R"("description":"Looked for in name and slug; fewer than 3 characters at their beginning."},)"
    R"({"name":"after","in":"query","schema":{"type":"string","format":"uuid"},)"
    R"("description":"Goes on behind this id: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000,)"
    R"("default":50}}])";

constexpr std::string_view version_parameter =
    R"([{"name":"version","in":"query","schema":{"$ref":"#/components/schemas/ExpectedVersion"}}])";

constexpr std::string_view member_parameters =
    R"([{"name":"text","in":"query","schema":{"type":"string"},)"
    R"("description":"Looked for in user ids and emails."},)"
    R"({"name":"status","in":"query","schema":{"type":"string",)"
    R"("enum":["invited","active","suspended"]}},)"
    R"({"name":"after","in":"query","schema":{"type":"string"},)"
    R"("description":"Goes on behind this user id: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000,)"
    R"("default":50}}])";

constexpr std::string_view tenants_of_parameters =
    R"([{"name":"after","in":"query","schema":{"type":"string","format":"uuid"},)"
    R"("description":"Goes on behind this id: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000,)"
    R"("default":50}}])";

constexpr std::string_view audit_parameters =
    R"([{"name":"author","in":"query","schema":{"type":"string"},)"
    R"("description":"A name or a credential."},)"
    R"({"name":"action","in":"query","schema":{"type":"string"},)"
    R"("description":"Such as limit.put."},)"
    R"({"name":"from","in":"query","schema":{"type":"string"},)"
    R"("description":"Only what happened then or later: a date or an RFC 3339 instant."},)"
    R"({"name":"to","in":"query","schema":{"type":"string"},)"
    R"("description":"Only what happened before."},)"
    R"({"name":"after","in":"query","schema":{"type":"integer","minimum":0},)"
    R"("description":"Goes on behind this number: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":500,)"
    R"("default":50}}])";

constexpr std::string_view alert_parameters =
    R"([{"name":"kind","in":"query","schema":{"type":"string"},)"
    R"("description":"Such as quota.threshold."},)"
    R"({"name":"state","in":"query","schema":{"type":"string",)"
    R"("enum":["pending","delivered","dead"]},)"
    R"("description":"Only with a delivery in this state."},)"
    R"({"name":"before","in":"query","schema":{"type":"integer","minimum":1},)"
    R"("description":"Only lower numbers: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":200,)"
    R"("default":50}}])";

constexpr std::string_view delivery_parameters =
    R"([{"name":"alert","in":"query","schema":{"type":"string","format":"uuid"}},)"
    R"({"name":"state","in":"query","schema":{"type":"string",)"
    R"("enum":["pending","delivered","dead"]}},)"
    R"({"name":"before","in":"query","schema":{"type":"integer","minimum":1},)"
    R"("description":"Only of alerts with lower numbers: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":200,)"
    R"("default":50},"description":"Counts alerts."}])";

constexpr std::string_view range_parameters =
    R"([{"name":"startDate","in":"query","schema":{"type":"string"},)"
    R"("description":"A date or an RFC 3339 instant; 30 days before endDate if not said."},)"
    R"({"name":"endDate","in":"query","schema":{"type":"string"},)"
    R"("description":"What starts before it is told; now if it is not said."},)"
    R"({"name":"meter","in":"query","schema":{"type":"string"}},)"
    R"({"name":"granularity","in":"query","schema":{"type":"string",)"
    R"("enum":["minute","hour","day"],"default":"day"}},)"
    R"({"name":"label","in":"query","schema":{"type":"string"},)"
    R"("description":"Tells its values apart, if a limit asks for history by it."},)"
    R"({"name":"value","in":"query","schema":{"type":"string"},)"
    R"("description":"Of the label: only this one."}])";

constexpr std::string_view top_parameters =
    R"([{"name":"by","in":"query","schema":{"type":"string",)"
    R"("enum":["used","allowed","denied","throttled","overage"],"default":"used"}},)"
    R"({"name":"meter","in":"query","schema":{"type":"string"},)"
    R"("description":"Must be said of used and overage."},)"
    R"({"name":"granularity","in":"query","schema":{"type":"string",)"
    R"("enum":["minute","hour","day"],"default":"day"}},)"
    R"({"name":"startDate","in":"query","schema":{"type":"string"},)"
    R"("description":"A date or an RFC 3339 instant; a day of minutes, 7 days of hours or 30 days )"
    R"(before endDate if not said."},)"
    R"({"name":"endDate","in":"query","schema":{"type":"string"}},)"
    R"({"name":"tier","in":"query","schema":{"type":"string"}},)"
    R"({"name":"count","in":"query","schema":{"type":"integer","minimum":1,"maximum":100,)"
    R"("default":10}}])";

/// An operation on the tenants, or on one.
constexpr Route api_route(Method method, std::string_view path, Permission permission,
                          void (*answer)(const ExchangePtr&, const Route&),
                          std::string_view summary, std::string_view body = {},
                          std::string_view parameters = {}) {
  return {.method = method,
          .path = path,
          .area = path.find("{tenant}") == path.npos ? Area::platform : Area::tenant,
          .answer = answer,
          .summary = summary,
          .body = body,
          .parameters = parameters,
          .permission = permission};
}

constexpr Route check_route(std::string_view path, Mode mode, std::string_view summary) {
  return {.method = Method::post,
          .path = path,
          .area = Area::spending,
          .answer = answer_check,
          .summary = summary,
          .data = decision,
          .mode = mode,
          .permission = Permission::checks_write};
}

constexpr Route auth_route(Method method) {
  return {.method = method,
          .path = "/v1/auth",
          .area = Area::spending,
          .answer = answer_auth,
          .summary = "Answers a proxy by the status alone: 200, 429, 403 or 503.",
          .parameters = auth_parameters,
          .media = {},
          .permission = Permission::checks_write};
}

constexpr std::array gateway_routes{
    check_route("/v1/check", Mode::normal, "May this tenant spend all of this now?"),
    Route{.method = Method::post,
          .path = "/v1/checks",
          .area = Area::spending,
          .answer = answer_checks,
          .summary = "Decides a list of checks, each by itself, in their order.",
          .body = R"({"type":"object","required":["checks"],"additionalProperties":false,)"
                  R"("properties":{"checks":{"type":"array","minItems":1,"maxItems":4096,)"
                  R"("items":{"$ref":"#/components/schemas/Check"}}}})",
          .data = R"({"type":"array","items":{"$ref":"#/components/schemas/Decision"}})",
          .permission = Permission::checks_write},
    check_route("/v1/peek", Mode::peek, "Decides, and charges nothing."),
    check_route("/v1/record", Mode::record, "Counts what already happened, even past the limits."),
    check_route("/v1/release", Mode::release,
                "Gives back: to gauges, or under the id of a check all that it took."),
    check_route("/v1/reserve", Mode::reserve,
                "Holds every amount on every limit, or nothing, for a time."),
    check_route("/v1/extend", Mode::extend, "Keeps a reservation open."),
    check_route("/v1/commit", Mode::commit, "Settles a reservation or lease at what was used."),
    check_route("/v1/cancel", Mode::cancel, "Gives all of a reservation or lease back."),
    check_route("/v1/lease", Mode::lease,
                "Takes out a slice of a meter, to be spent elsewhere without asking."),
    Route{.path = "/v1/meters",
          .area = Area::spending,
          .answer = answer_meters,
          .summary = "All meters.",
          .data = meter_list,
          .permission = Permission::checks_write},
    Route{.path = "/v1/resources/{type}/{resource}",
          .area = Area::spending,
          .answer = answer_resource,
          .summary = "The policy that shares a resource, which may use nothing for that.",
          .data = R"({"type":"object","properties":{"policy":{"type":"string","format":"uuid"}}})",
          .permission = Permission::checks_write},
    Route{.path = "/v1/hosts/{host}",
          .area = Area::spending,
          .answer = answer_host,
          .summary = "Whose verified domain a host is.",
          .data = R"({"type":"object","properties":{"tenant":{"type":"string","format":"uuid"}}})",
          .permission = Permission::checks_write},
    auth_route(Method::get),
    auth_route(Method::post),
    Route{.method = Method::post,
          .path = "/v1/clock",
          .area = Area::platform,
          .answer = answer_clock,
          .summary = "Moves a simulated clock.",
          .body = R"({"type":"object","minProperties":1,"maxProperties":1,"properties":{)"
                  R"("advance":{"type":"string","description":"A duration such as 1h."},)"
                  R"("set":{"type":"string","format":"date-time"}}})",
          .data = R"({"type":"object","properties":{"now":{"type":"string"}}})",
          .simulated_time_only = true},
};

constexpr std::array health_routes{
    Route{
        .path = "/healthz", .answer = answer_healthz, .summary = "200 as long as the server runs."},
    Route{.path = "/readyz",
          .answer = answer_readyz,
          .summary = "200 if checks can be decided: the tenants are this server's, and what is "
                     "charged can be recorded. A store that is away degrades, no more."},
    Route{.path = "/version", .answer = answer_version, .summary = "What runs here."},
    Route{.path = "/metrics",
          .area = Area::metrics,
          .answer = answer_metrics,
          .summary = "The metrics, in the text format of Prometheus.",
          .media = "text/plain",
          .permission = Permission::platform_read},
};

constexpr std::array tenant_routes{
    api_route(Method::get, "/api/v1/tenants", Permission::platform_read, answer_list_tenants,
              "A page of tenants, by id.", {}, list_parameters),
    making(api_route(Method::post, "/api/v1/tenants", Permission::platform_write,
                     answer_create_tenant, "Makes a tenant.",
                     R"({"$ref":"#/components/schemas/NewTenant"})")),
    api_route(Method::get, "/api/v1/tenants/{tenant}", Permission::tenant_read, answer_show_tenant,
              "A tenant, by id or slug."),
    api_route(Method::put, "/api/v1/tenants/{tenant}", Permission::tenant_write, answer_edit_tenant,
              "Changes what the body says of a tenant.",
              R"({"$ref":"#/components/schemas/TenantChange"})"),
    api_route(Method::remove, "/api/v1/tenants/{tenant}", Permission::platform_write,
              answer_delete_tenant,
              "Deactivates a tenant; it is purged once it was kept for as long as the server says.",
              {}, version_parameter),
    api_route(Method::post, "/api/v1/tenants/{tenant}/suspend", Permission::platform_write,
              answer_suspend_tenant, "Lets a tenant spend nothing until it is reactivated.",
              R"({"type":"object","required":["reason"],"additionalProperties":false,)"
              R"("properties":{"reason":{"type":"string","minLength":1,"maxLength":200},)"
              R"("version":{"$ref":"#/components/schemas/ExpectedVersion"}}})"),
    api_route(Method::post, "/api/v1/tenants/{tenant}/upgrade", Permission::billing_write,
              answer_upgrade_tenant, "Moves a tenant to a tier of a higher rank.",
              R"({"type":"object","required":["tier"],"additionalProperties":false,)"
              R"("properties":{"tier":{"type":"string"},)"
              R"("when":{"type":"string","enum":["now","period_end"],"default":"now"},)"
              R"("version":{"$ref":"#/components/schemas/ExpectedVersion"}}})"),
    api_route(Method::post, "/api/v1/tenants/{tenant}/move", Permission::platform_write,
              answer_move_tenant, "Brings the rows of a tenant to another place.",
              R"({"type":"object","required":["to"],"additionalProperties":false,)"
              R"("properties":{"to":{"type":"string",)"
              R"("description":"shared, dedicated_schema or dedicated_instance=NAME."},)"
              R"("version":{"$ref":"#/components/schemas/ExpectedVersion"}}})"),
    api_route(Method::post, "/api/v1/tenants/{tenant}/reactivate", Permission::platform_write,
              answer_reactivate_tenant, "Lets a suspended tenant spend again.", {},
              version_parameter),
    api_route(Method::get, "/api/v1/tenants/{tenant}/export", Permission::platform_read,
              answer_export, "Everything that is kept of a tenant, as the native schema has it."),
    api_route(Method::get, "/api/v1/tenants/{tenant}/quotas", Permission::quotas_read,
              answer_quotas, "The limits of a tenant, and how full they are."),
    api_route(Method::put, "/api/v1/tenants/{tenant}/quotas/{type}", Permission::quotas_write,
              answer_put_quota, "Changes the limit of this name, or adds it.",
              R"({"$ref":"#/components/schemas/QuotaChange"})"),
    api_route(Method::remove, "/api/v1/tenants/{tenant}/quotas/{type}", Permission::quotas_write,
              answer_delete_quota, "Removes the limit of this name."),
    with_rows(api_route(Method::get, "/api/v1/tenants/{tenant}/usage", Permission::usage_read,
                        answer_usage,
                        "What a tenant did, by minute, hour or day; what is in the store by now.",
                        {}, range_parameters)),
    with_rows(api_route(Method::get, "/api/v1/tenants/{tenant}/windows", Permission::usage_read,
                        answer_windows,
                        "The final counts of windows that are over, the latest first.")),
    with_rows(api_route(Method::get, "/api/v1/tenants/{tenant}/statistics", Permission::usage_read,
                        answer_statistics, "The same, added up for each meter, with its peak.", {},
                        range_parameters)),
    with_rows(api_route(Method::get, "/api/v1/tenants/{tenant}/forecast", Permission::usage_read,
                        answer_forecast,
                        "When each limit is used up, if use goes on at its present pace.")),
    with_rows(api_route(Method::get, "/api/v1/tenants/{tenant}/unusual", Permission::usage_read,
                        answer_unusual,
                        "Hours of the last day that are not like those of earlier weeks.")),
    with_rows(api_route(Method::get, "/api/v1/analytics/top", Permission::platform_read, answer_top,
                        "The tenants with most of something.", {}, top_parameters)),
};

constexpr std::array member_routes{
    api_route(Method::get, "/api/v1/tenants/{tenant}/members", Permission::members_read,
              answer_list_members, "A page of the members of a tenant, by user id.", {},
              member_parameters),
    making(api_route(Method::post, "/api/v1/tenants/{tenant}/members", Permission::members_write,
                     answer_add_member,
                     "Adds a member, or invites one; either takes one of `users`.",
                     R"({"$ref":"#/components/schemas/NewMember"})")),
    api_route(Method::remove, "/api/v1/tenants/{tenant}/members/{userId}",
              Permission::members_write, answer_remove_member, "Removes a member."),
    Route{.path = "/api/v1/users/{userId}/tenants",
          .area = Area::user,
          .answer = answer_tenants_of,
          .summary = "Of which tenants somebody is a member; a member may ask of himself.",
          .parameters = tenants_of_parameters,
          .permission = Permission::platform_read},
    api_route(Method::get, "/api/v1/tenants/{tenant}/customization", Permission::customization_read,
              answer_show_customisation,
              "What a tenant customises, without the secrets of its webhooks."),
    api_route(Method::put, "/api/v1/tenants/{tenant}/customization",
              Permission::customization_write, answer_put_customisation,
              "Replaces the parts that the body has, if the tenant has the features for them.",
              R"({"type":"object"})"),
    api_route(Method::get, "/api/v1/tenants/{tenant}/audit", Permission::audit_read, answer_audit,
              "A page of who changed what of a tenant, the earliest first.", {}, audit_parameters),
};

constexpr std::array platform_routes{
    api_route(Method::get, "/api/v1/meters", Permission::platform_read, answer_meters,
              "All meters."),
    making(api_route(Method::post, "/api/v1/meters", Permission::platform_write,
                     answer_define_meter, "Defines a meter.",
                     R"({"type":"object","required":["name","unit"],"additionalProperties":false,)"
                     R"("properties":{"name":{"type":"string"},"unit":{"type":"string"}}})")),
    Route{.method = Method::post,
          .path = "/api/v1/operator/{method}",
          .area = Area::native,
          .answer = answer_operator,
          .summary = "Calls a method of `TenantAdmin` or `Operator`, of the native interface.",
          .body = R"({"type":"object"})"},
    Route{.path = "/openapi.json", .answer = answer_openapi, .summary = "This description."},
};

constexpr std::array alert_routes{
    api_route(Method::get, "/api/v1/alerts", Permission::platform_read, answer_alerts,
              "A page of the alerts of all tenants and the platform, the latest first.", {},
              alert_parameters),
    api_route(Method::get, "/api/v1/tenants/{tenant}/alerts", Permission::usage_read, answer_alerts,
              "A page of the alerts of a tenant, the latest first.", {}, alert_parameters),
    api_route(Method::get, "/api/v1/alerts/deliveries", Permission::platform_read,
              answer_deliveries, "What became of telling webhooks of alerts.", {},
              delivery_parameters),
    api_route(Method::get, "/api/v1/tenants/{tenant}/alerts/deliveries",
              Permission::customization_read, answer_deliveries,
              "What became of telling webhooks of a tenant's alerts.", {}, delivery_parameters),
    api_route(Method::post, "/api/v1/alerts/{id}/resend", Permission::platform_write,
              answer_resend_alert, "Delivers once more what was given up of an alert."),
    api_route(Method::post, "/api/v1/tenants/{tenant}/alerts/{id}/resend",
              Permission::customization_write, answer_resend_alert,
              "Delivers once more what was given up of a tenant's alert."),
    api_route(Method::post, "/api/v1/tenants/{tenant}/payments", Permission::billing_write,
              answer_report_payment, "Says that a payment failed, or came in after all.",
              R"({"type":"object","required":["status","reference"],)"
              R"("additionalProperties":false,"properties":{"status":{"type":"string",)"
              R"("enum":["failed","recovered"]},"reference":{"type":"string"}}})"),
    api_route(Method::post, "/api/v1/tenants/{tenant}/webhooks/test",
              Permission::customization_write, answer_test_webhook,
              "Sends the event webhook.test to one of a tenant's webhooks.",
              R"({"type":"object","required":["url"],"additionalProperties":false,)"
              R"("properties":{"url":{"type":"string"}}})"),
};

}  // namespace

std::span<const Route> routes() {
  static const std::vector<Route> table = [] {
    std::vector<Route> all(gateway_routes.begin(), gateway_routes.end());
    all.insert(all.end(), tenant_routes.begin(), tenant_routes.end());
    all.insert(all.end(), live_routes.begin(), live_routes.end());
    all.insert(all.end(), member_routes.begin(), member_routes.end());
    all.insert(all.end(), platform_routes.begin(), platform_routes.end());
    all.insert(all.end(), sharing_routes.begin(), sharing_routes.end());
    all.insert(all.end(), listing_routes.begin(), listing_routes.end());
    all.insert(all.end(), alert_routes.begin(), alert_routes.end());
    all.insert(all.end(), books_routes.begin(), books_routes.end());
    all.insert(all.end(), health_routes.begin(), health_routes.end());
    return all;
  }();
  return table;
}

}  // namespace sluice::http
