// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "actors/tenant/invariant.hpp"

namespace sluice {

/// Why something that was asked could not be done. One enum for the whole program, so that the wire
/// code, the metric label, the log field and the exit code of a fault cannot drift apart. A refused
/// check is not a fault but an answer (`Outcome`).
enum class FaultCode : std::uint8_t {
  invalid_argument,  ///< The named field is wrong. Retrying cannot help; nothing was changed.
  not_found,         ///< No such tenant, limit or meter. Nothing was changed.
  already_exists,    ///< The named field (id, slug, name) is taken. Nothing was changed.
  conflict,          ///< Another writer was first. Read again, then decide again.
  limit_exceeded,    ///< A bound of the server is reached; its name is in the context.
  unavailable,       ///< The store cannot be used now. Nothing was changed; retry after a back-off.
  outcome_unknown,   ///< It may or may not have been done. Look before asking again.
  data_damaged,      ///< What is stored cannot be right. An operator has to look.
  fenced,            ///< Another server owns the shards now. Nothing was changed; ask that one.
  permission_denied,  ///< The caller's credential does not allow it. Nothing was changed.
  unauthenticated,    ///< There is no credential, or it is not (or no longer) good.
  quota_exceeded,     ///< A limit of the tenant itself has no room for it. Nothing was changed.
};

[[nodiscard]] std::string_view to_string(FaultCode code);

/// A fault and the sentence that explains it; the sentence names the field or the file.
struct Fault {
  FaultCode code;
  std::string context;
  friend bool operator==(const Fault&, const Fault&) = default;
};

/// A `T`, or the reason why there is none. Asking for the one that is not there is a bug.
template <class T>
class [[nodiscard]] Result {
public:
  Result(T value) : held_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Fault fault) : held_(std::move(fault)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const noexcept { return std::holds_alternative<T>(held_); }
  [[nodiscard]] T& value() & {
    SLUICE_INVARIANT(ok());
    return std::get<T>(held_);
  }
  [[nodiscard]] const T& value() const& {
    SLUICE_INVARIANT(ok());
    return std::get<T>(held_);
  }
  [[nodiscard]] T&& value() && {
    SLUICE_INVARIANT(ok());
    return std::get<T>(std::move(held_));
  }
  [[nodiscard]] const Fault& fault() const {
    SLUICE_INVARIANT(!ok());
    return std::get<Fault>(held_);
  }

private:
  std::variant<T, Fault> held_;
};

/// The value of a `Result` that has nothing more to say than "done".
struct Done {
  friend bool operator==(Done, Done) = default;
};

}  // namespace sluice
