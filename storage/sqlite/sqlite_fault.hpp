// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <utility>

#include "actors/tenant/fault.hpp"
#include "storage/limit_text/limit_text.hpp"
#include "storage/sqlite/connection.hpp"

namespace sluice {

/// A stored row that cannot be right; the text says which column of whom.
class DamagedRow : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The one place where SQLite's result codes become ours.
[[nodiscard]] Fault fault_of(const SqliteError& error);

/// Does something with a database; what it throws becomes the fault.
template <class Value, class Action>
[[nodiscard]] Result<Value> attempt(Action&& action) {
  try {
    return std::forward<Action>(action)();
  } catch (const SqliteError& error) {
    return fault_of(error);
  } catch (const DamagedRow& damage) {
    return Fault{FaultCode::data_damaged, damage.what()};
  } catch (const UnwritableLimit& refused) {
    return Fault{FaultCode::invalid_argument, refused.what()};
  }
}

}  // namespace sluice
