// SPDX-License-Identifier: Apache-2.0
// Goal    A tenant that is moved from place to place spends on, and nothing that was acknowledged
//         is lost, also when the server is killed after it.
// Method  The real binary under load on a real PostgreSQL with two databases, one of them an
//         instance.

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/postgres.hpp"
#include "tests/support/served.hpp"
#include "tests/support/spenders.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

constexpr std::uint64_t some = 1000;

const Placement own_schema{Isolation::dedicated_schema};
const Placement instance{Isolation::dedicated_instance, "eu-1"};

class Moves : public ::testing::Test {
protected:
  Moves() {
    for (const char* slug : {"moved", "stays"}) {
      tenants_.push_back(served_.create(slug, {window_limit("all", 1ULL << 40U, Period::never)}));
      must(served_.administrator().set_feature(tenants_.back(), {}, {"dedicated_schema", true}));
    }
    spenders_ = std::make_unique<Spenders>(served_.client(), tenants_, Spenders::Load{});
    EXPECT_TRUE(spenders_->allow(some));
  }

  std::string instances_file() {
    postgres_.run("CREATE DATABASE eu");
    const std::string path = directory_.path() / "instances";
    std::ofstream{path} << "# of tests\neu-1 = " << postgres_.conninfo("eu") << '\n';
    return path;
  }
  void move(const Placement& to) {
    const auto moved = served_.administrator().move(tenants_.front(), {}, to);
    ASSERT_TRUE(moved.ok()) << moved.fault().context;
    EXPECT_EQ(moved.value().placement, to);
    EXPECT_TRUE(spenders_->allow(some)) << "it goes on in " << to_string(to);
  }
  /// Holds the server, started anew, to what the callers were told.
  void expect_nothing_lost() {
    const std::vector<Told> told = spenders_->stop();
    EXPECT_EQ(served_.stop(), 0);
    served_.start();
    for (std::size_t i = 0; i < tenants_.size(); ++i) {
      EXPECT_EQ(served_.used(tenants_[i]), Amount{told[i].acknowledged});
    }
  }

  PostgresServer postgres_;
  TemporaryDirectory directory_;
  Served served_{{"--postgres", postgres_.conninfo(), "--instances", instances_file(),
                  "--flush-interval", "20ms"}};
  std::vector<TenantId> tenants_;
  std::unique_ptr<Spenders> spenders_;
};

TEST_F(Moves, FromPlaceToPlaceLoseNothingAndHoldNobodyUp) {
  for (const Placement& to : {own_schema, instance, Placement{}, instance, own_schema}) {
    move(to);
  }
  expect_nothing_lost();
}

TEST_F(Moves, OutliveAServerThatIsKilled) {
  move(instance);
  const std::vector<Told> told = spenders_->stop();
  served_.crash();
  served_.start();
  for (std::size_t i = 0; i < tenants_.size(); ++i) {
    EXPECT_GE(served_.used(tenants_[i]), Amount{told[i].acknowledged});
  }
  EXPECT_EQ(must(served_.administrator().show(tenants_.front())).placement, instance);
  EXPECT_EQ(postgres_.run("SELECT count(*) FROM sluice.counters WHERE tenant = '" +
                              to_string(tenants_.front()) + "'",
                          "eu"),
            "1");
}

}  // namespace
}  // namespace sluice::test
