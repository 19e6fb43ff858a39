// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/session.hpp"

#include <poll.h>

#include <algorithm>

namespace sluice::postgres {

namespace {

using std::chrono::steady_clock;

/// Nothing is to be read from a connection that nobody asked anything, unless it ended.
bool has_ended(pqxx::connection& connection) {
  pollfd state{connection.sock(), POLLIN, 0};
  return !connection.is_open() || ::poll(&state, 1, 0) != 0;
}

/// Watches one call.
class Watch {
public:
  Watch(Watchdog& dog, int socket, std::chrono::milliseconds patience) : dog_(dog) {
    dog_.watch(socket, steady_clock::now() + patience);
  }
  ~Watch() { dog_.release(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

private:
  Watchdog& dog_;
};

/// What the server says of an error that it reported.
std::string state_of(const std::exception& error) {
  const auto* const sql = dynamic_cast<const pqxx::sql_error*>(&error);
  return sql == nullptr ? "" : sql->sqlstate();
}

std::string search_path(const std::string& schema) {
  return "SET LOCAL search_path = \"" + schema + "\", pg_temp";
}

/// The role gives up its rights on all else, and the setting says whose rows its policies mean.
std::string confinement(TenantId tenant) {
  return "SET LOCAL ROLE sluice_tenant; SET LOCAL sluice.tenant = '" + to_string(tenant) + '\'';
}

}  // namespace

// What says BEGIN says more, which may fail: then it has begun all the same.
Transaction::Transaction(pqxx::connection& connection, PreparedStatements& prepared,
                         const std::string& begin, std::optional<TenantId> tenant)
    : prepared_(prepared), work_(connection), confined_to_(tenant) {
  try {
    if (prepared_.is_way_known()) {
      work_.exec(begin);
    } else {
      prepared_.served_by(work_.exec(begin + "; SELECT pg_backend_pid()").at(0)[0].as<int>());
    }
  } catch (const pqxx::sql_error&) {
    roll_back();
    throw;
  }
}

Transaction::~Transaction() {
  if (!open_) {
    return;
  }
  try {
    roll_back();
  } catch (const std::exception&) {
    // The connection is gone, and with it the transaction; the session sees that for itself.
    open_ = false;
  }
}

void Transaction::confine_to(TenantId tenant) {
  if (confined_to_ != tenant) {
    work_.exec(confinement(tenant));
    confined_to_ = tenant;
  }
}

void Transaction::enter(const std::string& schema) {
  work_.exec(search_path(schema));
}

void Transaction::commit() {
  open_ = false;
  work_.exec("COMMIT");
}

void Transaction::roll_back() {
  open_ = false;
  work_.exec("ROLLBACK");
}

Session::Session(std::string conninfo, PostgresOptions options)
    : conninfo_(std::move(conninfo)),
      options_(std::move(options)),
      delay_(options_.reconnect_delay_min),
      jitter_(std::random_device{}()) {}

Result<Done> Session::open() {
  return transact<Done>(Transaction::Kind::read, [](Transaction&) { return Done{}; });
}

std::optional<Fault> Session::run(Transaction::Kind kind, const Scope& scope,
                                  const std::function<bool(Transaction&)>& action) {
  During during = During::statement;
  try {
    connect();
    const Watch watch{watchdog_, link_->connection.sock(), options_.call_timeout};
    Transaction transaction{link_->connection, link_->prepared, begin(kind, scope), scope.tenant};
    if (action(transaction)) {
      // What only read has nothing to be in doubt about.
      during = kind == Transaction::Kind::write ? During::commit : During::statement;
      transaction.commit();
    } else {
      transaction.roll_back();
    }
    return std::nullopt;
  } catch (const std::exception& error) {
    Fault fault = fault_of(error, during);
    if (link_ != nullptr && is_spoilt_by(error, during)) {
      link_.reset();
    }
    return fault;
  }
}

bool Session::is_spoilt_by(const std::exception& error, During during) {
  const std::string state = state_of(error);
  // A name that is not there, or is there already: a pooler gave us a session of somebody else.
  if (state == "26000" || state == "42P05") {
    way_ = PreparedStatements::Way::pooled;
    return true;
  }
  // Columns of what was prepared have other types now; or the server does not write, and the next
  // attempt looks for one that does among all hosts.
  if (state == "0A000" || state == "25006") {
    return true;
  }
  // Only an error that the server reported, before the commit, leaves a connection that is known to
  // be in no transaction.
  return during == During::commit || has_ended(link_->connection) ||
         dynamic_cast<const pqxx::broken_connection*>(&error) != nullptr;
}

void Session::connect() {
  if (link_ != nullptr && !has_ended(link_->connection)) {
    return;
  }
  link_.reset();
  const auto now = steady_clock::now();
  if (now < connect_from_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(connect_from_ - now);
    throw NotConnected("no connection; the next attempt is in " + std::to_string(left.count()) +
                       " ms");
  }
  try {
    link_ = std::make_unique<Link>(conninfo_, way_);
    delay_ = options_.reconnect_delay_min;
  } catch (const pqxx::failure& error) {
    put_off_connecting();
    throw NotConnected(error.what());
  }
}

void Session::put_off_connecting() {
  std::uniform_int_distribution<std::int64_t> share{delay_.count() / 2, delay_.count()};
  connect_from_ = steady_clock::now() + std::chrono::milliseconds{share(jitter_)};
  delay_ = std::min(2 * delay_, std::max(options_.reconnect_delay_max, delay_));
}

std::string Session::begin(Transaction::Kind kind, const Scope& scope) const {
  const bool reads = kind == Transaction::Kind::read;
  // Our own death in the middle of a transaction must not keep its locks for ever.
  std::string text = reads ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN";
  text.append("; ")
      .append(search_path(scope.schema.empty() ? options_.schema : scope.schema))
      .append("; SET LOCAL statement_timeout = ")
      .append(std::to_string(options_.statement_timeout.count()))
      .append("; SET LOCAL idle_in_transaction_session_timeout = ")
      .append(std::to_string(options_.call_timeout.count()));
  if (scope.tenant) {
    text.append("; ").append(confinement(*scope.tenant));
  }
  return text;
}

}  // namespace sluice::postgres
