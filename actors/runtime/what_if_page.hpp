// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/fault.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/what_if.hpp"

namespace sluice {

/// Buckets after which a page ends early, so that nothing waits for long for the same reader.
inline constexpr std::size_t what_if_page_points_max = 20'000;

/// Applies a limit to what the store has of the past of some tenants.
///
/// Role       Reads tenants and their usage, and lets `WhatIf` judge. Changes nothing.
/// Threading  On the thread of the store.
/// Ownership  None.
/// Units      As in `WhatIfQuery`, which must be valid.
/// Errors     `not_found` for a tenant that was asked for and does not exist; else the store's.
/// Cost       A query for each tenant, and one more for each `usage_points_max` buckets of it;
///            memory for as many. Reads `what_if_page_points_max` buckets and those of one tenant
///            at most.
[[nodiscard]] Result<WhatIfPage> read_what_if(Store& store, const WhatIfQuery& query);

}  // namespace sluice
