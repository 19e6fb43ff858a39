// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace sluice {

/// A call into SQLite failed. Thrown inside this folder only; `attempt` (sqlite_fault.hpp) turns it
/// into a `Fault`.
class SqliteError : public std::runtime_error {
public:
  enum class During : std::uint8_t { statement, commit };

  SqliteError(int code, During during, std::string file, const std::string& message)
      : std::runtime_error(message), code_(code), during_(during), file_(std::move(file)) {}

  [[nodiscard]] int code() const noexcept { return code_; }  ///< Extended result code.
  [[nodiscard]] During during() const noexcept { return during_; }
  [[nodiscard]] const std::string& file() const noexcept { return file_; }

private:
  int code_;
  During during_;
  std::string file_;
};

/// One connection to a database file, with the settings that Sluice relies on: foreign keys are
/// enforced, and a commit is on the disk before it returns.
///
/// Role       Owns the handle; knows nothing of tenants.
/// Threading  Confined to one thread at a time.
/// Ownership  Statements and transactions must end before it.
/// Errors     Throws `SqliteError`.
class SqliteConnection {
public:
  enum class Missing : std::uint8_t { create, refuse };

  /// `busy_timeout`: how long a call waits for another connection's lock before it gives up.
  SqliteConnection(const std::string& path, Missing missing,
                   std::chrono::milliseconds busy_timeout);

  /// Runs statements that return no rows, or whose rows do not matter.
  void execute(const std::string& sql);
  /// The first column of the first row.
  [[nodiscard]] std::int64_t integer(std::string_view sql);
  /// Rows that the last INSERT, UPDATE or DELETE touched by itself, without cascades.
  [[nodiscard]] std::int64_t changes() const noexcept;
  [[nodiscard]] bool in_transaction() const noexcept;
  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

/// One execution of a statement. Its end makes the statement ready for the next one.
class Cursor {
public:
  explicit Cursor(sqlite3_stmt* statement) noexcept : statement_(statement) {}
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  /// Goes to the next row; false after the last.
  bool next();
  /// Columns count from 0. Texts and blobs are valid until `next` or the end of the cursor.
  [[nodiscard]] bool is_null(int column) const noexcept;
  [[nodiscard]] std::int64_t integer(int column) const noexcept;
  [[nodiscard]] std::string_view text(int column) const noexcept;
  [[nodiscard]] std::span<const std::byte> blob(int column) const noexcept;

private:
  sqlite3_stmt* statement_;
};

/// Bytes that are bound without a copy.
using Blob = std::span<const std::byte>;

/// A prepared statement.
///
/// Threading  As its connection.
/// Ownership  Of the compiled statement. Texts and blobs that are passed to `start` and `run` are
///            not copied: they must outlive the execution.
class Statement {
public:
  Statement(SqliteConnection& connection, std::string_view sql);

  /// Begins an execution with these values for ?1, ?2, ...
  template <class... Values>
  [[nodiscard]] Cursor start(const Values&... values) {
    int place = 0;
    (bind(++place, values), ...);
    return Cursor{statement_.get()};
  }
  /// Executes to the end; for statements whose rows do not matter.
  template <class... Values>
  void run(const Values&... values) {
    Cursor cursor = start(values...);
    while (cursor.next()) {
    }
  }

private:
  /// Refuses what does not fit into 63 bits and a sign.
  template <std::integral Integer>
  void bind(int place, Integer value) {
    if (!std::in_range<std::int64_t>(value)) {
      refuse_large(place);
    }
    bind_integer(place, static_cast<std::int64_t>(value));
  }
  template <class Value>
  void bind(int place, const std::optional<Value>& value) {
    value ? bind(place, *value) : bind_null(place);
  }
  void bind(int place, std::string_view value);
  void bind(int place, Blob value);
  void bind_integer(int place, std::int64_t value);
  void bind_null(int place);
  [[noreturn]] void refuse_large(int place) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A transaction that is rolled back unless it was committed.
class Transaction {
public:
  /// `write` takes the write lock at once, so that it cannot fail for want of it half-way.
  enum class Kind : std::uint8_t { read, write };

  Transaction(SqliteConnection& connection, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

private:
  SqliteConnection& connection_;
};

}  // namespace sluice
