// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/fault.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/meter.hpp"

#include <string_view>

namespace sluice {

/// Checks a limit for itself. A fault names the field by its path, which begins with `path`, as in
/// `limits[2].rule.burst`.
[[nodiscard]] Result<Done> validate_limit(const Limit& limit, std::string_view path,
                                          const MeterTable& meters);

/// The part of it that deciding relies on: rule, soft limit and thresholds.
[[nodiscard]] Result<Done> validate_terms(const Limit& limit, std::string_view path);

}  // namespace sluice
