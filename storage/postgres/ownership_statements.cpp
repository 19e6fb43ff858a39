// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/ownership_statements.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

struct Owner {
  Epoch epoch;
  std::string server;  ///< Empty: nobody yet.
  std::string name;
  bool clean;
  bool leased;              ///< By the database's clock.
  std::string lease_until;  ///< For people.
};

/// `lock` is what follows FOR.
Owner read_owner(Transaction& transaction, const std::string& lock) {
  const pqxx::result rows = transaction.run(
      "SELECT epoch, server, name, clean, coalesce(lease_until > clock_timestamp(), false),"
      " to_char(lease_until AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
      " FROM ownership FOR " +
      lock);
  if (rows.size() != 1) {
    throw DamagedRow("table ownership has " + std::to_string(rows.size()) + " rows");
  }
  const pqxx::row row = rows[0];
  const auto epoch = row[0].as<std::int64_t>();
  if (epoch < 0) {
    throw DamagedRow("column epoch of table ownership holds " + std::to_string(epoch));
  }
  return Owner{Epoch{static_cast<std::uint64_t>(epoch)},
               row[1].c_str(),
               row[2].c_str(),
               row[3].as<bool>(),
               row[4].as<bool>(),
               row[5].c_str()};
}

Result<Done> check(const Owner& owner, Epoch epoch) {
  const std::string over = "epoch " + std::to_string(epoch.raw()) + " is over: ";
  if (owner.epoch != epoch) {
    return Fault{FaultCode::fenced, over + "server " + owner.server + " (" + owner.name +
                                        ") has epoch " + std::to_string(owner.epoch.raw())};
  }
  if (owner.clean) {
    return Fault{FaultCode::fenced, over + "its shards were given back"};
  }
  return Done{};
}

/// Why the claim cannot be granted; nothing if it can.
std::optional<Fault> object_to(const Claim& claim, const Owner& owner) {
  if (owner.clean || owner.server == claim.server.raw() ||
      (claim.take_over == TakeOver::expired && !owner.leased)) {
    return std::nullopt;
  }
  const std::string who = "server " + owner.server + " (" + owner.name + ") ";
  if (owner.leased) {
    return Fault{FaultCode::conflict,
                 who + "owns the shards until " + owner.lease_until +
                     ", or longer if it is alive: stop it, or start it again on its data "
                     "directory; what it does not give back can be taken over after that with "
                     "--take-over=expired"};
  }
  return Fault{FaultCode::conflict,
               who + "did not give back its shards, and its lease ended " + owner.lease_until +
                   ": start it again on its data directory, or take over with "
                   "--take-over=expired, which gives up what only its journal holds"};
}

std::optional<ClockKind> read_clock(Transaction& transaction) {
  const pqxx::result rows = transaction.run("SELECT clock FROM meta");
  if (rows.size() != 1) {
    throw DamagedRow("table meta has " + std::to_string(rows.size()) + " rows");
  }
  return rows[0][0].is_null() ? std::nullopt : parse_clock_kind(rows[0][0].c_str());
}

std::vector<Watermark> read_watermarks(Transaction& transaction) {
  const ShardCount shards = read_shards(transaction.run("SELECT shards FROM meta").at(0));
  const pqxx::result rows =
      transaction.run("SELECT shard, epoch, sequence FROM shards ORDER BY shard");
  std::vector<Watermark> marks;
  for (const auto& row : rows) {
    marks.push_back(read_watermark(row, marks.size()));
  }
  if (marks.size() != shards.raw()) {
    throw DamagedRow("table shards has " + std::to_string(marks.size()) + " rows, not " +
                     std::to_string(shards.raw()));
  }
  return marks;
}

}  // namespace

Result<Done> check(Transaction& transaction, Epoch epoch) {
  return check(read_owner(transaction, "KEY SHARE"), epoch);
}

Result<Ownership> acquire(Transaction& transaction, const Claim& claim) {
  const Owner before = read_owner(transaction, "UPDATE");
  if (const std::optional<Fault> objection = object_to(claim, before)) {
    return *objection;
  }
  const std::optional<ClockKind> clock = read_clock(transaction);
  if (Result<Done> checked = check_clock(claim, {clock, before.epoch, ServerId{before.server}});
      !checked.ok()) {
    return checked.fault();
  }
  if (!clock) {
    transaction.run("UPDATE meta SET clock = $1", std::string{to_string(claim.clock)});
  }
  const Epoch epoch{before.epoch.raw() + 1};
  transaction.run(
      "UPDATE ownership SET epoch = $1, server = $2, name = $3, clean = false, lease_ms = $4,"
      " lease_until = clock_timestamp() + $4::bigint * interval '1 millisecond'",
      epoch.raw(), claim.server.raw(), claim.name, claim.lease.count());
  return Ownership{epoch, read_watermarks(transaction)};
}

Result<Done> renew(Transaction& transaction, Epoch epoch) {
  const pqxx::result renewed = transaction.run(
      "UPDATE ownership"
      " SET lease_until = clock_timestamp() + lease_ms * interval '1 millisecond'"
      " WHERE epoch = $1 AND NOT clean",
      epoch.raw());
  return renewed.affected_rows() == 1 ? Done{} : check(transaction, epoch);
}

Result<Done> release(Transaction& transaction, Epoch epoch) {
  const Owner owner = read_owner(transaction, "UPDATE");
  if (owner.epoch == epoch && owner.clean) {
    return Done{};
  }
  if (Result<Done> checked = check(owner, epoch); !checked.ok()) {
    return checked;
  }
  transaction.run("UPDATE ownership SET clean = true, lease_until = NULL");
  return Done{};
}

void raise(Transaction& transaction, std::vector<ShardId> shards, Watermark to) {
  std::ranges::sort(shards);
  ArrayText ids;
  for (const ShardId shard : shards) {
    ids.add(shard.raw());
  }
  transaction.run(
      "WITH behind AS (SELECT shard FROM shards WHERE shard = ANY ($1::int[])"
      " AND (epoch, sequence) < ($2::bigint, $3::bigint) ORDER BY shard FOR UPDATE)"
      " UPDATE shards SET epoch = $2, sequence = $3 FROM behind WHERE shards.shard = behind.shard",
      ids.text(), to.epoch.raw(), to.sequence.raw());
}

}  // namespace sluice::postgres
