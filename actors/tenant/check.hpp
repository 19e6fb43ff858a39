// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// So much of that meter.
struct Charge {
  MeterId meter;
  Amount amount;
};

enum class Mode : std::uint8_t {
  normal,  ///< All limits of all charges take their amount, or none does.
  peek,    ///< Decides, charges nothing.
};

inline constexpr std::size_t charges_per_check_max = 16;

/// One question: may this tenant spend all of this now? A view; the charges belong to the caller.
struct Check {
  TenantId tenant;
  std::span<const Charge> charges;
  Mode mode = Mode::normal;
};

/// The answer to a check. A refusal is an answer too, never an error.
enum class Outcome : std::uint8_t {
  allowed,
  denied,          ///< A limit is in the way; nothing was charged.
  unknown_tenant,  ///< There is no tenant with this id.
  no_such_meter,   ///< A charge names a meter that the server does not have.
  unavailable,     ///< The server cannot decide now (store away, overloaded); nothing was charged.
  invalid,         ///< The check itself is malformed; nothing was charged.
};

[[nodiscard]] const char* to_string(Outcome outcome);

/// A limit and how full it is.
struct LimitReading {
  LimitId limit;
  MeterId meter;
  std::optional<Amount> size;  ///< A rate's burst; nothing means unlimited.
  Amount used;                 ///< A rate: what is missing from the full burst.
  Amount remaining;
  WallTime resets_at;  ///< The window's end; for a rate, when the burst is full again.
};

/// An outcome and the numbers behind it: those of the limit that decided. For a denial that is the
/// limit that keeps the caller waiting longest; otherwise the one with the least remaining.
struct Decision {
  Outcome outcome = Outcome::unavailable;
  bool soft_limit_passed = false;  ///< Some limit considered is at or above its soft limit.
  bool has_reading = false;        ///< False if no limit was considered.
  LimitReading reading{};
  /// The earliest moment at which all limits could pass, counted from now; nothing if the amount
  /// can never fit, or if no passing of time helps.
  std::optional<Duration> retry_after;
};

}  // namespace sluice
