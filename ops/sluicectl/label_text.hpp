// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/entry.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/limit.hpp"

namespace sluice::ctl {

/// Reads what a request says of itself: `user=42`.
[[nodiscard]] Result<OwnedLabel> parse_label(std::string_view text);

/// Reads names of labels, each once: `user,team`.
[[nodiscard]] Result<std::vector<std::string>> parse_label_names(std::string_view text);

/// Reads `model=a|b` or `team!=x`. An empty value is that of a label that is missing: `team=` and
/// `team!=`.
[[nodiscard]] Result<Condition> parse_condition(std::string_view text);

/// As it is read.
[[nodiscard]] std::string format_condition(const Condition& condition);

}  // namespace sluice::ctl
