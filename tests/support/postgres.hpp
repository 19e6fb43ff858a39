// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/transaction>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

/// A PostgreSQL of a test's own, that can be treated as no other would be.
///
/// Role       Makes a cluster in a temporary directory and serves it on a socket there, as the user
///            `postgres` if this process is root's. It ends with this process, however that ends.
/// Threading  One thread.
/// Ownership  Owns the server and its data.
/// Errors     Throws if a program is missing or does not start.
class PostgresServer {
public:
  enum class Sync : std::uint8_t { off, on };

  /// That follows another server until it is promoted, and is called `standby` there.
  struct Standby {
    const PostgresServer& of;
  };

  explicit PostgresServer(Sync sync = Sync::off);
  explicit PostgresServer(Standby standby);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  void start();
  /// As an administrator does that cannot wait: connections are closed at once.
  void stop();
  /// As a power cut does.
  void kill();
  /// A standby takes writes from now on.
  void promote() const;
  /// No commit is told before the standby has it.
  void wait_for_standby() const;
  /// Until `thaw`, nobody gets an answer, and no connection is closed.
  void freeze();
  void thaw();

  /// How a client gets to a database.
  [[nodiscard]] std::string conninfo(const std::string& database = "postgres") const;
  /// To whichever of the two can be written to.
  [[nodiscard]] std::string conninfo_with(const PostgresServer& other) const;
  [[nodiscard]] const std::string& socket_directory() const noexcept { return socket_directory_; }

  /// Runs statements one after the other; the first field of the last one's first row, if any.
  std::string run(const std::string& sql, const std::string& database = "postgres") const;
  /// Asks again and again until the answer is true; false if the patience ends before.
  [[nodiscard]] bool wait_until(const std::string& question,
                                std::chrono::seconds patience = std::chrono::seconds{30}) const;
  /// Ends all connections of clients but the asking one.
  void cut_connections() const;

private:
  [[nodiscard]] std::vector<pid_t> children() const;

  Sync sync_;
  TemporaryDirectory directory_;
  std::string data_directory_ = directory_.path() / "data";
  std::string socket_directory_ = directory_.path();
  std::unique_ptr<Process> server_;
};

/// The one that all tests of this process share who do not harm it.
[[nodiscard]] PostgresServer& shared_postgres();

/// A pgbouncer in transaction mode in front of a server.
class PgBouncer {
public:
  explicit PgBouncer(const PostgresServer& server);

  [[nodiscard]] std::string conninfo(const std::string& database) const;

private:
  TemporaryDirectory directory_;
  std::unique_ptr<Process> process_;
};

/// The one in front of `shared_postgres()`.
[[nodiscard]] PgBouncer& shared_pgbouncer();

}  // namespace sluice::test
