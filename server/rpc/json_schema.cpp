// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/json_schema.hpp"

#include <capnp/schema.h>

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "protocol/sluice.capnp.h"

namespace sluice {

namespace {

using Described = nlohmann::ordered_json;
using What = capnp::schema::Type::Which;

/// Types that were met, by name; those that are still null are being described.
using Named = std::map<std::string, Described>;

Described describe_type(capnp::Type type, Named& named);

/// Numbers of 64 bits do not fit into those of JavaScript.
Described wide_number(const char* pattern) {
  return {{"oneOf",
           Described::array({{{"type", "string"}, {"pattern", pattern}}, {{"type", "integer"}}})}};
}

Described narrow_number(std::int64_t least, std::int64_t most) {
  return {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
}

/// A union's members are fields of which one at most is there.
Described describe_fields(capnp::StructSchema schema, Named& named) {
  Described properties = Described::object();
  std::string one_of;
  for (const auto field : schema.getFields()) {
    const std::string name = field.getProto().getName().cStr();
    properties[name] = describe_type(field.getType(), named);
    if (field.getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT) {
      one_of.append(one_of.empty() ? "" : ", ").append(name);
    }
  }
  Described described{{"type", "object"}, {"additionalProperties", false}};
  if (!one_of.empty()) {
    described["description"] = "Only one of " + one_of + ".";
  }
  described["properties"] = std::move(properties);
  return described;
}

Described describe_struct(capnp::StructSchema schema, Named& named) {
  if (schema == capnp::Schema::from<wire::TenantId>()) {
    return {{"type", Described::array({"string", "null"})}, {"format", "uuid"}};
  }
  const auto proto = schema.getProto();
  if (proto.getStruct().getIsGroup() || schema.isBranded()) {
    return describe_fields(schema, named);
  }
  const std::string name = "Operator" + std::string{schema.getShortDisplayName().cStr()};
  if (named.try_emplace(name).second) {
    Described described = describe_fields(schema, named);
    named[name] = std::move(described);
  }
  return {{"$ref", "#/components/schemas/" + name}};
}

Described describe_enum(capnp::EnumSchema schema) {
  Described names = Described::array();
  for (const auto enumerant : schema.getEnumerants()) {
    names.push_back(enumerant.getProto().getName().cStr());
  }
  return {{"type", "string"}, {"enum", std::move(names)}};
}

Described describe_type(capnp::Type type, Named& named) {
  switch (type.which()) {
    case What::VOID:
      return {{"type", "null"}};
    case What::BOOL:
      return {{"type", "boolean"}};
    case What::INT8:
      return narrow_number(INT8_MIN, INT8_MAX);
    case What::INT16:
      return narrow_number(INT16_MIN, INT16_MAX);
    case What::INT32:
      return narrow_number(INT32_MIN, INT32_MAX);
    case What::UINT8:
      return narrow_number(0, UINT8_MAX);
    case What::UINT16:
      return narrow_number(0, UINT16_MAX);
    case What::UINT32:
      return narrow_number(0, UINT32_MAX);
    case What::INT64:
      return wide_number("^-?[0-9]+$");
    case What::UINT64:
      return wide_number("^[0-9]+$");
    case What::FLOAT32:
    case What::FLOAT64:
      return {{"type", "number"}};
    case What::TEXT:
      return {{"type", "string"}};
    case What::LIST:
      return {{"type", "array"}, {"items", describe_type(type.asList().getElementType(), named)}};
    case What::STRUCT:
      return describe_struct(type.asStruct(), named);
    case What::ENUM:
      return describe_enum(type.asEnum());
    case What::DATA:  // Of bytes and of what has no form in JSON no more can be said.
    case What::INTERFACE:
    case What::ANY_POINTER:
      break;
  }
  return Described::object();
}

Described describe_value(capnp::StructSchema results, Named& named) {
  KJ_IF_MAYBE (answer, results.findFieldByName("answer")) {
    return describe_type(answer->getType().asStruct().getFieldByName("value").getType(), named);
  }
  return describe_fields(results, named);
}

}  // namespace

JsonInterface describe_operator() {
  JsonInterface described;
  Named named;
  const std::array<capnp::InterfaceSchema, 2> interfaces{capnp::Schema::from<wire::TenantAdmin>(),
                                                         capnp::Schema::from<wire::Operator>()};
  for (const auto& schema : interfaces) {
    for (const auto method : schema.getMethods()) {
      described.methods.push_back({method.getProto().getName().cStr(),
                                   describe_fields(method.getParamType(), named).dump(),
                                   describe_value(method.getResultType(), named).dump()});
    }
  }
  described.schemas = Described(named).dump();
  return described;
}

}  // namespace sluice
