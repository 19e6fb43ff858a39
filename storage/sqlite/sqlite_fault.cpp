// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sqlite_fault.hpp"

#include <sqlite3.h>

#include <string>
#include <string_view>

namespace sluice {

namespace {

/// `UNIQUE constraint failed: tenants.slug` names the field last.
Fault taken(std::string_view message) {
  const std::string_view field = message.substr(message.find_last_of(". ") + 1);
  return Fault{FaultCode::already_exists, std::string{field} + " is taken"};
}

FaultCode code_of(const SqliteError& error) {
  const bool committing = error.during() == SqliteError::During::commit;
  switch (error.code() & 0xff) {  // The low byte is the primary code.
    case SQLITE_BUSY:             // The transaction is still open and is rolled back.
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_NOMEM:
    case SQLITE_NOLFS:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
    case SQLITE_FULL:  // The mark that ends a commit is written last, so it is not there.
      return FaultCode::unavailable;
    case SQLITE_IOERR:
    case SQLITE_ABORT:
      // A commit that could not be synced may be found in the WAL after a crash all the same.
      return committing ? FaultCode::outcome_unknown : FaultCode::unavailable;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
      return FaultCode::invalid_argument;
    default:
      // CORRUPT and NOTADB, or the statements do not fit the tables (ERROR, SCHEMA).
      return FaultCode::data_damaged;
  }
}

}  // namespace

Fault fault_of(const SqliteError& error) {
  SLUICE_INVARIANT(error.code() != SQLITE_MISUSE);
  if (error.code() == SQLITE_CONSTRAINT_UNIQUE || error.code() == SQLITE_CONSTRAINT_PRIMARYKEY) {
    return taken(error.what());
  }
  return Fault{code_of(error), "database " + error.file() + ": " + error.what()};
}

}  // namespace sluice
