// SPDX-License-Identifier: Apache-2.0
// Goal    A dump of the database and the journal together are everything.
// Method  The real binary is killed, its database dumped with pg_dump and restored elsewhere.

#include <gtest/gtest.h>

#include <string>

#include "tests/support/postgres.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

TEST(Backup, ADumpAndTheJournalTogetherBringEveryNumberBack) {
  PostgresServer postgres;
  postgres.run("CREATE DATABASE original");
  postgres.run("CREATE DATABASE restored");
  // Nothing is flushed by itself: what is spent lies in the journal alone.
  Served served{{"--postgres", postgres.conninfo("original"), "--flush-interval", "1m"}};
  const TenantId tenant = served.create("acme", {window_limit("all", 100, Period::never)});
  EXPECT_EQ(served.spend(tenant, 42).decision.outcome, Outcome::allowed);
  served.crash();

  const std::string dump = served.data_directory() + ".dump";
  const Finished dumped =
      run({"pg_dump", "--format=custom", "--file=" + dump, postgres.conninfo("original")});
  ASSERT_EQ(dumped.exit_code, 0) << dumped.output;
  const Finished loaded = run({"pg_restore", "--dbname=" + postgres.conninfo("restored"), dump});
  ASSERT_EQ(loaded.exit_code, 0) << loaded.output;
  postgres.run("DROP DATABASE original");

  served.use_flags({"--postgres", postgres.conninfo("restored")});
  served.start();
  EXPECT_EQ(served.used(tenant), Amount{42});
  EXPECT_EQ(served.spend(tenant, 59).decision.outcome, Outcome::denied);
}

}  // namespace
}  // namespace sluice::test
