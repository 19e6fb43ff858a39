// SPDX-License-Identifier: Apache-2.0
// Goal    A shard has one owner at a time, and a server that was replaced does no harm.
// Method  Two real servers with data directories of their own on one real PostgreSQL.

#include <gtest/gtest.h>
#include <signal.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/support/postgres.hpp"
#include "tests/support/readiness.hpp"
#include "tests/support/served.hpp"
#include "tests/support/spenders.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

class Ownership : public ::testing::Test {
protected:
  Ownership() : first_(flags()) {
    tenant_ = first_.create("acme", {window_limit("all", 1ULL << 40U, Period::never)});
    EXPECT_EQ(first_.spend(tenant_, 7).decision.outcome, Outcome::allowed);
    EXPECT_TRUE(postgres_.wait_until("SELECT sum(used) = 7 FROM sluice.counters"));
  }

  std::vector<std::string> flags(std::vector<std::string> more = {}) const {
    std::vector<std::string> all{"--postgres",    postgres_.conninfo(), "--lease",          "2s",
                                 "--http-listen", "127.0.0.1:0",        "--flush-interval", "10ms"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  /// Starts another server that is expected to be turned away.
  Finished turned_away(std::vector<std::string> more = {}) {
    std::vector<std::string> words{program("sluiced"), "--listen", "127.0.0.1:0",
                                   "--data-directory", second_directory_.path() / "data"};
    const std::vector<std::string> rest = flags(std::move(more));
    words.insert(words.end(), rest.begin(), rest.end());
    return run(words);
  }

  PostgresServer postgres_;
  TemporaryDirectory second_directory_;
  Served first_;
  TenantId tenant_;
};

TEST_F(Ownership, ASecondServerIsTurnedAwayAndToldByWhom) {
  const Finished second = turned_away();
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.output.find(first_.data_directory()), std::string::npos) << second.output;
  EXPECT_EQ(first_.spend(tenant_, 1).decision.outcome, Outcome::allowed);
}

TEST_F(Ownership, AServerWithSimulatedTimeIsTurnedAwayFromRealData) {
  EXPECT_EQ(first_.stop(), 0);
  const Finished second = turned_away({"--simulated-time", "2026-01-01T00:00:00Z"});
  EXPECT_EQ(second.exit_code, 2);
  EXPECT_NE(second.output.find("simulated-time: the store has data of the real clock"),
            std::string::npos)
      << second.output;
}

TEST_F(Ownership, AGracefulStopHandsOverAtOnce) {
  EXPECT_EQ(first_.stop(), 0);
  Served second{flags()};
  EXPECT_EQ(second.used(tenant_), Amount{7});
}

TEST_F(Ownership, WhatACrashedServerOwnedIsNotTakenUnlessSomebodySaysSo) {
  first_.crash();
  const Finished second = turned_away();
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.output.find("take-over"), std::string::npos) << second.output;
}

TEST_F(Ownership, ACrashedServerTakesItsOwnBackAtOnce) {
  EXPECT_EQ(first_.spend(tenant_, 5).decision.outcome, Outcome::allowed);
  first_.crash();
  first_.start();
  EXPECT_EQ(first_.used(tenant_), Amount{12});
}

TEST_F(Ownership, AStandbyTakesOverOnceTheLeaseHasPassed) {
  first_.crash();
  Served second{flags({"--take-over", "expired"})};
  EXPECT_EQ(second.used(tenant_), Amount{7});
  EXPECT_EQ(second.spend(tenant_, 1).decision.outcome, Outcome::allowed);
}

TEST_F(Ownership, AServerThatWasReplacedIsRefusedWhenItComesBack) {
  first_.crash();
  Served second{flags({"--take-over", "expired"})};
  EXPECT_EQ(second.spend(tenant_, 1).decision.outcome, Outcome::allowed);
  EXPECT_THROW(first_.start(), std::runtime_error);
  EXPECT_EQ(second.used(tenant_), Amount{8});
}

TEST_F(Ownership, AServerThatWasStoppedBeyondItsLeaseNeitherAdmitsNorWritesWhenItGoesOn) {
  first_.server().process().signal(SIGSTOP);
  Served second{flags({"--take-over", "expired"})};
  EXPECT_EQ(second.spend(tenant_, 100).decision.outcome, Outcome::allowed);

  first_.server().process().signal(SIGCONT);
  const client::Answer answer = first_.spend(tenant_, 1000);
  EXPECT_NE(answer.decision.outcome, Outcome::allowed);
  EXPECT_EQ(first_.server().process().wait(), 3) << first_.server().process().output();

  EXPECT_EQ(second.spend(tenant_, 1).decision.outcome, Outcome::allowed);
  EXPECT_EQ(second.stop(), 0);
  EXPECT_EQ(postgres_.run("SELECT sum(used) FROM sluice.counters"), "108");
}

TEST_F(Ownership, AServerThatWasStoppedUnderLoadTellsNobodyWhatItsSuccessorDoesNotKnow) {
  Spenders spenders{first_.client(), {tenant_}, {}};
  ASSERT_TRUE(spenders.allow(500));
  EXPECT_TRUE(postgres_.wait_until("SELECT sum(used) > 7 FROM sluice.counters"));
  first_.server().process().signal(SIGSTOP);
  Served second{flags({"--take-over", "expired"})};
  const std::uint64_t taken_over_at = spenders.allowed();
  first_.server().process().signal(SIGCONT);
  EXPECT_EQ(first_.server().process().wait(), 3) << first_.server().process().output();
  // An answer that was in the socket when the server was stopped may still have arrived.
  EXPECT_LE(spenders.allowed(), taken_over_at + 16);
}

TEST_F(Ownership, ALeaseThatCannotBeRenewedEndsTheServiceAndRenewedAgainItGoesOn) {
  postgres_.kill();
  Spenders spenders{first_.client(), {tenant_}, {.callers = 1}};
  EXPECT_TRUE(spenders.see_a_refusal()) << "nobody knows who owns the tenants by now";
  const nlohmann::json parts = readiness(first_.server().http_port());
  EXPECT_EQ(parts["status"], 503);
  EXPECT_EQ(parts["ownership"], "lost");
  postgres_.start();
  EXPECT_TRUE(spenders.allow(100));
  const auto is_owner = [](const nlohmann::json& now) { return now["ownership"] == "ok"; };
  EXPECT_EQ(readiness(first_.server().http_port(), is_owner)["status"], 200);
}

}  // namespace
}  // namespace sluice::test
