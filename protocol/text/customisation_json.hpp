// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "actors/tenant/customisation.hpp"
#include "actors/tenant/fault.hpp"

namespace sluice::text {

/// A customisation as people and programs read and write it: over HTTP, and in the files of
/// sluicectl. Pure functions.

/// Everything but the secrets of webhooks.
[[nodiscard]] nlohmann::ordered_json json_of(const Customised& customised);
[[nodiscard]] nlohmann::ordered_json json_of(const Domain& domain);

/// Reads the parts that are there; so what `json_of` made changes nothing. A `version` is the one
/// that is expected, and 0 is any; `domains` are passed over. A fault names the member, as in
/// `webhooks[1].events`.
[[nodiscard]] Result<PutCustomisation> parse_customisation(const nlohmann::ordered_json& json);

}  // namespace sluice::text
