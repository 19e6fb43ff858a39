// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/strong.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/unpaid.hpp"

namespace sluice {

/// What becomes of a tenant between its creation and its end.
///
///   (none)                    created with a trial        trial
///   (none)                    created without             active
///   trial                     Convert                     active
///   trial                     its end passes              suspended, because `trial_expired`
///   trial, active             a grace period ends         suspended, because `payment_failed`
///   trial, active             Suspend                     suspended
///   suspended                 Reactivate                  active; trial while that still runs
///   trial, active, suspended  Deactivate                  deactivated; kept for the retention
///   deactivated               Restore, while it is kept   suspended
///   deactivated               purged, or no longer kept   (none)
///
/// A tenant spends only on trial and while it is active. Everything else is refused and changes
/// nothing.
enum class TenantStatus : std::uint8_t { trial, active, suspended, deactivated };

[[nodiscard]] std::string_view name_of(TenantStatus status);

/// How long a trial lasts: days of 24 hours; 0 is none.
using TrialDays = Strong<struct TrialDaysTag, std::uint16_t>;
inline constexpr std::uint16_t trial_days_max = 365;
inline constexpr std::size_t suspend_reason_characters_max = 200;
/// Why a tenant is suspended whose trial has ended, that did not pay in time, or was restored.
inline constexpr std::string_view trial_expired = "trial_expired";
inline constexpr std::string_view grace_over = "payment_failed";
inline constexpr std::string_view restored = "restored";

struct Lifecycle {
  TenantStatus status = TenantStatus::active;
  TrialDays trial_days{0};                  ///< It began with a trial of so many.
  std::optional<WallTime> trial_ends_at{};  ///< Gone once it is converted.
  std::optional<WallTime> suspended_at{};   ///< With a reason; while deactivated, as before.
  std::string suspend_reason{};
  std::optional<WallTime> deactivated_at{};
  std::optional<WallTime> purge_at{};  ///< While deactivated: until then it is kept.
  /// What it has time to pay; still there while it is suspended for it, or otherwise.
  UnpaidPayments unpaid{};
  friend bool operator==(const Lifecycle&, const Lifecycle&) = default;
};

/// The customer pays: the trial is over before its end.
struct Convert {};
struct Suspend {
  std::string reason;  ///< For people: 1 to 200 characters.
};
/// Whatever was unpaid is forgotten: a grace begins with the next payment that fails.
struct Reactivate {};
struct Deactivate {
  Duration retention = std::chrono::hours{90 * 24};  ///< For so long it can be restored.
};
struct Restore {};
/// A payment failed: a tenant that spends is suspended once the grace is over, unless it comes. One
/// that is known changes nothing, and neither does one too many, or no grace at all.
struct PaymentFailed {
  std::string reference;
  Duration grace{};
};
/// It came in after all. Whoever was suspended for it stays so until somebody reactivates him.
struct PaymentCame {
  std::string reference;
};
/// What time does, not a person; the end must have passed.
struct EndTrial {};
struct EndGrace {};

using LifeEvent = std::variant<Convert, Suspend, Reactivate, Deactivate, Restore, PaymentFailed,
                               PaymentCame, EndTrial, EndGrace>;

[[nodiscard]] Lifecycle begin_life(TrialDays trial, WallTime now);

/// What the event makes of it at `now`. A trial or a grace whose end has passed is over, whether or
/// not anybody has noticed. `conflict` names the status that the event is not for.
[[nodiscard]] Result<Lifecycle> after(Lifecycle life, const LifeEvent& event, WallTime now);

/// Whether the tenant may be purged; `conflict` names the status if not.
[[nodiscard]] Result<Done> may_purge(const Lifecycle& life);

/// What time alone does next, and when.
enum class Due : std::uint8_t { nothing, trial_end, grace_end, purge };
[[nodiscard]] Due due(const Lifecycle& life, WallTime now);
[[nodiscard]] std::optional<WallTime> due_at(const Lifecycle& life);
/// From when on it spends nothing, if nobody does anything; of one that spends.
[[nodiscard]] std::optional<WallTime> suspends_at(const Lifecycle& life);

}  // namespace sluice
