// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"

namespace sluice {

/// The labels that say what a tenant complies with, as policies ask for them.

/// Ascending, each once.
[[nodiscard]] std::vector<std::string> in_order(std::vector<std::string> labels);
/// Checks labels that are in order; the fault names the field.
[[nodiscard]] Result<Done> validate_compliance(const std::vector<std::string>& labels);

/// With blanks between, as stores and people have them.
[[nodiscard]] std::string compliance_text(const std::vector<std::string>& labels);
[[nodiscard]] std::vector<std::string> parse_compliance(std::string_view text);

}  // namespace sluice
