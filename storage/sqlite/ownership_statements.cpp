// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/ownership_statements.hpp"

#include <limits>

#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

namespace {

constexpr std::string_view raise_sql =
    "UPDATE shards SET epoch = ?2, sequence = ?3"
    " WHERE shard = ?1 AND (epoch, sequence) < (?2, ?3)";

Fault fenced(Epoch epoch, const std::string& why) {
  return Fault{FaultCode::fenced, "epoch " + std::to_string(epoch.raw()) + " is over: " + why};
}

}  // namespace

OwnershipStatements::OwnershipStatements(SqliteConnection& connection)
    : connection_(connection),
      select_owner_(connection, "SELECT epoch, server, name, clean FROM ownership"),
      select_clock_(connection, "SELECT clock FROM meta"),
      update_clock_(connection, "UPDATE meta SET clock = ?1"),
      update_owner_(connection,
                    "UPDATE ownership SET epoch = ?1, server = ?2, name = ?3, clean = 0"),
      release_(connection, "UPDATE ownership SET clean = 1"),
      select_shards_(connection,
                     "SELECT " + std::string{watermark_columns} + " FROM shards ORDER BY shard"),
      raise_(connection, raise_sql) {}

OwnershipStatements::Owner OwnershipStatements::owner() {
  Cursor row = select_owner_.start();
  if (!row.next()) {
    throw DamagedRow("table ownership has no row");
  }
  const std::int64_t epoch = row.integer(0);
  if (epoch < 0 || epoch == std::numeric_limits<std::int64_t>::max()) {
    throw DamagedRow("column epoch of table ownership holds " + std::to_string(epoch));
  }
  return Owner{Epoch{static_cast<std::uint64_t>(epoch)}, std::string{row.text(1)},
               std::string{row.text(2)}, row.integer(3) != 0};
}

std::optional<ClockKind> OwnershipStatements::clock() {
  Cursor row = select_clock_.start();
  if (!row.next()) {
    throw DamagedRow("table meta has no row");
  }
  return row.is_null(0) ? std::nullopt : parse_clock_kind(row.text(0));
}

Result<Done> OwnershipStatements::check(Epoch epoch) {
  const Owner owner = this->owner();
  if (owner.epoch != epoch) {
    return fenced(epoch, "server " + owner.server + " (" + owner.name + ") has epoch " +
                             std::to_string(owner.epoch.raw()));
  }
  if (owner.clean) {
    return fenced(epoch, "its shards were given back");
  }
  return Done{};
}

Result<Ownership> OwnershipStatements::acquire(const Claim& claim) {
  const Owner before = owner();
  if (!before.clean && before.server != claim.server.raw() && claim.take_over == TakeOver::never) {
    return Fault{FaultCode::conflict,
                 "server " + before.server + " (" + before.name +
                     ") did not give back its shards: start it again on its data directory, or take"
                     " over with --take-over=expired, which gives up what only its journal holds"};
  }
  if (Result<Done> checked = check_clock(claim, {clock(), before.epoch, ServerId{before.server}});
      !checked.ok()) {
    return checked.fault();
  }
  update_clock_.run(to_string(claim.clock));
  const Epoch epoch{before.epoch.raw() + 1};
  update_owner_.run(epoch.raw(), claim.server.raw(), claim.name);
  return Ownership{epoch, stored()};
}

Result<Done> OwnershipStatements::release(Epoch epoch) {
  const Owner owner = this->owner();
  if (owner.epoch == epoch && owner.clean) {
    return Done{};
  }
  if (Result<Done> checked = check(epoch); !checked.ok()) {
    return checked;
  }
  release_.run();
  return Done{};
}

void OwnershipStatements::raise(ShardId shard, Watermark to) {
  raise_.run(shard.raw(), to.epoch.raw(), to.sequence.raw());
}

std::vector<Watermark> OwnershipStatements::stored() {
  std::vector<Watermark> marks;
  Cursor rows = select_shards_.start();
  while (rows.next()) {
    marks.push_back(read_watermark(rows, marks.size()));
  }
  if (const auto shards = connection_.integer("SELECT shards FROM meta");
      static_cast<std::size_t>(shards) != marks.size()) {
    throw DamagedRow("table shards has " + std::to_string(marks.size()) + " rows, not " +
                     std::to_string(shards));
  }
  return marks;
}

}  // namespace sluice
