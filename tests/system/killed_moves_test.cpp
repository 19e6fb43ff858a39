// SPDX-License-Identifier: Apache-2.0
// Goal    A server that is killed in the middle of a move, at whichever step, loses nothing that it
//         acknowledged: the tenant is in one place, with everything, and what was filled or left
//         elsewhere goes.
// Method  The real binary under load on a real PostgreSQL with two databases. PostgreSQL stops the
//         move: a trigger waits for a lock that the test has. Then the server is killed, the lock
//         let go, and a new server asked. What was sent to PostgreSQL before the kill goes on
//         without the server, so a commit that was under way becomes one that nobody heard of.

#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <string>
#include <vector>

#include "tests/support/held_statements.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/served.hpp"
#include "tests/support/spenders.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

constexpr std::uint64_t enough = 300;  // Checks, so that every place and every second has some.
constexpr int old_minutes = 6'000;     // More than a move copies at a time.

const Placement among_others{};
const Placement own_schema{Isolation::dedicated_schema};
const Placement instance{Isolation::dedicated_instance, "eu-1"};

/// A step of a move to be killed at.
struct Step {
  std::string name;
  std::string database;  ///< Where its statement is.
  std::string trigger;   ///< Makes it wait, and is called `stop`. `$TENANT` is who is moved.
  bool moves;            ///< Whether the tenant is at its new place after it.
};

/// The trigger of a statement on one table.
std::string before(const std::string& event, const std::string& table) {
  return "CREATE TRIGGER stop BEFORE " + event + " ON sluice." + table +
         " FOR EACH STATEMENT EXECUTE FUNCTION public.wait_for_test()";
}
/// Of a row for which the condition holds.
std::string before_row(const std::string& event, const std::string& table,
                       const std::string& condition) {
  return "CREATE TRIGGER stop BEFORE " + event + " ON sluice." + table + " FOR EACH ROW WHEN (" +
         condition + ") EXECUTE FUNCTION public.wait_for_test()";
}
/// The same, but when the transaction is committed: it will be, whoever has died meanwhile.
std::string committing(const std::string& event, const std::string& table,
                       const std::string& condition) {
  return "CREATE CONSTRAINT TRIGGER stop AFTER " + event + " ON sluice." + table +
         " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (" + condition +
         ") EXECUTE FUNCTION public.wait_for_test()";
}
std::string before_ddl(const std::string& tag, const std::string& query = "%") {
  return "ALTER DATABASE postgres SET test.query = '" + query +
         "'; CREATE EVENT TRIGGER stop ON ddl_command_start WHEN TAG IN ('" + tag +
         "') EXECUTE FUNCTION public.wait_for_test_in_ddl()";
}

constexpr const char* other_place =
    "(NEW.isolation, NEW.instance) IS DISTINCT FROM (OLD.isolation, OLD.instance)";
constexpr const char* of_who_moves = "NEW.tenant = '$TENANT'";
constexpr const char* center = "postgres";

/// What all moves do in the center.
std::vector<Step> steps_of_all(const Placement& from) {
  const std::string of_origin = "OLD.isolation = '" + std::string{to_string(from.isolation)} + '\'';
  return {
      {"the place is about to be noted", center, before("INSERT", "leftovers"), false},
      {"the place was noted", center, committing("INSERT", "leftovers", "true"), false},
      {"the center is about to switch", center, before_row("UPDATE", "tenants", other_place),
       false},
      {"the center switched", center, committing("UPDATE", "tenants", other_place), true},
      {"what was left behind was swept", center, committing("DELETE", "leftovers", of_origin),
       true},
  };
}

class KilledMoves : public ::testing::Test {
protected:
  KilledMoves() {
    let_triggers_hold(postgres_);
    let_triggers_hold(postgres_, "eu");
    for (const char* slug : {"moved", "stays"}) {
      tenants_.push_back(served_.create(slug, {window_limit("all", 1ULL << 40U, Period::never)}));
      must(served_.administrator().set_feature(tenants_.back(), {}, {"dedicated_schema", true}));
    }
    for (const TenantId tenant : tenants_) {
      EXPECT_EQ(served_.spend(tenant, 1).decision.outcome, Outcome::allowed);
    }
    EXPECT_TRUE(postgres_.wait_until("SELECT count(*) = 2 FROM sluice.counters"));
    settled_.assign(tenants_.size(), 1);
    // A year ago, as if it had spent since then.
    postgres_.run(
        "SELECT sluice.ensure_partitions((now() - interval '13 months')::date, now()::date);"
        "INSERT INTO sluice.usage_minutes (tenant, meter, start, used, allowed, denied, throttled)"
        " SELECT '" +
        id() +
        "', 1, date_trunc('month', now()) - interval '1 year' + n *"
        " interval '1 minute', 1, 1, 0, 0 FROM generate_series(1, " +
        std::to_string(old_minutes) + ") AS n");
  }

  std::string instances_file() {
    postgres_.run("CREATE DATABASE eu");
    const std::string path = directory_.path() / "instances";
    std::ofstream{path} << "eu-1 = " << postgres_.conninfo("eu") << '\n';
    return path;
  }
  [[nodiscard]] std::string id() const { return to_string(tenants_.front()); }
  [[nodiscard]] std::string schema() const {
    std::string name = "sluice_" + id();
    std::erase(name, '-');
    return name;
  }
  [[nodiscard]] int moves_in_audit() const {
    return std::stoi(postgres_.run("SELECT count(*) FROM sluice.audit_events WHERE tenant = '" +
                                   id() + "' AND action = 'tenant.moved'"));
  }
  Placement place() { return must(served_.administrator().show(tenants_.front())).placement; }
  void bring_to(const Placement& where) {
    if (place() != where) {
      (void)must(served_.administrator().move(tenants_.front(), {}, where));
    }
    expect_only_in(where);
  }

  /// Moves the tenant until the step, and goes on with a server that knows nothing of that.
  void kill_at(const Step& step, const Placement& to) {
    Spenders spenders{served_.client(), tenants_, {.callers = 4, .seed = 1 + settled_.front()}};
    ASSERT_TRUE(spenders.allow(enough));
    HeldStatements held{postgres_, step.database};
    std::string trigger = step.trigger;
    if (const auto at = trigger.find("$TENANT"); at != std::string::npos) {
      trigger.replace(at, std::string_view{"$TENANT"}.size(), id());
    }
    postgres_.run(trigger, step.database);
    auto moving = std::async(
        std::launch::async, [&] { return served_.administrator().move(tenants_.front(), {}, to); });
    ASSERT_TRUE(postgres_.wait_until(HeldStatements::is_there)) << "the move does not come to it";
    EXPECT_TRUE(spenders.allow(enough)) << "nobody who spends waits for a move";
    served_.server().crash();
    const std::vector<Told>& told = spenders.stop();
    static_cast<void>(moving.get().ok());  // It may have heard of the switch, before the sweep.
    ASSERT_TRUE(held.let_go());
    remove_stop(step);
    served_.start();
    compare(told);
  }
  void remove_stop(const Step& step) {
    if (step.trigger.find("EVENT") != std::string::npos) {
      postgres_.run("DROP EVENT TRIGGER stop; ALTER DATABASE postgres RESET test.query");
    } else {
      postgres_.run(
          "DO $$ DECLARE place regclass; BEGIN SELECT tgrelid INTO place FROM pg_trigger"
          " WHERE tgname = 'stop' AND tgparentid = 0;"
          " EXECUTE format('DROP TRIGGER stop ON %s', place); END $$",
          step.database);
    }
  }
  void compare(const std::vector<Told>& told) {
    for (std::size_t i = 0; i < tenants_.size(); ++i) {
      const std::uint64_t used = served_.used(tenants_[i]).raw();
      EXPECT_GE(used, settled_[i] + told[i].acknowledged) << "acknowledged and lost";
      EXPECT_LE(used, settled_[i] + told[i].acknowledged + told[i].unknown) << "counted twice";
      settled_[i] = used;
    }
  }

  /// After what has to be swept was.
  void expect_only_in(const Placement& where) {
    EXPECT_TRUE(postgres_.wait_until("SELECT count(*) = 0 FROM sluice.leftovers"));
    EXPECT_EQ(rows_in("sluice", center), where == among_others ? all_rows() : "0 0");
    EXPECT_EQ(rows_in("sluice", "eu"), where == instance ? all_rows() : "0 0");
    const bool has_schema =
        postgres_.run("SELECT to_regnamespace('" + schema() + "') IS NOT NULL") == "t";
    ASSERT_EQ(has_schema, where == own_schema);
    if (has_schema) {
      EXPECT_EQ(rows_in(schema(), center), all_rows());
    }
    EXPECT_EQ(postgres_.run("SELECT count(*) FROM sluice.tenants WHERE id = '" + id() + '\'', "eu"),
              where == instance ? "1" : "0");
  }
  static std::string all_rows() { return std::to_string(old_minutes) + " 1"; }
  /// Minutes of a year ago, and counters; none if no tenant ever was there.
  [[nodiscard]] std::string rows_in(const std::string& schema, const std::string& database) const {
    if (postgres_.run("SELECT to_regclass('" + schema + ".counters') IS NULL", database) == "t") {
      return "0 0";
    }
    return postgres_.run(
        "SELECT (SELECT count(*) FROM " + schema + ".usage_minutes WHERE tenant = '" + id() +
            "' AND start < now() - interval '10 months') || ' ' || (SELECT count(*) FROM " +
            schema + ".counters WHERE tenant = '" + id() + "')",
        database);
  }

  /// Kills a move at each of the steps.
  void kill_at_each(const Placement& from, const Placement& to, const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      SCOPED_TRACE(to_string(from) + " to " + to_string(to) + ": " + step.name);
      ASSERT_NO_FATAL_FAILURE(bring_to(from));
      const int before = moves_in_audit();
      ASSERT_NO_FATAL_FAILURE(kill_at(step, to));
      EXPECT_EQ(place(), step.moves ? to : from);
      EXPECT_EQ(moves_in_audit(), before + (step.moves ? 1 : 0));
      ASSERT_NO_FATAL_FAILURE(expect_only_in(step.moves ? to : from));
    }
    expect_history_of_all();
  }
  /// Which is another way of counting, and moves with the tenant.
  void expect_history_of_all() {
    ASSERT_EQ(served_.stop(), 0);
    served_.start();
    for (std::size_t i = 0; i < tenants_.size(); ++i) {
      UsageQuery query;
      query.granularity = Granularity::day;
      std::uint64_t used = 0;
      for (const UsagePoint& point : must(served_.administrator().history(tenants_[i], query))) {
        used += point.used.raw();
      }
      EXPECT_EQ(used, settled_[i]);
    }
  }

  PostgresServer postgres_;
  TemporaryDirectory directory_;
  Served served_{{"--postgres", postgres_.conninfo(), "--instances", instances_file(),
                  "--flush-interval", "20ms", "--usage-minutes-retention-days", "0"}};
  std::vector<TenantId> tenants_;
  std::vector<std::uint64_t> settled_;  ///< What each is known to have used.
};

std::vector<Step> operator+(std::vector<Step> some, const std::vector<Step>& more) {
  some.insert(some.end(), more.begin(), more.end());
  return some;
}

const std::vector<Step> founding_a_schema{
    {"another schema is about to be dropped", center, before_ddl("DROP SCHEMA"), false},
    {"its schema is about to be made", center, before_ddl("CREATE SCHEMA"), false},
    {"half of its tables are there", center, before_ddl("CREATE TABLE", "%CREATE TABLE leftovers%"),
     false},
    {"its first month is about to be made", center,
     before_ddl("CREATE TABLE", "SELECT ensure_partitions(%"), false}};

const std::vector<Step> filling_the_instance{
    {"what may be there is about to be deleted", "eu", before("DELETE", "counters"), false},
    {"its bare row is about to be written", "eu", before("INSERT", "tenants"), false},
    {"its history is about to be copied", "eu", before("INSERT", "usage_minutes"), false},
    {"some of its history was copied", "eu", committing("INSERT", "usage_minutes", of_who_moves),
     false},
    {"its counters are about to be copied", "eu", before("INSERT", "counters"), false},
    {"everything is there, and the center does not know", "eu",
     committing("INSERT", "counters", of_who_moves), false}};

const Step sweeping_the_center{"what it had among others is about to be deleted", center,
                               before("DELETE", "counters"), true};

TEST_F(KilledMoves, FromAmongOthersToASchemaLeaveOneTruth) {
  kill_at_each(among_others, own_schema,
               steps_of_all(among_others) + founding_a_schema + std::vector{sweeping_the_center});
}

TEST_F(KilledMoves, FromAmongOthersToAnInstanceLeaveOneTruth) {
  ASSERT_NO_FATAL_FAILURE(bring_to(instance));  // Which makes the tables that are waited at.
  kill_at_each(
      among_others, instance,
      steps_of_all(among_others) + filling_the_instance + std::vector{sweeping_the_center});
}

TEST_F(KilledMoves, FromASchemaToAnInstanceLeaveOneTruth) {
  ASSERT_NO_FATAL_FAILURE(bring_to(instance));
  kill_at_each(own_schema, instance,
               steps_of_all(own_schema) + filling_the_instance +
                   std::vector<Step>{{"its schema is about to be dropped", center,
                                      before_ddl("DROP SCHEMA"), true}});
}

TEST_F(KilledMoves, FromAnInstanceToASchemaLeaveOneTruth) {
  kill_at_each(instance, own_schema,
               steps_of_all(instance) + founding_a_schema +
                   std::vector<Step>{{"what it had there is about to be deleted", "eu",
                                      before("DELETE", "counters"), true}});
}

TEST_F(KilledMoves, FromAnInstanceToOthersLeaveOneTruth) {
  const std::string its_minutes = before_row("INSERT", "usage_minutes", of_who_moves);
  kill_at_each(
      instance, among_others,
      steps_of_all(instance) +
          std::vector<Step>{{"what may be there is about to be deleted", center,
                             before("DELETE", "counters"), false},
                            {"its history is about to be copied", center, its_minutes, false},
                            {"its counters are about to be copied", center,
                             before_row("INSERT", "counters", of_who_moves), false},
                            {"what it had there is about to be deleted", "eu",
                             before("DELETE", "counters"), true}});
}

}  // namespace
}  // namespace sluice::test
