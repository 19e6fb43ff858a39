// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/peer_address.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/pricing.hpp"
#include "actors/tenant/standing.hpp"
#include "actors/tenant/strong.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

struct ReadyPolicy;

/// What a check says of the resource that it is about.
struct SharedUse {
  PolicyId policy{};
  SharePermission permission = SharePermission::execute;
  std::optional<PeerAddress> peer{};  ///< From where the resource is used, if that is known.
  /// Set by the tenant's host: the policy as it is now, or null if there is none.
  const ReadyPolicy* ready = nullptr;
  Standing owner{};  ///< Set by the host, too: whether who shares it may.
  /// Set by the host of a peek without a grant: a first use would be granted one.
  bool grantable = false;
};

/// Whole hours since 1970-01-01T00:00:00Z.
using Hour = Strong<struct HourTag, std::uint32_t>;

/// The hour that holds the instant; the first one holds everything before it, too.
[[nodiscard]] constexpr Hour hour_of(WallTime instant) {
  const std::int64_t hour = instant.time_since_epoch() / std::chrono::hours{1};
  constexpr std::int64_t last = std::numeric_limits<std::uint32_t>::max();
  return Hour{static_cast<std::uint32_t>(std::clamp<std::int64_t>(hour, 1, last))};
}
[[nodiscard]] constexpr WallTime start_of(Hour hour) {
  return WallTime{std::chrono::hours{hour.raw()}};
}

/// What a consumer did under one grant within one hour: absolute, so that writing it twice is
/// writing it once. It is metered by the consumer's actor alone, and is what both sides are told:
/// there is no second count that could differ. An hour is closed once and for all by the first use
/// in a later one; a clock that steps back keeps it open. Hours do not span billing periods.
struct SharedHour {
  SharingId grant{};
  PolicyId policy{};
  Hour hour{};
  std::uint64_t uses = 0;    ///< Checks that were allowed.
  Amount units{};            ///< As the policy's pricing counts them.
  std::uint64_t denied = 0;  ///< Refused by sharing while the grant was there; may miss some that a
                             ///< crash took back.

  [[nodiscard]] bool none() const noexcept { return uses == 0 && units == Amount{} && denied == 0; }
  friend bool operator==(const SharedHour&, const SharedHour&) = default;
};

/// The same, with who used it. The owner is found by the policy.
struct SharedHourRow {
  TenantId consumer{};
  TenantId owner{};
  SharedHour hour{};
  friend bool operator==(const SharedHourRow&, const SharedHourRow&) = default;
};

/// All that is counted of a grant: the hour that is open, and the billing period that it is in. It
/// is kept as an entry (`EntryState::shared`), absolute like all of them.
struct SharedCount {
  SharedHour open{};  ///< Names the grant and its policy.
  TenantId owner{};
  BillingPeriod period = BillingPeriod::month;
  WallTime period_ends{};  ///< Not in it any more.
  Amount units{};          ///< Of the period, with those of the open hour.
  friend bool operator==(const SharedCount&, const SharedCount&) = default;
};

/// Under which grant a reservation was made; what it settles at is counted there, whatever became
/// of the grant.
struct SharedHold {
  SharingId grant{};
  PolicyId policy{};
  TenantId owner{};
  BillingPeriod period = BillingPeriod::month;
  MeterId meter{};  ///< Whose amounts are units; none: the use itself was one.
  friend bool operator==(const SharedHold&, const SharedHold&) = default;
};

/// Names the entry of a grant's count: one of the tenant's own, which no caller can ask for.
[[nodiscard]] EntryId entry_id_of(SharingId grant) noexcept;

}  // namespace sluice
