// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/customisation.hpp"

namespace sluice {

/// What both stores keep of a customisation as JSON: all but its version and its domains, which
/// have columns of their own. What is not set is not there.
///
///   {"branding":{"primary_colour":"#336699"},"theme":"dark",
///    "webhooks":[{"enabled":true,"events":["*"],"secret":"...","url":"https://..."}]}
///
/// Role       Pure functions.
/// Errors     What is read gives nothing if it is not what is written.
/// Cost       A few allocations for each member.

/// At most `customisation_bytes_max` bytes of what is valid.
[[nodiscard]] std::string customisation_text(const Customisation& custom);
/// With nothing else than that filled in.
[[nodiscard]] std::optional<Customisation> parse_customisation(std::string_view text);

}  // namespace sluice
