// SPDX-License-Identifier: Apache-2.0
#include "tests/support/postgres.hpp"

#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <stdexcept>
#include <utility>

namespace sluice::test {

namespace {

using namespace std::chrono_literals;

constexpr const char* user = "postgres";
constexpr const char* locale = "C.UTF-8";

/// Where the server's programs are: as a rule not on the path.
std::string programs() {
  Finished asked = test::run({"pg_config", "--bindir"});
  while (asked.output.ends_with('\n')) {
    asked.output.pop_back();
  }
  if (asked.exit_code != 0 || !std::filesystem::exists(asked.output + "/postgres")) {
    throw std::runtime_error("no PostgreSQL server is installed (see ops/setup)");
  }
  return asked.output;
}

/// PostgreSQL and pgbouncer refuse to run as root. Whoever starts them also takes them along.
std::vector<std::string> as_postgres(std::vector<std::string> arguments) {
  std::vector<std::string> all{"setpriv", "--pdeathsig", "QUIT"};
  if (geteuid() == 0) {
    all.insert(all.end(), {"--reuid", user, "--regid", user, "--clear-groups"});
  }
  all.insert(all.end(), std::make_move_iterator(arguments.begin()),
             std::make_move_iterator(arguments.end()));
  return all;
}

void give_to_postgres(const std::filesystem::path& path) {
  if (geteuid() != 0) {
    return;
  }
  const passwd* entry = getpwnam(user);
  if (entry == nullptr || chown(path.c_str(), entry->pw_uid, entry->pw_gid) != 0) {
    throw std::runtime_error("cannot give " + path.string() + " to the user postgres");
  }
}

std::unique_ptr<Process> started(std::vector<std::string> arguments, std::string_view sign) {
  auto process = std::make_unique<Process>(as_postgres(std::move(arguments)));
  if (process->wait_for_line(sign, 30s).empty()) {
    throw std::runtime_error("it did not start: " + process->output());
  }
  return process;
}

/// Waits for the end of a process that is not our child.
void wait_for_end(pid_t pid) {
  const auto descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (descriptor < 0) {
    return;  // It has ended.
  }
  pollfd ended{descriptor, POLLIN, 0};
  poll(&ended, 1, 30'000);
  close(descriptor);
}

/// Of the first row; empty if there is none.
std::string first_value(pqxx::connection& connection, const std::string& sql) {
  pqxx::nontransaction work{connection};
  const pqxx::result rows = work.exec(sql);
  return rows.empty() || rows.columns() == 0 ? "" : rows[0][0].c_str();
}

}  // namespace

PostgresServer::PostgresServer(Sync sync) : sync_(sync) {
  give_to_postgres(directory_.path());
  const Finished made = test::run(
      as_postgres({programs() + "/initdb", "--pgdata", data_directory_, "--auth", "trust",
                   "--username", user, "--encoding", "UTF8", "--locale", locale, "--no-sync"}));
  if (made.exit_code != 0) {
    throw std::runtime_error("initdb: " + made.output);
  }
  start();
}

PostgresServer::PostgresServer(Standby standby) : sync_(standby.of.sync_) {
  give_to_postgres(directory_.path());
  const Finished copied = test::run(as_postgres(
      {programs() + "/pg_basebackup", "--pgdata", data_directory_, "--checkpoint=fast", "--no-sync",
       "--write-recovery-conf", "--dbname", standby.of.conninfo() + " application_name=standby"}));
  if (copied.exit_code != 0) {
    throw std::runtime_error("pg_basebackup: " + copied.output);
  }
  start();
}

PostgresServer::~PostgresServer() {
  if (server_ != nullptr) {
    thaw();
    server_->signal(SIGQUIT);
    server_->wait();
  }
}

void PostgresServer::start() {
  const std::string sync = sync_ == Sync::on ? "on" : "off";
  server_ = started({programs() + "/postgres", "-D", data_directory_, "-k", socket_directory_, "-c",
                     "listen_addresses=", "-c", "fsync=" + sync, "-c", "max_connections=200"},
                    "is ready to accept");
}

void PostgresServer::promote() const {
  run("SELECT pg_promote()");
}

void PostgresServer::wait_for_standby() const {
  run("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
  run("SELECT pg_reload_conf()");
  if (!wait_until("EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')")) {
    throw std::runtime_error("the standby does not follow");
  }
}

void PostgresServer::stop() {
  server_->signal(SIGINT);
  server_->wait();
  server_.reset();
}

void PostgresServer::kill() {
  server_->signal(SIGSTOP);  // Or it would start new ones.
  const std::vector<pid_t> orphans = children();
  server_->signal(SIGKILL);
  for (const pid_t orphan : orphans) {
    ::kill(orphan, SIGKILL);
  }
  server_->wait();
  for (const pid_t orphan : orphans) {
    wait_for_end(orphan);
  }
  server_.reset();
}

void PostgresServer::freeze() {
  server_->signal(SIGSTOP);
  for (const pid_t child : children()) {
    ::kill(child, SIGSTOP);
  }
}

void PostgresServer::thaw() {
  for (const pid_t child : children()) {
    ::kill(child, SIGCONT);
  }
  server_->signal(SIGCONT);
}

std::vector<pid_t> PostgresServer::children() const {
  const std::string pid = std::to_string(server_->pid());
  std::ifstream list{"/proc/" + pid + "/task/" + pid + "/children"};
  std::vector<pid_t> found;
  for (pid_t child = 0; list >> child;) {
    found.push_back(child);
  }
  return found;
}

std::string PostgresServer::conninfo(const std::string& database) const {
  return "host=" + socket_directory_ + " user=" + user + " dbname=" + database;
}

std::string PostgresServer::conninfo_with(const PostgresServer& other) const {
  return "host=" + socket_directory_ + "," + other.socket_directory_ + " user=" + user +
         " dbname=postgres";
}

std::string PostgresServer::run(const std::string& sql, const std::string& database) const {
  pqxx::connection connection{conninfo(database)};
  const pqxx::quiet_errorhandler quiet{connection};
  return first_value(connection, sql);
}

bool PostgresServer::wait_until(const std::string& question, std::chrono::seconds patience) const {
  // One for all: to begin a connection costs the server more than to answer.
  pqxx::connection connection{conninfo()};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (first_value(connection, "SELECT (" + question + ")::text") == "true") {
      return true;
    }
  }
  return false;
}

void PostgresServer::cut_connections() const {
  run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
      " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
}

PostgresServer& shared_postgres() {
  static PostgresServer server;
  return server;
}

PgBouncer::PgBouncer(const PostgresServer& server) {
  give_to_postgres(directory_.path());
  const std::string file = directory_.path() / "pgbouncer.ini";
  std::ofstream{file} << "[databases]\n* = host=" << server.socket_directory() << " user=" << user
                      << "\n[pgbouncer]\npool_mode = transaction\nauth_type = any\n"
                      << "listen_addr =\nlisten_port = 6432\nmax_client_conn = 500\n"
                      << "default_pool_size = 20\nunix_socket_dir = " << directory_.path().string()
                      << '\n';
  process_ = started({"/usr/sbin/pgbouncer", file}, "process up");
}

std::string PgBouncer::conninfo(const std::string& database) const {
  return "host=" + directory_.path().string() + " port=6432 user=" + user + " dbname=" + database;
}

PgBouncer& shared_pgbouncer() {
  static PgBouncer bouncer{shared_postgres()};
  return bouncer;
}

}  // namespace sluice::test
