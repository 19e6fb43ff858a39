// SPDX-License-Identifier: Apache-2.0
// Goal    SIGKILL at any instant loses nothing that was acknowledged, and counts nothing twice.
// Method  The real binary under load is killed at a moment that a seed chooses, started again on
//         the same data, and asked what it knows; callers keep the books. Again and again.
// Replay  CRASH_SEED=N; CRASH_KILLS=N for more kills (`ops/crash`).

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/postgres.hpp"
#include "tests/support/served.hpp"
#include "tests/support/spenders.hpp"

namespace sluice::test {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

struct Kind {
  const char* name;
  bool postgres;
  const char* durability;
  const char* flush_interval;
};

class Crash : public ::testing::TestWithParam<Kind> {
protected:
  Crash() {
    std::vector<std::string> flags{"--reactors",          "2",
                                   "--durability",        GetParam().durability,
                                   "--flush-interval",    GetParam().flush_interval,
                                   "--journal-bytes-max", "16777216"};
    if (GetParam().postgres) {
      postgres_.emplace();
      flags.emplace_back("--postgres");
      flags.push_back(postgres_->conninfo());
    }
    served_.emplace(flags);
    for (int i = 0; i < tenant_count; ++i) {
      tenants_.push_back(served_->create("tenant-" + std::to_string(i),
                                         {window_limit("all", 1ULL << 40U, Period::never)}));
    }
    settled_.assign(tenant_count, 0);
  }

  /// Holds the server to what its callers were told since it was last asked.
  void compare(const std::vector<Told>& told) {
    for (std::size_t i = 0; i < tenants_.size(); ++i) {
      const std::uint64_t used = served_->used(tenants_[i]).raw();
      EXPECT_GE(used, settled_[i] + told[i].acknowledged) << "acknowledged and lost";
      EXPECT_LE(used, settled_[i] + told[i].acknowledged + told[i].unknown) << "counted twice";
      settled_[i] = used;
    }
  }

  static constexpr int tenant_count = 40;
  const std::uint64_t seed_ = from_environment("CRASH_SEED", 1);
  std::optional<PostgresServer> postgres_;
  std::optional<Served> served_;
  std::vector<TenantId> tenants_;
  std::vector<std::uint64_t> settled_;  ///< What each is known to have used.
};

TEST_P(Crash, AtAnyInstantLosesNothingAcknowledgedAndCountsNothingTwice) {
  const std::uint64_t kills = from_environment("CRASH_KILLS", 4);
  std::mt19937_64 random{seed_};
  for (std::uint64_t kill = 0; kill < kills; ++kill) {
    SCOPED_TRACE("seed " + std::to_string(seed_) + ", kill " + std::to_string(kill));
    Spenders spenders{served_->client(), tenants_, {.seed = random()}};
    ASSERT_TRUE(spenders.allow(1 + random() % 3000));
    served_->server().crash();
    const std::vector<Told>& told = spenders.stop();
    served_->start();
    compare(told);
  }
  // The history, which is another way of counting, tells the same.
  ASSERT_EQ(served_->stop(), 0);
  served_->start();
  for (std::size_t i = 0; i < tenants_.size(); ++i) {
    std::uint64_t used = 0;
    UsageQuery query;
    query.granularity = Granularity::day;
    for (const UsagePoint& point : must(served_->administrator().history(tenants_[i], query))) {
      used += point.used.raw();
    }
    EXPECT_EQ(used, settled_[i]);
  }
}

TEST_P(Crash, ABrokenInvariantEndsTheProcessAndEverythingComesBack) {
  Spenders spenders{served_->client(), tenants_, {.seed = seed_}};
  ASSERT_TRUE(spenders.allow(1000));
  served_->server().crash(SIGABRT);  // As SLUICE_INVARIANT ends it.
  const std::vector<Told>& told = spenders.stop();
  served_->start();
  compare(told);
}

INSTANTIATE_TEST_SUITE_P(OnEachStore, Crash,
                         ::testing::Values(Kind{"Sqlite", false, "process", "20ms"},
                                           Kind{"SqliteSynced", false, "disk", "1s"},
                                           Kind{"Postgres", true, "process", "20ms"},
                                           Kind{"PostgresSynced", true, "disk", "1s"}),
                         [](const ::testing::TestParamInfo<Kind>& kind) {
                           return std::string{kind.param.name};
                         });

}  // namespace
}  // namespace sluice::test
