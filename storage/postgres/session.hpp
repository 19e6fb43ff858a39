// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "storage/postgres/postgres_fault.hpp"
#include "storage/postgres/postgres_store.hpp"
#include "storage/postgres/prepared_statements.hpp"
#include "storage/postgres/watchdog.hpp"

namespace sluice::postgres {

/// Where and as whom a transaction begins.
struct Scope {
  std::string schema{};              ///< Empty: that of the options.
  std::optional<TenantId> tenant{};  ///< Only rows of this one are seen and written.
};

/// A transaction that is under way.
///
/// Role       Begins with everything that it needs to know set for itself alone (the schema, the
///            timeouts, and the tenant if it is of one), in the same round trip, because behind
///            pgbouncer the next one may run in another session. pqxx's own transactions connect
///            again by themselves, which no deadline holds for.
/// Threading  As its session.
/// Ownership  Borrows the connection and what is prepared there.
/// Errors     Throws what pqxx throws. Rolls back unless it ended.
class Transaction {
public:
  /// Reads see one state of the database.
  enum class Kind : std::uint8_t { read, write };

  /// `tenant` is whose it is if `begin` confines it.
  Transaction(pqxx::connection& connection, PreparedStatements& prepared, const std::string& begin,
              std::optional<TenantId> tenant = std::nullopt);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Runs one statement with values for $1, $2, ... It is prepared where that is possible, and then
  /// may have a plan that is as good for all values.
  template <class... Values>
  pqxx::result run(const std::string& sql, const Values&... values) {
    if ((bytes_of(values) + ... + 0) <= PreparedStatements::values_bytes_max) {
      if (const std::string* const name = prepared_.name_of(sql)) {
        return work_.exec_prepared(*name, values...);
      }
    }
    return work_.exec_params(sql, values...);
  }
  /// The same, planned for these values each time: filters that may be empty, texts and ranges of
  /// which the one finds nothing and the other everything.
  template <class... Values>
  pqxx::result search(const std::string& sql, const Values&... values) {
    return work_.exec_params(sql, values...);
  }
  /// From here on only rows of this tenant are seen and written. A second time it is another tenant
  /// whose rows they are; nothing lets a transaction see those of all again.
  void confine_to(TenantId tenant);
  [[nodiscard]] std::optional<TenantId> confined_to() const noexcept { return confined_to_; }
  /// From here on tables are those of this schema.
  void enter(const std::string& schema);
  /// Runs any number of statements.
  void script(const std::string& sql) { work_.exec(sql); }

  void commit();
  void roll_back();

private:
  template <class Value>
  static std::size_t bytes_of(const Value& value) {
    if constexpr (std::is_pointer_v<Value>) {  // May be null.
      return sizeof(value);
    } else if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
      return std::string_view{value}.size();
    } else if constexpr (requires { value.size(); }) {
      return value.size();
    } else {
      return sizeof(value);
    }
  }

  PreparedStatements& prepared_;
  pqxx::nontransaction work_;
  std::optional<TenantId> confined_to_;
  bool open_ = true;
};

/// One connection to the database, made when it is needed and again when it broke.
///
/// Role       Runs transactions; knows nothing of tenants. `call_timeout` is the deadline of each,
///            besides that of connecting.
/// Threading  Confined to one thread at a time; its watchdog has its own.
/// Ownership  Owns the connection.
/// Errors     All as `Fault`. After one the connection is used again only if the server still
///            answers on it.
class Session {
public:
  /// `conninfo` is what `complete_conninfo` made of the options.
  Session(std::string conninfo, PostgresOptions options);

  /// Connects unless there is a connection.
  [[nodiscard]] Result<Done> open();

  /// Does something in one transaction, which is committed if it worked. The action takes a
  /// `Transaction&`, and returns a `Value`, or a `Result` of it.
  template <class Value, class Action>
  [[nodiscard]] Result<Value> transact(Transaction::Kind kind, Action&& action) {
    return transact<Value>(kind, Scope{}, std::forward<Action>(action));
  }
  template <class Value, class Action>
  [[nodiscard]] Result<Value> transact(Transaction::Kind kind, const Scope& scope,
                                       Action&& action) {
    std::optional<Result<Value>> result;
    const auto failed = run(kind, scope, [&](Transaction& transaction) {
      result.emplace(action(transaction));
      return result->ok();
    });
    return failed ? Result<Value>{*failed} : std::move(*result);
  }

private:
  struct Link {
    Link(const std::string& conninfo, PreparedStatements::Way way)
        : connection(conninfo), quiet(connection), prepared(connection, way) {}
    pqxx::connection connection;
    pqxx::quiet_errorhandler quiet;  ///< Notices have nobody to read them.
    PreparedStatements prepared;
  };
  /// Commits if the action says so.
  std::optional<Fault> run(Transaction::Kind kind, const Scope& scope,
                           const std::function<bool(Transaction&)>& action);
  void connect();
  [[nodiscard]] std::string begin(Transaction::Kind kind, const Scope& scope) const;
  /// Whether the connection is good for nothing more after this error.
  [[nodiscard]] bool is_spoilt_by(const std::exception& error, During during);
  void put_off_connecting();

  std::string conninfo_;
  PostgresOptions options_;
  PreparedStatements::Way way_ = PreparedStatements::Way::unknown;  ///< Of connections to come.
  std::unique_ptr<Link> link_;
  std::chrono::milliseconds delay_;
  std::chrono::steady_clock::time_point connect_from_;
  std::minstd_rand jitter_;
  Watchdog watchdog_;
};

}  // namespace sluice::postgres
