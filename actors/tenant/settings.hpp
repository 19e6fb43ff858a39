// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "actors/tenant/text.hpp"

namespace sluice {

/// What programs around it keep beside a tenant: a JSON object in which nothing means anything to
/// Sluice.
inline constexpr std::size_t settings_bytes_max = 2'048;  ///< As it is written.
inline constexpr std::size_t settings_depth_max = 8;      ///< Objects and arrays in each other.
inline constexpr std::string_view no_settings = "{}";

/// Objects to what is not one JSON object (RFC 8259) within these bounds, names a member twice,
/// has a name that needs escapes, or a number that no `double` is near.
[[nodiscard]] Objection object_to_settings(std::string_view text);

}  // namespace sluice
