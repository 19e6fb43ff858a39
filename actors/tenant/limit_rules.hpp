// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/fault.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/meter.hpp"

#include <optional>
#include <string_view>

namespace sluice {

/// Checks a limit for itself. A fault names the field by its path, which begins with `path`, as in
/// `limits[2].rule.burst`.
[[nodiscard]] Result<Done> validate_limit(const Limit& limit, std::string_view path,
                                          const MeterTable& meters);

/// The part of it that deciding relies on: all but the name and the meter.
[[nodiscard]] Result<Done> validate_terms(const Limit& limit, std::string_view path);

/// Of what has one: all but rates and unlimited windows.
[[nodiscard]] std::optional<Amount> size_of(const Rule& rule);

/// Whether what was used under one rule says anything under the other.
[[nodiscard]] bool measure_the_same(const Rule& a, const Rule& b);
/// The same of two limits.
[[nodiscard]] bool counts_the_same(const Limit& a, const Limit& b);

/// `[a-z0-9][a-z0-9_-]{0,31}`
[[nodiscard]] bool is_label_name(std::string_view name);
/// Up to 64 bytes of UTF-8 without control characters.
[[nodiscard]] bool is_label_value(std::string_view value);

}  // namespace sluice
