// SPDX-License-Identifier: Apache-2.0
// The real program against a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"
#include "tests/support/postgres.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class MigrateCommandSpec : public testing::Test {
protected:
  [[nodiscard]] Called migrate(const std::string& words) const {
    return call("127.0.0.1:1",
                "migrate --postgres \"" + shared_postgres().conninfo(database_) + "\" " + words);
  }
  [[nodiscard]] std::string ask(const std::string& sql) const {
    return shared_postgres().run(sql, database_);
  }

private:
  /// One that no other test has.
  static std::string make_database() {
    static int made = 0;
    const std::string name = "migrated_" + std::to_string(++made);
    shared_postgres().run("CREATE DATABASE " + name);
    return name;
  }
  std::string database_ = make_database();
};

TEST_F(MigrateCommandSpec, ADryRunOnlySaysWhichStepsAreMissing) {
  const Called dry = migrate("--dry-run");
  EXPECT_EQ(dry.exit, 0) << dry.err;
  EXPECT_THAT(dry.out, StartsWith("would take step 1: "));
  EXPECT_EQ(ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'sluice'"), "0");
}

TEST_F(MigrateCommandSpec, MakesTheTablesWithSoManyShards) {
  const Called migrated = migrate("--shards 12");
  EXPECT_EQ(migrated.exit, 0) << migrated.err;
  EXPECT_THAT(migrated.out, StartsWith("took step 1: "));
  EXPECT_EQ(ask("SELECT count(*) FROM sluice.shards"), "12");
}

TEST_F(MigrateCommandSpec, HasNothingToDoTheSecondTime) {
  const auto first = migrate("--json").json();
  EXPECT_EQ(first["applied"], true);
  EXPECT_THAT(first["migrations"], Not(IsEmpty()));
  EXPECT_EQ(migrate("").out, "the database is up to date\n");
  EXPECT_THAT(migrate("--dry-run --json").json()["migrations"], IsEmpty());
}

TEST(MigrateUsageSpec, SaysWhatIsWrongAndWhenNobodyAnswers) {
  EXPECT_EQ(call("127.0.0.1:1", "migrate").exit, 2);
  EXPECT_EQ(call("127.0.0.1:1", "migrate --postgres '' --shards 0").exit, 2);
  const Called wrong = call("127.0.0.1:1", "migrate --postgres 'nonsense=1'");
  EXPECT_EQ(wrong.exit, 1);
  EXPECT_THAT(wrong.err, HasSubstr("nonsense"));
  EXPECT_EQ(call("127.0.0.1:1", "migrate --postgres 'host=127.0.0.1 port=1'").exit, 4);
}

}  // namespace
}  // namespace sluice::test
