// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "storage/postgres/postgres_store.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// A file of migrations/, as it was when the program was built.
struct MigrationText {
  std::string_view title;
  std::string_view sql;
};

/// In order: the first is version 1. A text that was released is never changed, and a database that
/// remembers another text for it is refused.
[[nodiscard]] const std::vector<MigrationText>& embedded_migrations();

/// What `migrations` has and a schema lacks; empty: that of the session.
[[nodiscard]] Result<std::vector<Migration>> pending_of(
    Session& session, const std::vector<MigrationText>& migrations, const std::string& schema = {});

/// Applies what is pending, in a schema that is made if it is not there.
[[nodiscard]] Result<std::vector<Migration>> apply_pending(
    Session& session, const std::string& schema, const std::vector<MigrationText>& migrations);

/// Gives a new database its shards and meters, and every database the partitions of this month and
/// the next. Changes nothing that is there.
[[nodiscard]] Result<Done> furnish(Session& session, ShardCount shards);

}  // namespace sluice::postgres
