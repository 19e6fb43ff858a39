// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "actors/runtime/write_behind.hpp"
#include "storage/postgres/postgres_store.hpp"
#include "tests/storage/store_contract.hpp"
#include "tests/support/postgres.hpp"

// A server of its own, because what happens to it is not good for it.

namespace sluice::test {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

class PostgresFaults : public testing::Test {
protected:
  void SetUp() override {
    options.conninfo = server.conninfo();
    options.call_timeout = 400ms;
    options.reconnect_delay_min = options.reconnect_delay_max = 2ms;
    const auto opened = open_postgres(options, ShardCount{64});
    ASSERT_TRUE(done(opened));
    store = opened.value()().value();
    epoch = store->acquire(claim(1)).value().epoch;
    ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 2))));
    ASSERT_TRUE(done(save(5)));
  }
  [[nodiscard]] Result<Done> save(std::uint64_t used) {
    return store->save(counters_batch(epoch, {counter(1, 1, used)}));
  }
  [[nodiscard]] Result<std::uint64_t> used() {
    const TenantId id = tenant_id(1);
    const auto found = store->load({&id, 1});
    if (!found.ok()) {
      return found.fault();
    }
    return found.value().at(0).counters.at(0).used.raw();
  }
  /// Tries until it works; false if that takes too long.
  [[nodiscard]] static bool works_again(const std::function<Result<Done>()>& action) {
    const auto deadline = steady_clock::now() + 30s;
    while (steady_clock::now() < deadline) {
      if (action().ok()) {
        return true;
      }
    }
    return false;
  }
  /// From now on, whoever commits a counter waits for as long as a test holds lock 7.
  void make_commits_wait() const {
    server.run(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER wait AFTER UPDATE ON sluice.counters DEFERRABLE"
        " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()");
  }
  static constexpr const char* somebody_waits =
      "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";

  PostgresServer server;
  PostgresOptions options;
  std::unique_ptr<Store> store;
  Epoch epoch;
};

TEST_F(PostgresFaults, ARestartOfTheServerIsNotEvenNoticed) {
  server.stop();
  server.start();
  EXPECT_TRUE(done(save(6)));
  EXPECT_EQ(used().value(), 6U);
}

TEST_F(PostgresFaults, AServerThatIsAwayIsUnavailableAndThenWorksAgain) {
  server.stop();
  EXPECT_TRUE(refused(save(6), FaultCode::unavailable, "database: "));
  EXPECT_TRUE(refused(used(), FaultCode::unavailable, "database: "));
  server.start();
  EXPECT_TRUE(works_again([&] { return save(7); }));
  EXPECT_EQ(used().value(), 7U);
}

TEST_F(PostgresFaults, WhatWasCommittedOutlivesACrashOfTheServer) {
  ASSERT_TRUE(done(save(6)));
  server.kill();
  EXPECT_TRUE(refused(used(), FaultCode::unavailable, "database: "));
  server.start();
  EXPECT_TRUE(works_again([&] { return used().ok() ? Result<Done>{Done{}} : used().fault(); }));
  EXPECT_EQ(used().value(), 6U);
}

TEST_F(PostgresFaults, AConnectionIsNotTriedAgainAtOnce) {
  options.reconnect_delay_min = options.reconnect_delay_max = 1h;
  store = open_postgres(options, ShardCount{64}).value()().value();
  server.stop();
  EXPECT_TRUE(refused(used(), FaultCode::unavailable, "database: "));
  EXPECT_TRUE(refused(used(), FaultCode::unavailable, "the next attempt is in"));
}

TEST_F(PostgresFaults, AFrozenServerBlocksNoCallForEver) {
  server.freeze();
  const auto before = steady_clock::now();
  EXPECT_TRUE(refused(save(6), FaultCode::unavailable, "database: "));
  EXPECT_LT(steady_clock::now() - before, 10 * options.call_timeout);
  server.thaw();
  EXPECT_TRUE(works_again([&] { return save(7); }));
  EXPECT_EQ(used().value(), 7U);
}

TEST_F(PostgresFaults, AFrozenServerBlocksNoConnectingForEver) {
  options.connect_timeout = 1ms;  // libpq makes two seconds of it.
  server.freeze();
  const auto before = steady_clock::now();
  EXPECT_TRUE(refused(open_postgres(options, ShardCount{64}), FaultCode::unavailable, "database"));
  EXPECT_LT(steady_clock::now() - before, 20s);
}

TEST_F(PostgresFaults, AConnectionCutInTheMiddleOfACommitLeavesItInDoubtAndItMayBeSentAgain) {
  options.call_timeout = 1min;
  store = open_postgres(options, ShardCount{64}).value()().value();
  make_commits_wait();
  pqxx::connection holder{server.conninfo()};
  pqxx::nontransaction hold{holder};
  hold.exec("SELECT pg_advisory_lock(7)");
  auto saved = std::async(std::launch::async, [&] { return save(6); });
  ASSERT_TRUE(server.wait_until(somebody_waits));
  server.run(
      "SELECT pg_terminate_backend(pid) FROM pg_locks"
      " WHERE locktype = 'advisory' AND NOT granted");
  EXPECT_TRUE(refused(saved.get(), FaultCode::outcome_unknown, "database: "));
  hold.exec("SELECT pg_advisory_unlock(7)");
  EXPECT_EQ(used().value(), 5U) << "this time it was not done";
  EXPECT_TRUE(done(save(6)));
  EXPECT_EQ(used().value(), 6U);
}

TEST_F(PostgresFaults, ACommitThatTakesTooLongIsInDoubtAndMayBeDoneAfterAll) {
  make_commits_wait();
  pqxx::connection holder{server.conninfo()};
  pqxx::nontransaction hold{holder};
  hold.exec("SELECT pg_advisory_lock(7)");
  EXPECT_TRUE(refused(save(6), FaultCode::outcome_unknown, "database: "));
  hold.exec("SELECT pg_advisory_unlock(7)");
  EXPECT_TRUE(server.wait_until("SELECT used = 6 FROM sluice.counters"));
  EXPECT_TRUE(done(save(6))) << "and sending it again does no harm";
}

TEST_F(PostgresFaults, AStatementThatTakesTooLongIsGivenUpByTheServer) {
  options.statement_timeout = 50ms;
  store = open_postgres(options, ShardCount{64}).value()().value();
  pqxx::connection holder{server.conninfo()};
  pqxx::work hold{holder};
  hold.exec("LOCK TABLE sluice.counters");
  EXPECT_TRUE(refused(save(6), FaultCode::unavailable, "statement timeout"));
  hold.abort();
  EXPECT_TRUE(done(save(6)));
}

TEST_F(PostgresFaults, ConnectionsThatWereCutAreMadeAgain) {
  server.cut_connections();
  EXPECT_TRUE(done(save(6)));
}

TEST_F(PostgresFaults, AReadOnlyStandInIsUnavailableToWriters) {
  server.run("ALTER SYSTEM SET default_transaction_read_only = on");
  server.run("SELECT pg_reload_conf()");
  ASSERT_TRUE(server.wait_until("SELECT current_setting('transaction_read_only') = 'on'"));
  EXPECT_TRUE(refused(save(6), FaultCode::unavailable, "read-only"));
  EXPECT_EQ(used().value(), 5U);
}

// The write-behind itself, because what it sends again depends on what failed.
TEST_F(PostgresFaults, WhatIsTooMuchForTheTimeoutIsTakenInSmallerParts) {
  constexpr std::size_t minutes = 16'000;
  server.run(
      "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN PERFORM pg_sleep(count(*) * 0.0001) FROM added; RETURN NULL; END $$;"
      "CREATE TRIGGER dawdle AFTER INSERT ON sluice.usage_minutes REFERENCING NEW TABLE AS added"
      " FOR EACH STATEMENT EXECUTE FUNCTION dawdle()");
  options.statement_timeout = 1s;
  options.call_timeout = 30s;
  store = open_postgres(options, ShardCount{64}).value()().value();
  Recovered recovered;
  for (std::uint32_t minute = 1; minute <= minutes; ++minute) {
    const UsageBucket bucket{MeterId{1}, Minute{minute}, Amount{1}, 1};
    recovered.apply({.tenant = tenant_id(1), .shard = ShardId{0}, .closed_usage = {&bucket, 1}});
  }
  TenantTable table{1, HashSeed{7}};
  const Activations loading{
      {.waiting_max = 1, .waiting_per_tenant_max = 1, .loads_max = 1, .tenants_per_load_max = 1},
      HashSeed{7}};
  WriteBehind write_behind{table,
                           {.flush_tenants_max = 1, .history_rows_max = minutes},
                           epoch,
                           ShardCount{64},
                           std::move(recovered)};
  int failures = 0;
  while (!write_behind.idle() && failures < 20) {
    write_behind.begin_round();
    write_behind.begin();
    ASSERT_TRUE(write_behind.gather(1, Now{}));
    Result<Done> saved = store->save(write_behind.take_batch());
    while (saved.ok() && write_behind.has_more()) {
      saved = store->save(write_behind.take_batch());
    }
    if (saved.ok()) {
      write_behind.saved(1, loading);
    } else {
      EXPECT_EQ(saved.fault().code, FaultCode::unavailable);
      write_behind.failed();
      ++failures;
    }
  }
  EXPECT_GT(failures, 0);
  EXPECT_TRUE(write_behind.idle());
  EXPECT_EQ(server.run("SELECT count(*) FROM sluice.usage_minutes"), std::to_string(minutes));
}

/// A primary and a standby, of which the conninfo names the standby first.
class PostgresHosts : public testing::Test {
protected:
  PostgresHosts() {
    options.conninfo = standby.conninfo_with(primary);
    options.reconnect_delay_min = options.reconnect_delay_max = 2ms;
  }
  void open() {
    const auto opened = open_postgres(options, ShardCount{64});
    ASSERT_TRUE(done(opened));
    store = opened.value()().value();
    const auto owned = store->acquire(claim(1));
    ASSERT_TRUE(done(owned));
    epoch = owned.value().epoch;
  }

  PostgresServer primary;
  PostgresServer standby{PostgresServer::Standby{primary}};
  PostgresOptions options;
  std::unique_ptr<Store> store;
  Epoch epoch;
};

TEST_F(PostgresHosts, AreTriedUntilOneCanBeWrittenTo) {
  open();
  EXPECT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 2))));
}

TEST_F(PostgresHosts, AreThoseThatTheUserMeansIfHeSaysSo) {
  options.conninfo += " target_session_attrs=any";
  EXPECT_TRUE(refused(open_postgres(options, ShardCount{64}), FaultCode::unavailable, "read-only"));
}

TEST_F(PostgresHosts, AreTriedAnewOnceTheOneInUseOnlyReads) {
  open();
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 2))));
  ASSERT_TRUE(
      primary.wait_until("EXISTS (SELECT FROM pg_stat_replication"
                         " WHERE replay_lsn = pg_current_wal_lsn())"));
  // As before a switch-over: who is connected stays so.
  primary.run("ALTER SYSTEM SET default_transaction_read_only = on");
  primary.run("SELECT pg_reload_conf()");
  ASSERT_TRUE(
      primary.wait_until("SELECT setting = 'on' FROM pg_settings"
                         " WHERE name = 'default_transaction_read_only'"));
  standby.promote();
  const auto save = [&] { return store->save(counters_batch(epoch, {counter(1, 1, 6)})); };
  EXPECT_TRUE(refused(save(), FaultCode::unavailable, "read-only"));
  EXPECT_TRUE(done(save())) << "the other one";
  EXPECT_EQ(standby.run("SELECT used FROM sluice.counters"), "6");
}

}  // namespace sluice::test
