// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace sluice {

/// Each text takes the tables from the version before to its own; the first makes them. They only
/// ever grow at the end: a text that was released is never changed.
[[nodiscard]] std::span<const std::string_view> schema_versions();

}  // namespace sluice
