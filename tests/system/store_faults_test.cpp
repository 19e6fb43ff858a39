// SPDX-License-Identifier: Apache-2.0
// Goal    Whatever happens to the database, decisions for tenants in memory go on, nothing is lost,
//         and what was spent gets there by itself.
// Method  The real binary under load while a real PostgreSQL is killed, restarted, frozen, slowed
//         and cut.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/postgres.hpp"
#include "tests/support/readiness.hpp"
#include "tests/support/served.hpp"
#include "tests/support/spenders.hpp"

namespace sluice::test {
namespace {

constexpr std::uint64_t many = 3000;

class StoreFaults : public ::testing::Test {
protected:
  StoreFaults() {
    for (int i = 0; i < 20; ++i) {
      tenants_.push_back(served_.create("tenant-" + std::to_string(i),
                                        {window_limit("all", 1ULL << 40U, Period::never)}));
      EXPECT_EQ(served_.spend(tenants_.back(), 1).decision.outcome, Outcome::allowed);
    }
    spenders_ = std::make_unique<Spenders>(served_.client(), tenants_, Spenders::Load{});
    EXPECT_TRUE(spenders_->allow(many));
  }

  /// Ends the load and holds the database to what the callers were told, to the last unit.
  void expect_everything_stored() {
    EXPECT_TRUE(spenders_->allow(many)) << "decisions go on";
    const std::vector<Told> told = spenders_->stop();
    EXPECT_EQ(spenders_->failures(), 0U) << "no caller noticed";
    std::uint64_t spent = tenants_.size();
    for (const Told& tenant : told) {
      spent += tenant.acknowledged;
    }
    EXPECT_TRUE(postgres_.wait_until("SELECT sum(used) = " + std::to_string(spent) +
                                     " FROM sluice.counters"));
    EXPECT_EQ(served_.stop(), 0);
    EXPECT_EQ(
        postgres_.run("SELECT sum(used) FROM (SELECT used FROM sluice.usage_minutes UNION ALL "
                      "SELECT used FROM sluice.open_usage o WHERE NOT EXISTS (SELECT 1 FROM "
                      "sluice.usage_minutes m WHERE m.tenant = o.tenant AND m.meter = o.meter "
                      "AND m.start = o.minute)) AS all_usage"),
        std::to_string(spent))
        << "the history tells the same";
  }

  PostgresServer postgres_;
  Served served_{{"--postgres", postgres_.conninfo(), "--flush-interval", "20ms", "--http-listen",
                  "127.0.0.1:0"}};
  std::vector<TenantId> tenants_;
  std::unique_ptr<Spenders> spenders_;
};

TEST_F(StoreFaults, ADatabaseThatIsKilledIsCaughtUpWith) {
  postgres_.kill();
  EXPECT_TRUE(spenders_->allow(many));
  postgres_.start();
  expect_everything_stored();
}

TEST_F(StoreFaults, ADatabaseThatIsAwayIsToldOfAsLongAsItIsAndNoReasonToGoElsewhere) {
  const auto becomes = [this](const char* state) {
    return readiness(served_.server().http_port(),
                     [state](const nlohmann::json& parts) { return parts["store"] == state; });
  };
  EXPECT_EQ(becomes("ok")["status"], 200);
  postgres_.kill();
  const nlohmann::json away = becomes("degraded");
  EXPECT_EQ(away["store"], "degraded");
  EXPECT_EQ(away["status"], 200);
  EXPECT_EQ(away["ready"], true);
  EXPECT_TRUE(spenders_->allow(many));
  EXPECT_EQ(readiness(served_.server().http_port())["store"], "degraded");
  postgres_.start();
  EXPECT_EQ(becomes("ok")["store"], "ok");
}

TEST_F(StoreFaults, ADatabaseThatIsRestartedAgainAndAgainIsCaughtUpWith) {
  for (int i = 0; i < 3; ++i) {
    postgres_.stop();
    EXPECT_TRUE(spenders_->allow(many / 3));
    postgres_.start();
  }
  expect_everything_stored();
}

TEST_F(StoreFaults, ADatabaseThatIsFrozenHoldsNoDecisionUp) {
  postgres_.freeze();
  EXPECT_TRUE(spenders_->allow(many));
  postgres_.thaw();
  expect_everything_stored();
}

TEST_F(StoreFaults, ADatabaseThatIsSlowHoldsNoDecisionUp) {
  postgres_.run(
      "CREATE FUNCTION sluice.dawdle() RETURNS trigger LANGUAGE plpgsql"
      " AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END'");
  postgres_.run(
      "CREATE TRIGGER dawdle BEFORE INSERT OR UPDATE ON sluice.counters"
      " FOR EACH STATEMENT EXECUTE FUNCTION sluice.dawdle()");
  EXPECT_TRUE(spenders_->allow(many));
  postgres_.run("DROP FUNCTION sluice.dawdle() CASCADE");
  expect_everything_stored();
}

TEST_F(StoreFaults, ConnectionsThatAreCutComeBack) {
  for (int i = 0; i < 10; ++i) {
    postgres_.cut_connections();
    EXPECT_TRUE(spenders_->allow(many / 10));
  }
  expect_everything_stored();
}

TEST_F(StoreFaults, ErrorsFromTheDatabaseAreTriedAgainUntilTheyAreGone) {
  // As a careless migration by somebody else would.
  postgres_.run("ALTER TABLE sluice.counters RENAME TO counters_away");
  EXPECT_TRUE(spenders_->allow(many));
  postgres_.run("ALTER TABLE sluice.counters_away RENAME TO counters");
  expect_everything_stored();
}

TEST_F(StoreFaults, AServerThatIsKilledWhileTheDatabaseIsAwayHasEverythingInItsJournal) {
  postgres_.kill();
  EXPECT_TRUE(spenders_->allow(many));
  served_.server().crash();
  const std::vector<Told> told = spenders_->stop();
  postgres_.start();
  served_.start();
  for (std::size_t i = 0; i < tenants_.size(); ++i) {
    const std::uint64_t used = served_.used(tenants_[i]).raw();
    EXPECT_GE(used, 1 + told[i].acknowledged);
    EXPECT_LE(used, 1 + told[i].acknowledged + told[i].unknown);
  }
}

TEST_F(StoreFaults, AChangeByAnAdministratorIsRefusedWhileTheDatabaseIsAwayAndChangesNothing) {
  postgres_.kill();
  const auto refused = served_.administrator().put_limit(tenants_[0], std::nullopt,
                                                         window_limit("all", 1, Period::never));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.fault().code, FaultCode::unavailable);
  postgres_.start();
  expect_everything_stored();
}

}  // namespace
}  // namespace sluice::test
