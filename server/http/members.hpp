// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "server/http/json.hpp"

namespace sluice::http {

/// What is wrong with a value, as the end of a sentence that begins with its name.
using Wrong = std::optional<std::string>;

/// One member of a body: its name, what the description of the interface says of it, and what reads
/// it into a `T`.
template <class T>
struct Member {
  std::string_view name;
  std::string_view schema;  ///< JSON Schema.
  bool required;
  Wrong (*read)(const Json& value, T& into);
};

/// Reads every member that is there. A fault names the first that is wrong, not known, or missing.
template <class T>
[[nodiscard]] Result<Done> read_members(const Json& body, std::span<const Member<T>> members,
                                        T& into) {
  for (const auto& [name, value] : body.items()) {
    const auto member = std::ranges::find(members, name, &Member<T>::name);
    if (member == members.end()) {
      return Fault{FaultCode::invalid_argument, name + ": is not known here"};
    }
    if (const Wrong wrong = member->read(value, into)) {
      return Fault{FaultCode::invalid_argument, name + ": " + *wrong};
    }
  }
  for (const Member<T>& member : members) {
    if (member.required && !body.contains(member.name)) {
      return Fault{FaultCode::invalid_argument, std::string{member.name} + ": is missing"};
    }
  }
  return Done{};
}

/// The JSON Schema of a body that has these members.
template <class T>
[[nodiscard]] Json schema_of(std::span<const Member<T>> members) {
  Json schema{{"type", "object"},
              {"properties", Json::object()},
              {"additionalProperties", false},
              {"required", Json::array()}};
  for (const Member<T>& member : members) {
    schema["properties"][std::string{member.name}] = Json::parse(member.schema);
    if (member.required) {
      schema["required"].push_back(member.name);
    }
  }
  return schema;
}

/// Reads a text.
[[nodiscard]] Wrong read_text(const Json& value, std::string& into);

}  // namespace sluice::http
