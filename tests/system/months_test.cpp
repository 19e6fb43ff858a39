// SPDX-License-Identifier: Apache-2.0
// Goal    No batch waits for the partitions of its month: they are there before it comes.
// Method  The real server on a real PostgreSQL, with time that the test moves; nobody spends.

#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/postgres.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

TEST(Months, HaveTheirPartitionsAMonthBeforeTheyBegin) {
  PostgresServer postgres;
  Served served{{"--postgres", postgres.conninfo(), "--simulated-time", "2031-01-15T12:00:00Z"}};
  const auto is_there = [&](const std::string& table) {
    return postgres.wait_until("SELECT to_regclass('sluice." + table + "') IS NOT NULL");
  };
  EXPECT_TRUE(is_there("usage_minutes_2031_02"));
  EXPECT_EQ(postgres.run("SELECT to_regclass('sluice.usage_minutes_2031_03') IS NULL"), "t");
  static_cast<void>(must(served.administrator().advance_clock(20 * 24h)));
  for (const char* const table : {"usage_minutes_2031_03", "usage_hours_2031_03",
                                  "closed_windows_2031_03", "audit_events_2031_03"}) {
    EXPECT_TRUE(is_there(table)) << table;
  }
}

}  // namespace
}  // namespace sluice::test
