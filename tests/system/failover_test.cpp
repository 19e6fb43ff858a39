// SPDX-License-Identifier: Apache-2.0
// Goal    The database fails over to a synchronous standby: nothing that was acknowledged is lost,
//         decisions go on meanwhile, and what was spent gets to the new primary by itself.
// Method  The real binary under load, with both hosts, on a real primary and a real streaming
//         standby; the primary is killed and the standby promoted.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/postgres.hpp"
#include "tests/support/served.hpp"
#include "tests/support/spenders.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t many = 3000;

class Failover : public ::testing::Test {
protected:
  Failover() {
    primary_.wait_for_standby();
    served_ = std::make_unique<Served>(std::vector<std::string>{
        "--postgres", primary_.conninfo_with(standby_), "--flush-interval", "20ms"});
    for (int i = 0; i < 20; ++i) {
      tenants_.push_back(served_->create("tenant-" + std::to_string(i),
                                         {window_limit("all", 1ULL << 40U, Period::never)}));
      EXPECT_EQ(served_->spend(tenants_.back(), 1).decision.outcome, Outcome::allowed);
    }
    spenders_ = std::make_unique<Spenders>(served_->client(), tenants_, Spenders::Load{});
    EXPECT_TRUE(spenders_->allow(many));
  }

  PostgresServer primary_;
  PostgresServer standby_{PostgresServer::Standby{primary_}};
  std::unique_ptr<Served> served_;
  std::vector<TenantId> tenants_;
  std::unique_ptr<Spenders> spenders_;
};

TEST_F(Failover, IsNoticedByNoCallerAndTheNewPrimaryHasEverything) {
  primary_.kill();
  EXPECT_TRUE(spenders_->allow(many)) << "while there is no primary";
  standby_.promote();
  EXPECT_TRUE(spenders_->allow(many));
  const std::vector<Told> told = spenders_->stop();
  EXPECT_EQ(spenders_->failures(), 0U);
  std::uint64_t spent = tenants_.size();
  for (const Told& tenant : told) {
    spent += tenant.acknowledged;
  }
  EXPECT_TRUE(
      standby_.wait_until("SELECT sum(used) = " + std::to_string(spent) + " FROM sluice.counters"));
  EXPECT_EQ(standby_.run("SELECT count(*) FROM sluice.tenants"), std::to_string(tenants_.size()));
}

TEST_F(Failover, IsGoneOnFromByAdministratorsToo) {
  primary_.kill();
  standby_.promote();
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  bool done = false;
  while (!done && std::chrono::steady_clock::now() < deadline) {
    done = served_->administrator()
               .put_limit(tenants_[0], std::nullopt, window_limit("more", 1, Period::never))
               .ok();
  }
  EXPECT_TRUE(done);
  EXPECT_EQ(standby_.run("SELECT count(*) FROM sluice.limits WHERE name = 'more'"), "1");
}

TEST_F(Failover, LosesNothingIfTheServerIsKilledTogetherWithThePrimary) {
  primary_.kill();
  EXPECT_TRUE(spenders_->allow(many));
  served_->server().crash();
  const std::vector<Told> told = spenders_->stop();
  standby_.promote();
  served_->start();
  for (std::size_t i = 0; i < tenants_.size(); ++i) {
    const std::uint64_t used = served_->used(tenants_[i]).raw();
    EXPECT_GE(used, 1 + told[i].acknowledged);
    EXPECT_LE(used, 1 + told[i].acknowledged + told[i].unknown);
  }
}

}  // namespace
}  // namespace sluice::test
