// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <stdexcept>

#include "actors/tenant/fault.hpp"

namespace sluice::postgres {

/// A stored row that cannot be right; the text says which column of whom.
class DamagedRow : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// There is no connection, and nothing was sent.
class NotConnected : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// How far a transaction had come when it failed.
enum class During : std::uint8_t { statement, commit };

/// The one place where what libpqxx throws becomes ours.
[[nodiscard]] Fault fault_of(const std::exception& error, During during);

/// The same for an error that the server reported, by its SQLSTATE.
[[nodiscard]] Fault fault_of_state(const std::string& state, const std::string& message,
                                   During during);

}  // namespace sluice::postgres
