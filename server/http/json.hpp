// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::http {

/// Keeps its keys in the order in which they were written.
using Json = nlohmann::ordered_json;

/// Reads a body that must be one JSON object: UTF-8, every key once, at most `depth_max` deep and
/// `members_max` wide. A fault says where it is not.
[[nodiscard]] Result<Json> parse_object(std::string_view body);

/// In one line. What is told may repeat bytes of a request that are no text; those are replaced.
[[nodiscard]] std::string written_out(const Json& document);

/// RFC 3339 in UTC; nothing for "never".
[[nodiscard]] std::optional<std::string> instant_or_nothing(WallTime instant);
/// The same; null for "never".
[[nodiscard]] Json instant_or_null(WallTime instant);

}  // namespace sluice::http
