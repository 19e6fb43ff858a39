// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/postgres_fault.hpp"

#include <pqxx/except>
#include <string>
#include <string_view>

#include "storage/limit_text/limit_text.hpp"

namespace sluice::postgres {

namespace {

Fault from_database(FaultCode code, std::string_view message) {
  const std::string_view line = message.substr(0, message.find('\n'));
  return Fault{code, "database: " + std::string{line.empty() ? "connection lost" : line}};
}

/// Every unique constraint is called `<table>_<field>_key`.
Fault taken(const std::string& message) {
  for (const std::string_view field : {"id", "slug", "name", "host"}) {
    if (message.find("_" + std::string{field} + "_key\"") == std::string::npos) {
      continue;
    }
    if (message.find("\"meters_id_key\"") != std::string::npos) {
      // The id is our own choice: somebody defined another meter at the same moment.
      return from_database(FaultCode::unavailable, message);
    }
    return Fault{FaultCode::already_exists, std::string{field} + " is taken"};
  }
  return from_database(FaultCode::already_exists, message);
}

FaultCode code_of(std::string_view state) {
  const std::string_view group = state.substr(0, 2);
  if (group == "22" || state == "23502" || state == "23514") {
    return FaultCode::invalid_argument;  // A value that no column takes.
  }
  if (group == "42" && state != "42501" && state != "42P05") {
    return FaultCode::data_damaged;  // The statements do not fit the tables.
  }
  if (group == "3F" || state == "XX001" || state == "XX002") {
    return FaultCode::data_damaged;
  }
  // Lost races (23503: what a row belongs to was removed meanwhile), rights that are missing, what
  // was prepared and does not fit any more, a standby, no room, no memory, a shutdown, a timeout:
  // all may be otherwise the next time.
  return FaultCode::unavailable;
}

}  // namespace

Fault fault_of_state(const std::string& state, const std::string& message, During during) {
  if (state == "23505") {
    return taken(message);
  }
  const FaultCode code = code_of(state);
  if (during == During::commit && code == FaultCode::unavailable) {
    return from_database(FaultCode::outcome_unknown, message);
  }
  return from_database(code, message);
}

Fault fault_of(const std::exception& error, During during) {
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error)) {
    return fault_of_state(sql->sqlstate(), error.what(), during);
  }
  if (dynamic_cast<const DamagedRow*>(&error) != nullptr) {
    return Fault{FaultCode::data_damaged, error.what()};
  }
  if (dynamic_cast<const UnwritableLimit*>(&error) != nullptr) {
    return Fault{FaultCode::invalid_argument, error.what()};
  }
  if (dynamic_cast<const NotConnected*>(&error) != nullptr) {
    return from_database(FaultCode::unavailable, error.what());
  }
  // broken_connection, in_doubt_error, serialization_failure, deadlock_detected, out of memory.
  return from_database(
      during == During::commit ? FaultCode::outcome_unknown : FaultCode::unavailable, error.what());
}

}  // namespace sluice::postgres
