// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/tier_statements.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "storage/limit_text/tier_text.hpp"
#include "storage/postgres/postgres_fault.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* put_sql =
    "INSERT INTO tiers (name, rank, version, body) VALUES ($1, $2, $3, $4::jsonb)"
    " ON CONFLICT (name) DO UPDATE SET rank = excluded.rank, version = excluded.version,"
    " body = excluded.body";

Tier read_tier(const pqxx::row& row) {
  const auto name = row[0].as<std::string>();
  const auto rank = row[1].as<std::int64_t>();
  const auto version = row[2].as<std::int64_t>();
  std::optional<Tier> tier = parse_tier_body(row[3].as<std::string>());
  if (!tier || !is_tier_name(name) || rank < 0 || version < 1 ||
      rank > std::numeric_limits<std::uint16_t>::max()) {
    throw DamagedRow("table tiers, name " + name + ": it cannot be read");
  }
  tier->name = name;
  tier->rank = static_cast<std::uint16_t>(rank);
  tier->version = Version{static_cast<std::uint64_t>(version)};
  return *std::move(tier);
}

}  // namespace

TierCatalogue select_tiers(Transaction& transaction) {
  TierCatalogue tiers;
  const pqxx::result rows =
      transaction.run("SELECT name, rank, version, body::text FROM tiers ORDER BY rank, name");
  for (const auto& row : rows) {
    tiers.push_back(read_tier(row));
  }
  return tiers;
}

Result<Done> put_tier(Transaction& transaction, const Tier& tier) {
  const pqxx::result others =
      transaction.run("SELECT count(*) FROM tiers WHERE name <> $1", tier.name);
  if (others[0][0].as<std::size_t>() >= tiers_max) {
    return Fault{FaultCode::limit_exceeded, "tiers_max: there are 64 tiers already"};
  }
  transaction.run(put_sql, tier.name, tier.rank, tier.version.raw(), tier_body_text(tier));
  return Done{};
}

Result<Done> delete_tier(Transaction& transaction, std::string_view name) {
  const pqxx::result deleted =
      transaction.run("DELETE FROM tiers WHERE name = $1", std::string{name});
  if (deleted.affected_rows() == 0) {
    return Fault{FaultCode::not_found, "there is no tier \"" + std::string{name} + "\""};
  }
  return Done{};
}

}  // namespace sluice::postgres
