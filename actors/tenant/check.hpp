// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/sharing/verdict.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

struct AuditRow;
struct SharedUse;

/// So much of that meter.
struct Charge {
  MeterId meter;
  Amount amount;
};

enum class Mode : std::uint8_t {
  normal,       ///< All limits of all charges take their amount, or none does.
  peek,         ///< Decides, charges nothing.
  best_effort,  ///< Of its only charge, takes as much as is available.
  record,       ///< Counts what already happened, even past the limits.
  release,      ///< Gives back: to the gauges of its meters, or what the check with its id took.
  // Of a reservation, which `Check::id` names:
  reserve,  ///< Holds every amount on every limit, or nothing, for `Check::ttl`.
  extend,   ///< Holds it for `Check::ttl` from now; the charges say what was used so far.
  commit,   ///< Settles it at what the charges say, or without any at what is held.
  cancel,   ///< Gives it back.
  /// Takes out a slice of at most `Check::want` for `Check::ttl` to be spent elsewhere, or, under
  /// an id that has one, says what was spent of it so far (all of it since its start) and fills up
  /// what is left again. `commit` and `cancel` end a lease as they end a reservation.
  lease,
  credit,  ///< Does what `Check::credit` says; for operators only.
};

inline constexpr std::size_t charges_per_check_max = 16;

/// What a request says of itself inside the tenant, such as user=42.
struct Label {
  std::string_view name;   ///< `[a-z0-9][a-z0-9_-]{0,31}`
  std::string_view value;  ///< 1 to 64 bytes of UTF-8.
};
inline constexpr std::size_t labels_per_check_max = 8;

/// One question: may this tenant spend all of this now? A view; the charges belong to the caller.
struct Check {
  TenantId tenant;
  std::span<const Charge> charges;
  Mode mode = Mode::normal;
  /// Of a reservation; or of a check that, asked again, is answered as it was the first time.
  EntryId id{};
  Duration ttl{};
  std::span<const Label> labels{};  ///< Each name once.
  Amount want{};                    ///< Of a lease.
  const CreditChange* credit = nullptr;
  const AuditRow* audit = nullptr;  ///< What is said of a change of credit that is made.
  bool explain = false;             ///< Asks for every limit that is met; not of what goes on.
  /// The resource of another tenant that is used, if any: a grant for it must stand, and the use is
  /// metered under it. Of those modes only that `may_name_resource`.
  const SharedUse* shared = nullptr;
};

/// Whether a check of this mode may name the resource that it uses. What goes on with a reservation
/// goes by the one that it was made with; a lease is spent elsewhere, where nobody decides uses.
[[nodiscard]] constexpr bool may_name_resource(Mode mode) {
  switch (mode) {
    case Mode::normal:
    case Mode::peek:
    case Mode::best_effort:
    case Mode::record:
    case Mode::reserve:
      return true;
    case Mode::release:
    case Mode::extend:
    case Mode::commit:
    case Mode::cancel:
    case Mode::lease:
    case Mode::credit:
      return false;
  }
  return false;
}

/// The answer to a check. A refusal is an answer too, never an error.
enum class Outcome : std::uint8_t {
  allowed,
  denied,          ///< A limit is in the way; nothing was charged.
  unknown_tenant,  ///< There is no tenant with this id.
  no_such_meter,   ///< A charge names a meter that the server does not have.
  unavailable,     ///< The server cannot decide now (store away, overloaded); nothing was charged.
  invalid,         ///< The check itself is malformed; nothing was charged.
  throttled,       ///< A limit admits this later in its window; nothing was charged.
  conflict,        ///< The id was used for something else, or has been settled otherwise.
  no_such_hold,    ///< There is no reservation with this id, or it is forgotten.
  hold_expired,    ///< The reservation ended by itself; what is used beyond it has to be recorded.
  suspended,       ///< The tenant may not spend for now; nothing was charged.
  deactivated,     ///< The tenant is about to be removed; nothing was charged.
  access_denied,  ///< The caller's credential does not cover the tenant, and nothing was looked at;
                  ///< or sharing refused the use of a resource. Nothing was charged.
};
inline constexpr std::size_t outcome_count = 13;
static_assert(static_cast<std::size_t>(Outcome::access_denied) + 1 == outcome_count);

[[nodiscard]] const char* to_string(Outcome outcome);

/// A limit and how full it is.
struct LimitReading {
  LimitId limit;
  MeterId meter;
  std::optional<Amount> size;  ///< A rate's burst; nothing means unlimited.
  Amount used;                 ///< A rate: what is missing from the full burst.
  Amount held{};               ///< By open reservations.
  Amount remaining;
  WallTime resets_at;  ///< The window's end; for a rate, when the burst is full again.
  friend bool operator==(const LimitReading&, const LimitReading&) = default;
};

/// Shadow limits that would have refused: the first few by name, and how many there were.
struct ShadowVerdicts {
  static constexpr std::size_t told_max = 4;
  std::array<LimitId, told_max> limits{};
  std::uint8_t count = 0;

  void add(LimitId limit) {
    if (count < told_max) {
      limits[count] = limit;
    }
    ++count;
  }
  [[nodiscard]] std::span<const LimitId> told() const {
    return std::span{limits}.first(std::min<std::size_t>(count, told_max));
  }
  friend bool operator==(const ShadowVerdicts&, const ShadowVerdicts&) = default;
};
static_assert(limits_per_tenant_max <= std::numeric_limits<std::uint8_t>::max());

/// An outcome and the numbers behind it: those of the limit that decided. For a refusal that is the
/// limit that keeps the caller waiting longest; otherwise the one with the least remaining.
struct Decision {
  Outcome outcome = Outcome::unavailable;
  bool soft_limit_passed = false;  ///< Some limit considered is at or above its soft limit.
  bool has_reading = false;        ///< False if no limit was considered.
  ShareVerdict sharing = ShareVerdict::none;  ///< On the resource that the check names.
  LimitReading reading{};
  bool repeated = false;  ///< It was decided before, and is told again.
  bool overrun = false;   ///< A commit charged more than was held.
  Amount granted;         ///< Best effort: what was charged. Release: what was given back.
  Amount overage;         ///< Units of the charge above a limit, the most above any one.
  /// What they cost in millionths of the tenant's currency, rounded up. An indication: what is owed
  /// for a window is rounded once, at its end.
  std::uint64_t price_micros = 0;
  /// What this use of a resource adds to what its grant costs in the billing period; of a
  /// reservation, at what is held. It adds up to what the period costs, and is rounded only there.
  std::uint64_t use_cost_micros = 0;
  ShadowVerdicts would_deny;
  const char* problem = nullptr;  ///< With `invalid`: names the field.
  DecisionId id{};                ///< Set by the tenant's host, where it can be explained.
  /// The earliest moment at which all limits could pass, counted from now; nothing if the amount
  /// can never fit, or if no passing of time helps.
  std::optional<Duration> retry_after;
  friend bool operator==(const Decision&, const Decision&) = default;
};

}  // namespace sluice
