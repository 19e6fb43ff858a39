// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>

#include "server/http/answers.hpp"
#include "server/http/api_routes.hpp"
#include "server/http/asked_check.hpp"
#include "server/http/check_routes.hpp"
#include "server/http/member_bodies.hpp"
#include "server/http/tenant_bodies.hpp"
#include "server/rpc/json_schema.hpp"

namespace sluice::http {
namespace {

constexpr std::string_view json_media = "application/json";

std::string lower_case(std::string_view name) {
  std::string lower{name};
  for (char& letter : lower) {
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return lower;
}

/// A check that may say what `takes` lets it.
template <class Takes>
Json check_schema(const Takes& takes) {
  Json schema{{"type", "object"},
              {"required", {"tenant"}},
              {"additionalProperties", false},
              {"properties", Json::object()}};
  for (const CheckField& field : check_fields()) {
    if (takes(field)) {
      schema["properties"][std::string{field.name}] = Json::parse(field.schema);
    }
  }
  return schema;
}

/// The body of one check: of a mode of its own, or (`normal`) of any.
Json body_of_check(Mode mode) {
  if (mode == Mode::normal) {
    return Json{{"$ref", "#/components/schemas/Check"}};
  }
  return check_schema(
      [mode](const CheckField& field) { return field.name != "mode" && may_have(field, mode); });
}

Json decision_schema() {
  Json outcomes = Json::array();
  for (std::uint8_t raw = 0; raw <= static_cast<std::uint8_t>(Outcome::access_denied); ++raw) {
    outcomes.push_back(to_string(static_cast<Outcome>(raw)));
  }
  Json schema = Json::parse(R"({"type":"object","required":["outcome","allowed"],"properties":{
    "allowed":{"type":"boolean"},
    "problem":{"type":"string"},
    "field":{"type":["string","null"]},
    "tenant":{"type":"string"},
    "limit":{"type":["string","null"]},
    "limit_id":{"type":"integer"},
    "meter":{"type":["string","null"]},
    "size":{"type":["integer","null"]},
    "used":{"type":"integer"},
    "held":{"type":"integer"},
    "remaining":{"type":["integer","null"]},
    "resets_at":{"type":["string","null"],"format":"date-time"},
    "soft_limit_passed":{"type":"boolean"},
    "retry_after_ms":{"type":["integer","null"]},
    "granted":{"type":["integer","null"]},
    "overage":{"type":"integer"},
    "price_micros":{"type":"integer"},
    "would_deny":{"type":"array","items":{"type":"integer"}},
    "would_deny_count":{"type":"integer"},
    "id":{"type":["string","null"]},
    "repeated":{"type":"boolean"},
    "overrun":{"type":"boolean"},
    "use_cost_micros":{"type":"integer"},
    "decision":{"type":["string","null"]},
    "explanation":{"type":"object"}}})");
  Json verdicts = Json::array({nullptr});
  for (std::uint8_t raw = 0; raw <= static_cast<std::uint8_t>(share_verdict_last); ++raw) {
    verdicts.push_back(to_string(static_cast<ShareVerdict>(raw)));
  }
  schema["properties"]["outcome"] = {{"type", "string"}, {"enum", outcomes}};
  schema["properties"]["sharing"] = {{"type", {"string", "null"}}, {"enum", verdicts}};
  return schema;
}

Json schemas() {
  const auto any = [](const CheckField&) { return true; };
  return Json{
      {"Check", check_schema(any)},
      {"Charge",
       {{"type", "object"},
        {"required", {"meter"}},
        {"additionalProperties", false},
        {"properties",
         {{"meter", {{"type", "string"}}},
          {"amount", {{"oneOf", {{{"type", "integer"}}, {{"type", "string"}}}}}}}}}},
      {"Decision", decision_schema()},
      {"NewTenant", schema_of(members_of_new_tenant())},
      {"TenantChange", schema_of(members_of_tenant_change())},
      {"ExpectedVersion", Json{{"type", "integer"},
                               {"minimum", 1},
                               {"description", "The change holds only for this version."}}},
      {"QuotaChange", schema_of(members_of_quota())},
      {"NewMember", schema_of(members_of_new_member())},
      {"Failure", Json::parse(R"({"type":"object","required":["success","error"],"properties":{)"
                              R"("success":{"const":false},"error":{"type":"object",)"
                              R"("required":["code","message","details"],"properties":{)"
                              R"("code":{"type":"string"},"message":{"type":"string"},)"
                              R"("details":{"type":"object"}}}}})")}};
}

/// The parts of a path that stand for something.
Json path_parameters(std::string_view path) {
  Json parameters = Json::array();
  for (std::size_t open = path.find('{'); open != std::string_view::npos;
       open = path.find('{', open + 1)) {
    const std::string_view name = path.substr(open + 1, path.find('}', open) - open - 1);
    parameters.push_back(
        {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  return parameters;
}

/// What makes a repeated check the same one.
Json idempotency_parameter() {
  return Json{{"name", "Idempotency-Key"},
              {"in", "header"},
              {"schema", {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}}},
              {"description",
               "Instead of an id: a UUID is the id itself, other printable characters are hashed "
               "to one. The same request is answered as the first time; another is a conflict."}};
}

Json format_parameter() {
  return Json{{"name", "format"},
              {"in", "query"},
              {"schema", {{"type", "string"}, {"enum", {"json", "csv"}}}},
              {"description", "Rows for a spreadsheet, as with Accept: text/csv."}};
}

Json parameters_of(const Route& route) {
  Json parameters = path_parameters(route.path);
  if (!route.parameters.empty()) {
    const Json further = Json::parse(route.parameters);
    parameters.insert(parameters.end(), further.begin(), further.end());
  }
  const bool is_check = route.mode && terms_of(*route.mode).id != Say::nothing;
  if (is_check || route.answer == answer_auth) {
    parameters.push_back(idempotency_parameter());
  }
  if (route.has_rows) {
    parameters.push_back(format_parameter());
  }
  return parameters;
}

Json of_media(std::string_view media, Json schema) {
  return Json{{std::string{media}, {{"schema", std::move(schema)}}}};
}

/// Of the header.
Json header_field(std::string_view description) {
  return Json{{"description", description}, {"schema", {{"type", "string"}}}};
}

Json success_schema(const Route& route) {
  return Json{{"type", "object"},
              {"required", {"success", "data"}},
              {"properties",
               {{"success", {{"const", true}}},
                {"data", route.data.empty() ? Json::object() : Json::parse(route.data)}}}};
}

Json responses_of(const Route& route) {
  Json good{{"description", route.status == 201 ? "Made." : "Done."}};
  if (route.media == json_media) {
    good["content"] = of_media(route.media, success_schema(route));
  } else if (!route.media.empty()) {
    good["content"] = of_media(route.media, Json{{"type", "string"}});
  }
  if (route.has_rows) {
    good["content"].update(of_media("text/csv", Json{{"type", "string"}}));
    good["headers"] = {{"Sluice-Next", header_field("Of rows that are not all: where to go on.")}};
  }
  Json responses{{std::to_string(route.status), std::move(good)}};
  if (route.mode || route.answer == answer_auth) {
    responses["429"] = {{"$ref", "#/components/responses/Limited"}};
  }
  responses["default"] = {{"$ref", "#/components/responses/Refused"}};
  return responses;
}

/// Each operation has one, and no two the same: its method and the parts of its path.
std::string operation_id(std::string_view method, std::string_view path) {
  std::string id{method};
  for (const char letter : path) {
    if (letter == '/' || letter == '.') {
      id += '_';
    } else if (letter != '{' && letter != '}') {
      id += letter;
    }
  }
  return id;
}

Json operation_of(const Route& route) {
  const std::string method = lower_case(to_string(route.method));
  Json operation{{"operationId", operation_id(method, route.path)},
                 {"summary", route.summary},
                 {"parameters", parameters_of(route)}};
  if (route.mode || !route.body.empty()) {
    operation["requestBody"] = {
        {"required", true},
        {"content",
         of_media(json_media, route.mode ? body_of_check(*route.mode) : Json::parse(route.body))}};
  }
  operation["responses"] = responses_of(route);
  if (route.area == Area::open) {
    operation["security"] = Json::array();
  }
  return operation;
}

Json responses() {
  const Json failure = of_media(json_media, Json{{"$ref", "#/components/schemas/Failure"}});
  return Json{
      {"Refused", {{"description", "Refused; the status says why."}, {"content", failure}}},
      {"Limited",
       {{"description", "A limit is in the way; nothing was charged."},
        {"headers",
         {{"RateLimit-Policy", header_field("The limit that decided: its size q in w seconds.")},
          {"RateLimit", header_field("What remains of it, r, for the next t seconds.")},
          {"Retry-After", header_field("Seconds after which it may pass, where waiting helps.")}}},
        {"content", failure}}}};
}

Json security_schemes() {
  return Json{{"bearer",
               {{"type", "http"},
                {"scheme", "bearer"},
                {"description",
                 "An API key or a token. Only a server with --auth required asks for one."}}}};
}

/// The methods of operators each at a path of its own.
void describe_native(Json& document) {
  const JsonInterface native = describe_operator();
  document["components"]["schemas"].update(Json::parse(native.schemas));
  for (const JsonMethod& method : native.methods) {
    const std::string path = "/api/v1/operator/" + method.name;
    const Route route{.method = Method::post,
                      .path = path,
                      .area = Area::native,
                      .summary = method.name,
                      .body = method.params,
                      .data = method.value};
    document["paths"][path]["post"] = operation_of(route);
  }
}

}  // namespace

void answer_openapi(const ExchangePtr& exchange, const Route& /*route*/) {
  const Environment& environment = *exchange->service->environment;
  const std::string_view server = environment.server;
  Json document{{"openapi", "3.1.0"},
                {"info",
                 {{"title", "Sluice"},
                  {"version", server.substr(std::min(server.size(), server.find('/') + 1))}}},
                {"security", Json::array({{{"bearer", Json::array()}}})},
                {"paths", Json::object()},
                {"components",
                 {{"schemas", schemas()},
                  {"responses", responses()},
                  {"securitySchemes", security_schemes()}}}};
  describe_native(document);
  for (const Route& route : routes()) {
    if (!route.simulated_time_only || environment.on.simulated_clock != nullptr) {
      document["paths"][std::string{route.path}][lower_case(to_string(route.method))] =
          operation_of(route);
    }
  }
  exchange->answer({.body = document.dump(2) + "\n"});
}

}  // namespace sluice::http
