// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <pqxx/connection>
#include <string>

#include "tests/support/postgres.hpp"

namespace sluice::test {

/// Makes what a trigger of the test's may do that holds whoever fires it: `wait_for_test()`, and of
/// an event trigger `wait_for_test_in_ddl()`, which looks only at queries like `test.query`.
void let_triggers_hold(const PostgresServer& postgres, const std::string& database = "postgres");

/// Makes each statement that changes a row of any table of `sluice`, and each commit that writes
/// an event of the audit, count as one step of the change that a test looks at; but not what keeps
/// a lease alive. `let_triggers_hold` comes first.
void count_steps(const PostgresServer& postgres);
/// Counts from 0 again, and holds whoever takes the step of this number; 0 holds nobody.
void hold_step(const PostgresServer& postgres, std::uint64_t step);
/// So many were taken since.
[[nodiscard]] std::uint64_t steps_taken(const PostgresServer& postgres);

/// Holds the statements whose triggers say so, from its construction until they are let go. What
/// was sent to PostgreSQL before its sender died goes on without him.
///
/// Threading  One thread.
/// Ownership  Borrows the server, which must outlive it.
class HeldStatements {
public:
  explicit HeldStatements(const PostgresServer& postgres, const std::string& database = "postgres");

  /// The question whether there is one, for `PostgresServer::wait_until`.
  static constexpr const char* is_there =
      "SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
      " AND classid = 0 AND objid = 4711";

  /// Lets them go, and waits until nobody is connected any more.
  [[nodiscard]] bool let_go();

private:
  const PostgresServer& postgres_;
  std::optional<pqxx::connection> lock_;
};

}  // namespace sluice::test
