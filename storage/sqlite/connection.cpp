// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/connection.hpp"

#include <sqlite3.h>

#include "actors/tenant/invariant.hpp"

namespace sluice {

namespace {

// FULL, not NORMAL: in WAL mode NORMAL keeps the file consistent but may lose the last commits when
// the power fails, and what was committed is what nobody keeps anywhere else. It costs one
// fdatasync a commit, and there is about one commit a second. The cache holds the inner pages of a
// file with millions of tenants; the WAL is cut back after a large commit.
constexpr const char* settings = R"sql(
  PRAGMA foreign_keys = ON;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -32768;
  PRAGMA journal_size_limit = 67108864;
)sql";

[[noreturn]] void fail(sqlite3* handle, SqliteError::During during) {
  const char* file = sqlite3_db_filename(handle, "main");
  throw SqliteError(sqlite3_extended_errcode(handle), during, file == nullptr ? "" : file,
                    sqlite3_errmsg(handle));
}

void require(int code, sqlite3* handle) {
  if (code != SQLITE_OK) {
    fail(handle, SqliteError::During::statement);
  }
}

}  // namespace

SqliteConnection::SqliteConnection(const std::string& path, Missing missing,
                                   std::chrono::milliseconds busy_timeout) {
  const int create = missing == Missing::create ? SQLITE_OPEN_CREATE : 0;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | create, nullptr);
  handle_.reset(handle);  // SQLite hands out a handle even when it could not open the file.
  if (code != SQLITE_OK) {
    throw SqliteError(code, SqliteError::During::statement, path,
                      handle == nullptr ? "out of memory" : sqlite3_errmsg(handle));
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
  execute(settings);
}

void SqliteConnection::Close::operator()(sqlite3* handle) const noexcept {
  const int code = sqlite3_close(handle);
  SLUICE_INVARIANT(code == SQLITE_OK);  // Otherwise a statement outlived its connection.
}

void SqliteConnection::execute(const std::string& sql) {
  require(sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr), handle());
}

std::int64_t SqliteConnection::integer(std::string_view sql) {
  Statement statement{*this, sql};
  Cursor cursor = statement.start();
  return cursor.next() ? cursor.integer(0) : 0;
}

std::int64_t SqliteConnection::changes() const noexcept {
  return sqlite3_changes64(handle());
}

bool SqliteConnection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(handle()) == 0;
}

Cursor::~Cursor() {
  // An error that `next` met is returned again here; it has been thrown already.
  sqlite3_reset(statement_);
}

bool Cursor::next() {
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    fail(sqlite3_db_handle(statement_), SqliteError::During::statement);
  }
  return code == SQLITE_ROW;
}

bool Cursor::is_null(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Cursor::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Cursor::text(int column) const noexcept {
  const unsigned char* begin = sqlite3_column_text(statement_, column);
  if (begin == nullptr) {
    return {};
  }
  return {reinterpret_cast<const char*>(begin),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::span<const std::byte> Cursor::blob(int column) const noexcept {
  const void* begin = sqlite3_column_blob(statement_, column);
  if (begin == nullptr) {
    return {};
  }
  return {static_cast<const std::byte*>(begin),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Statement::Statement(SqliteConnection& connection, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection.handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  require(code, connection.handle());
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

void Statement::bind(int place, std::string_view value) {
  // A null pointer would bind NULL, and an empty view may hold one.
  const char* begin = value.empty() ? "" : value.data();
  require(
      sqlite3_bind_text64(statement_.get(), place, begin, value.size(), SQLITE_STATIC, SQLITE_UTF8),
      sqlite3_db_handle(statement_.get()));
}

void Statement::bind(int place, Blob value) {
  const void* begin = value.empty() ? static_cast<const void*>("") : value.data();
  require(sqlite3_bind_blob64(statement_.get(), place, begin, value.size(), SQLITE_STATIC),
          sqlite3_db_handle(statement_.get()));
}

void Statement::bind_integer(int place, std::int64_t value) {
  require(sqlite3_bind_int64(statement_.get(), place, value), sqlite3_db_handle(statement_.get()));
}

void Statement::bind_null(int place) {
  require(sqlite3_bind_null(statement_.get(), place), sqlite3_db_handle(statement_.get()));
}

void Statement::refuse_large(int place) const {
  const char* file = sqlite3_db_filename(sqlite3_db_handle(statement_.get()), "main");
  throw SqliteError(SQLITE_TOOBIG, SqliteError::During::statement, file == nullptr ? "" : file,
                    "value " + std::to_string(place) + " of \"" + sqlite3_sql(statement_.get()) +
                        "\" is above 2^63-1");
}

Transaction::Transaction(SqliteConnection& connection, Kind kind) : connection_(connection) {
  connection_.execute(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // After some errors SQLite has rolled back by itself.
  if (connection_.in_transaction()) {
    sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  if (sqlite3_exec(connection_.handle(), "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(connection_.handle(), SqliteError::During::commit);
  }
}

}  // namespace sluice
