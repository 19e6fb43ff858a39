// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// How rates are refilled.
inline constexpr std::string_view refill_schema = R"sql(
ALTER TABLE limits ADD COLUMN rate_refill TEXT NOT NULL DEFAULT 'greedy'
  CHECK (rate_refill = 'greedy' OR (rate_refill = 'interval' AND rate_amount IS NOT NULL));
)sql";

}  // namespace sluice
