// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/tier_statements.hpp"

#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "storage/limit_text/tier_text.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

constexpr std::string_view put_sql =
    "INSERT INTO tiers (name, rank, version, body) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (name) DO UPDATE SET rank = ?2, version = ?3, body = ?4";

Tier read_tier(const Cursor& row) {
  const std::string name{row.text(0)};
  const std::int64_t rank = row.integer(1);
  const std::int64_t version = row.integer(2);
  std::optional<Tier> tier = parse_tier_body(row.text(3));
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

TierStatements::TierStatements(SqliteConnection& connection)
    : connection_(connection),
      select_(connection, "SELECT name, rank, version, body FROM tiers ORDER BY rank, name"),
      put_(connection, put_sql),
      delete_(connection, "DELETE FROM tiers WHERE name = ?1") {}

TierCatalogue TierStatements::tiers() {
  TierCatalogue tiers;
  Cursor rows = select_.start();
  while (rows.next()) {
    tiers.push_back(read_tier(rows));
  }
  return tiers;
}

void TierStatements::put(const Tier& tier) {
  const std::string body = tier_body_text(tier);
  put_.run(std::string_view{tier.name}, tier.rank, tier.version.raw(), std::string_view{body});
}

bool TierStatements::remove(std::string_view name) {
  delete_.run(name);
  return connection_.changes() > 0;
}

}  // namespace sluice
