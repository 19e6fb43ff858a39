// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/store.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// Finds the tenants of a page.
///
/// Role       Asks `tenant_search`, which has an index in the order of ids behind every filter. A
///            text is found in up to three steps, because no one index is right for each: by going
///            through some of the tenants that pass the filters, which finds what is common and
///            ends what is nearly filtered out; by the index of texts, which finds what is rare; by
///            going through all the others.
/// Errors     Throws what pqxx throws.
/// Cost       One to three statements. Of a million tenants milliseconds, but for a text that more
///            than a thousand have and of the next tenants hardly any: then it goes through those
///            that lie between, half a million a second and more.

/// The first `count` at the most after the cursor, in the order of their ids.
[[nodiscard]] std::vector<TenantId> search_tenants(Transaction& transaction,
                                                   const TenantQuery& query, std::size_t count);

/// Of every tier that has tenants.
[[nodiscard]] std::vector<TierCount> select_tenant_counts(Transaction& transaction);

}  // namespace sluice::postgres
