// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace sluice::test {

/// The project's own copy of facts about other systems (tests/conformance/facts).
[[nodiscard]] nlohmann::json own_facts(const std::string& name);
/// The cases of that name beside the checkout, if there are any. They have the same form as the
/// project's own facts where they say the same thing.
[[nodiscard]] std::optional<nlohmann::json> shared_cases(const std::string& name);

template <class T>
std::optional<T> optional_field(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::nullopt : std::optional<T>{found->get<T>()};
}

}  // namespace sluice::test
