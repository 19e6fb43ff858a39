// SPDX-License-Identifier: Apache-2.0
// Goal    A backup of the store, and of the data directory after it, are everything.
// Method  The real binary is killed, or goes on; its database is dumped and restored elsewhere, as
//         the pages of the documentation say.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

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

/// What of a data directory is backed up, as it is at that moment, beside a store that is there.
void copy_directory(const std::string& from, const std::string& to) {
  std::filesystem::create_directories(to);
  for (const char* const part : {"SERVER", "CLOCK", "LOCK", "journal"}) {
    std::filesystem::copy(from + "/" + part, to + "/" + part,
                          std::filesystem::copy_options::recursive);
  }
}

void run_to_its_end(const std::vector<std::string>& arguments) {
  const Finished finished = run(arguments);
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
}

TEST(Backup, ADumpOfTheSchemaOfARunningServerFollowedByItsDirectoryBringsEveryNumberBack) {
  PostgresServer postgres;
  postgres.run("CREATE DATABASE original");
  postgres.run("CREATE DATABASE restored");
  postgres.run("CREATE EXTENSION pg_trgm", "restored");
  Served served{{"--postgres", postgres.conninfo("original"), "--flush-interval", "1m"}};
  const TenantId tenant = served.create("acme", {window_limit("all", 100, Period::never)});
  EXPECT_EQ(served.spend(tenant, 40).decision.outcome, Outcome::allowed);
  served.restart();  // So that the database has some of it.
  EXPECT_EQ(served.spend(tenant, 2).decision.outcome, Outcome::allowed);

  const std::string dump = served.data_directory() + ".dump";
  run_to_its_end(
      {"pg_dump", "-Fc", "-n", "sluice", "--file=" + dump, postgres.conninfo("original")});
  EXPECT_EQ(served.spend(tenant, 7).decision.outcome, Outcome::allowed) << "it serves meanwhile";
  const std::string directory = served.data_directory() + ".copy";
  copy_directory(served.data_directory(), directory);
  EXPECT_EQ(served.spend(tenant, 30).decision.outcome, Outcome::allowed);
  served.crash();

  run_to_its_end({"pg_restore", "--dbname=" + postgres.conninfo("restored"), dump});
  postgres.run("DROP DATABASE original");
  std::filesystem::remove_all(served.data_directory());
  std::filesystem::rename(directory, served.data_directory());
  served.use_flags({"--postgres", postgres.conninfo("restored")});
  served.start();
  EXPECT_EQ(served.used(tenant), Amount{49}) << "all from before the directory was copied";
  EXPECT_EQ(served.spend(tenant, 51).decision.outcome, Outcome::allowed);
  EXPECT_EQ(served.spend(tenant, 1).decision.outcome, Outcome::denied);
}

TEST(Backup, ACopyOfTheEmbeddedStoreOfARunningServerFollowedByItsJournalBringsEveryNumberBack) {
  Served served{{"--flush-interval", "1m"}};
  const TenantId tenant = served.create("acme", {window_limit("all", 100, Period::never)});
  EXPECT_EQ(served.spend(tenant, 40).decision.outcome, Outcome::allowed);
  served.restart();
  EXPECT_EQ(served.spend(tenant, 2).decision.outcome, Outcome::allowed);

  const std::string directory = served.data_directory() + ".copy";
  std::filesystem::create_directories(directory);
  run_to_its_end({"sqlite3", served.data_directory() + "/sluice.db",
                  "VACUUM INTO '" + directory + "/sluice.db'"});
  EXPECT_EQ(served.spend(tenant, 7).decision.outcome, Outcome::allowed) << "it serves meanwhile";
  copy_directory(served.data_directory(), directory);
  EXPECT_EQ(served.spend(tenant, 30).decision.outcome, Outcome::allowed);
  served.crash();

  std::filesystem::remove_all(served.data_directory());
  std::filesystem::rename(directory, served.data_directory());
  served.start();
  EXPECT_EQ(served.used(tenant), Amount{49}) << "all from before the journal was copied";
  EXPECT_EQ(served.spend(tenant, 51).decision.outcome, Outcome::allowed);
  EXPECT_EQ(served.spend(tenant, 1).decision.outcome, Outcome::denied);
}

}  // namespace
}  // namespace sluice::test
