// SPDX-License-Identifier: Apache-2.0
// Goal    Any tool for OpenAPI 3.1 can read what the server says of itself.
// Method  The description is walked by the rules of the specification that matter to those who
//         generate clients from it; each rule that is broken is told with the place.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/system/http_system.hpp"

namespace sluice::test {
namespace {

using Document = nlohmann::ordered_json;

const std::set<std::string> methods{"get", "put", "post", "delete", "patch", "head", "options"};
const std::set<std::string> places{"query", "header", "path", "cookie"};
const std::set<std::string> types{"null",   "boolean", "object", "array",
                                  "number", "integer", "string"};

/// Walks a description, and keeps what is wrong with it.
class OpenApiReader {
public:
  explicit OpenApiReader(const Document& document) : document_(document) {}

  std::vector<std::string> read() {
    expect(document_.at("openapi").get<std::string>().starts_with("3.1."), "openapi");
    expect(is_text(document_.at("info"), "title"), "info.title");
    expect(is_text(document_.at("info"), "version"), "info.version");
    read_security(document_, "security");
    for (const auto& [name, schema] : document_.at("components").at("schemas").items()) {
      read_schema(schema, "components.schemas." + name);
    }
    for (const auto& [path, operations] : document_.at("paths").items()) {
      expect(path.starts_with('/'), path);
      for (const auto& [method, operation] : operations.items()) {
        expect(methods.contains(method), path + " " + method);
        read_operation(path, operation, method + " " + path);
      }
    }
    return std::move(wrong_);
  }

private:
  void expect(bool holds, const std::string& where) {
    if (!holds) {
      wrong_.push_back(where);
    }
  }

  static bool is_text(const Document& in, const std::string& name) {
    return in.contains(name) && in.at(name).is_string() && !in.at(name).get<std::string>().empty();
  }

  /// What a reference refers to; itself, if it is none.
  const Document& resolved(const Document& part, const std::string& where) {
    if (!part.contains("$ref")) {
      return part;
    }
    const std::string reference = part.at("$ref");
    const Document::json_pointer to{reference.substr(1)};
    expect(reference.starts_with("#/") && document_.contains(to), where + " " + reference);
    return document_.contains(to) ? document_.at(to) : document_;
  }

  void read_security(const Document& part, const std::string& where) {
    for (const Document& one : part.value("security", Document::array())) {
      for (const auto& [scheme, scopes] : one.items()) {
        expect(document_.at("components").at("securitySchemes").contains(scheme), where);
        expect(scopes.is_array(), where);
      }
    }
  }

  void read_operation(const std::string& path, const Document& operation,
                      const std::string& where) {
    expect(is_text(operation, "summary"), where + " summary");
    expect(is_text(operation, "operationId") &&
               operation_ids_.insert(operation.value("operationId", "")).second,
           where + " operationId");
    expect(operation.contains("security") || document_.contains("security"), where + " security");
    read_security(operation, where + " security");
    read_parameters(path, operation, where);
    if (operation.contains("requestBody")) {
      read_content(operation.at("requestBody"), where + " requestBody");
    }
    expect(!operation.at("responses").empty(), where + " responses");
    for (const auto& [status, response] : operation.at("responses").items()) {
      const bool is_status = status.size() == 3 && status[0] >= '1' && status[0] <= '5';
      expect(status == "default" || is_status, where + " " + status);
      const Document& told = resolved(response, where + " " + status);
      expect(is_text(told, "description"), where + " " + status);
      if (told.contains("content")) {
        read_content(told, where + " " + status);
      }
    }
  }

  void read_parameters(const std::string& path, const Document& operation,
                       const std::string& where) {
    std::set<std::pair<std::string, std::string>> seen;
    for (const Document& parameter : operation.value("parameters", Document::array())) {
      const std::string name = parameter.at("name");
      const std::string in = parameter.at("in");
      expect(places.contains(in), where + " " + name);
      expect(seen.emplace(in, name).second, where + " twice " + name);
      read_schema(parameter.at("schema"), where + " " + name);
      if (in == "path") {
        expect(path.find("{" + name + "}") != std::string::npos, where + " " + name);
        expect(parameter.value("required", false), where + " " + name);
      }
    }
    for (std::size_t open = path.find('{'); open != path.npos; open = path.find('{', open + 1)) {
      const std::string name = path.substr(open + 1, path.find('}', open) - open - 1);
      expect(seen.contains({"path", name}), where + " lacks " + name);
    }
  }

  void read_content(const Document& part, const std::string& where) {
    expect(part.contains("content") && !part.at("content").empty(), where + " content");
    for (const auto& [media, of] : part.at("content").items()) {
      expect(media.find('/') != media.npos, where + " " + media);
      read_schema(of.at("schema"), where + " " + media);
    }
  }

  void read_schema(const Document& schema, const std::string& where) {
    expect(schema.is_object(), where);
    static_cast<void>(resolved(schema, where));
    read_type(schema, where);
    const Document properties = schema.value("properties", Document::object());
    for (const auto& [name, property] : properties.items()) {
      read_schema(property, where + "." + name);
    }
    for (const Document& name : schema.value("required", Document::array())) {
      expect(properties.contains(name.get<std::string>()), where + " requires " + name.dump());
    }
    if (schema.contains("items")) {
      read_schema(schema.at("items"), where + "[]");
    }
    for (const char* const name : {"oneOf", "anyOf", "allOf"}) {
      for (const Document& one : schema.value(name, Document::array())) {
        read_schema(one, where + " " + name);
      }
    }
    const Document others = schema.value("additionalProperties", Document());
    if (others.is_object()) {
      read_schema(others, where + ".*");
    }
  }

  void read_type(const Document& schema, const std::string& where) {
    if (schema.contains("type")) {
      const Document& type = schema.at("type");
      for (const Document& one : type.is_array() ? type : Document::array({type})) {
        expect(types.contains(one.get<std::string>()), where + " type");
      }
    }
    if (schema.contains("enum")) {
      const Document& values = schema.at("enum");
      expect(values.is_array() && !values.empty(), where + " enum");
    }
  }

  const Document& document_;
  std::set<std::string> operation_ids_;
  std::vector<std::string> wrong_;
};

class OpenApi : public HttpSystem {
protected:
  Document described() { return Document::parse(peer().get("/openapi.json").body); }
};

TEST_F(OpenApi, HoldsToTheRulesOfTheSpecification) {
  const Document document = described();
  for (const std::string& wrong : OpenApiReader(document).read()) {
    ADD_FAILURE() << wrong;
  }
}

TEST_F(OpenApi, SaysWhoHasToShowACredential) {
  const Document document = described();
  EXPECT_EQ(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
  EXPECT_EQ(document["paths"]["/healthz"]["get"]["security"], Document::array());
  EXPECT_FALSE(document["paths"]["/v1/check"]["post"].contains("security")) << "as all";
}

TEST_F(OpenApi, SaysHowAnOperationAnswers) {
  const Document document = described();
  const auto answers = [&](const char* path, const char* method) {
    return document["paths"][path][method]["responses"];
  };
  EXPECT_TRUE(answers("/api/v1/tenants", "post").contains("201"));
  EXPECT_FALSE(answers("/api/v1/tenants", "post").contains("200"));
  EXPECT_TRUE(answers("/v1/check", "post").contains("429"));
  EXPECT_TRUE(answers("/metrics", "get")["200"]["content"].contains("text/plain"));
  EXPECT_TRUE(
      answers("/api/v1/tenants/{tenant}/usage", "get")["200"]["content"].contains("text/csv"));
  const auto& parameters = document["paths"]["/v1/reserve"]["post"]["parameters"];
  EXPECT_EQ(parameters.back()["name"], "Idempotency-Key");
  EXPECT_TRUE(document["paths"]["/v1/peek"]["post"]["parameters"].empty());
}

}  // namespace
}  // namespace sluice::test
