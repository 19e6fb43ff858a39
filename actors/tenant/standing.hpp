// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/check.hpp"
#include "actors/tenant/lifecycle.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Whether a tenant may spend, as every check asks it.
///
/// Role       A value: what of a `Lifecycle` a decision needs, in eight bytes. The end of a trial
///            or a grace is in it, so a check is refused from that instant on, whoever notices it.
/// Threading  Immutable.
/// Ownership  Owns nothing.
/// Units      The wall clock.
/// Errors     None.
/// Cost       `may_spend` is one comparison.
class Standing {
public:
  constexpr Standing() = default;  ///< Of an active tenant.
  explicit Standing(const Lifecycle& life) {
    switch (life.status) {
      case TenantStatus::trial:
      case TenantStatus::active:
        if (const auto end = suspends_at(life)) {
          spends_through_ = *end - Duration{1};
        }
        break;
      case TenantStatus::suspended:
        spends_through_ = suspended;
        break;
      case TenantStatus::deactivated:
        spends_through_ = deactivated;
        break;
    }
  }

  [[nodiscard]] constexpr bool may_spend(WallTime now) const noexcept {
    return now <= spends_through_;
  }
  /// The answer to who may not.
  [[nodiscard]] constexpr Outcome refusal() const noexcept {
    return spends_through_ == deactivated ? Outcome::deactivated : Outcome::suspended;
  }
  friend bool operator==(const Standing&, const Standing&) = default;

private:
  // No clock of ours shows these.
  static constexpr WallTime suspended = WallTime::min();
  static constexpr WallTime deactivated = WallTime::min() + Duration{1};
  WallTime spends_through_ = WallTime::max();  ///< To the end of time, for one that is active.
};

/// Whether a check of this mode spends, or asks whether it could. What already happened is counted
/// whatever became of the tenant since: `record`, `release`, and the end of what was reserved.
[[nodiscard]] constexpr bool spends(Mode mode) {
  switch (mode) {
    case Mode::normal:
    case Mode::peek:
    case Mode::best_effort:
    case Mode::reserve:
    case Mode::extend:
    case Mode::lease:
      return true;
    case Mode::record:
    case Mode::release:
    case Mode::commit:
    case Mode::cancel:
    case Mode::credit:
      return false;
  }
  return true;
}

}  // namespace sluice
