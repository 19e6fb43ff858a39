// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace sluice {

/// What a method takes and answers, as JSON Schema in text; types that have a name refer to
/// `#/components/schemas/`.
struct JsonMethod {
  std::string name;
  std::string params;
  std::string value;  ///< Of what it answers.
};
struct JsonInterface {
  /// Those of `TenantAdmin`, then those that only operators have; each in the order of ordinals.
  std::vector<JsonMethod> methods{};
  std::string schemas{};  ///< An object: those that are referred to, by name.
};
[[nodiscard]] JsonInterface describe_operator();

}  // namespace sluice
