// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/tenant/api_key.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about API keys.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`.

/// In the order of their ids.
[[nodiscard]] std::vector<ApiKey> select_keys(Transaction& transaction);
/// `limit_exceeded` if there are `api_keys_max`.
[[nodiscard]] Result<Done> insert_key(Transaction& transaction, const ApiKey& key);
/// `not_found` if there is none.
[[nodiscard]] Result<Done> delete_key(Transaction& transaction, KeyId id);
/// Takes a tenant out of those that keys name; who names no other is deleted.
void uncover(Transaction& transaction, TenantId tenant);

}  // namespace sluice::postgres
