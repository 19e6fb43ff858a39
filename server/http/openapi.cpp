// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include "server/http/answers.hpp"
#include "server/http/api_routes.hpp"
#include "server/http/asked_check.hpp"
#include "server/http/member_bodies.hpp"
#include "server/http/tenant_bodies.hpp"

namespace sluice::http {
namespace {

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
  return Json{{"type", "object"},
              {"required", {"outcome", "allowed"}},
              {"properties",
               {{"outcome", {{"type", "string"}, {"enum", outcomes}}},
                {"allowed", {{"type", "boolean"}}},
                {"limit", {{"type", {"string", "null"}}}},
                {"size", {{"type", {"integer", "null"}}}},
                {"used", {{"type", "integer"}}},
                {"held", {{"type", "integer"}}},
                {"remaining", {{"type", {"integer", "null"}}}},
                {"resets_at", {{"type", {"string", "null"}}, {"format", "date-time"}}},
                {"retry_after_ms", {{"type", {"integer", "null"}}}}}}};
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

Json operation_of(const Route& route) {
  Json parameters = path_parameters(route.path);
  if (!route.parameters.empty()) {
    const Json further = Json::parse(route.parameters);
    parameters.insert(parameters.end(), further.begin(), further.end());
  }
  Json operation{{"summary", route.summary}, {"parameters", std::move(parameters)}};
  if (route.mode || !route.body.empty()) {
    operation["requestBody"] = {
        {"required", true},
        {"content",
         {{"application/json",
           {{"schema", route.mode ? body_of_check(*route.mode) : Json::parse(route.body)}}}}}};
  }
  const Json data = route.data.empty() ? Json::object() : Json::parse(route.data);
  operation["responses"] = {
      {"200",
       {{"description", "Done."},
        {"content",
         {{"application/json",
           {{"schema",
             {{"type", "object"},
              {"properties", {{"success", {{"const", true}}}, {"data", data}}}}}}}}}}},
      {"default",
       {{"description", "Refused; the status says why."},
        {"content",
         {{"application/json", {{"schema", {{"$ref", "#/components/schemas/Failure"}}}}}}}}}};
  return operation;
}

std::string lower_case(std::string_view name) {
  std::string lower{name};
  for (char& letter : lower) {
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return lower;
}

}  // namespace

void answer_openapi(const ExchangePtr& exchange, const Route& /*route*/) {
  const Environment& environment = *exchange->service->environment;
  const std::string_view server = environment.server;
  Json document{{"openapi", "3.1.0"},
                {"info",
                 {{"title", "Sluice"},
                  {"version", server.substr(std::min(server.size(), server.find('/') + 1))}}},
                {"paths", Json::object()},
                {"components", {{"schemas", schemas()}}}};
  for (const Route& route : routes()) {
    if (!route.simulated_time_only || environment.on.simulated_clock != nullptr) {
      document["paths"][std::string{route.path}][lower_case(to_string(route.method))] =
          operation_of(route);
    }
  }
  exchange->answer({.body = document.dump(2) + "\n"});
}

}  // namespace sluice::http
