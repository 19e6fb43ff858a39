// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/crossing.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What somebody has to hear of: once for each condition, however often it is met.
///
/// An alert's id is made of its tenant, kind and condition, so writing it twice is writing it once,
/// whoever writes it and whatever was lost in between. Pure.

/// The names are stored and told, and never change; to add a kind is to add its row.
enum class AlertKind : std::uint8_t {
  quota_threshold,
  trial_ending,
  trial_ended,
  payment_failed,
  payment_recovered,
  access_violation,
  usage_unusual,
  tenant_suspended,
  tenant_reactivated,
  tenant_deactivated,
  tenant_restored,
  webhook_test,
};

struct AlertKindName {
  AlertKind kind;
  std::string_view name;
};
/// In the order of `AlertKind`. A name is what webhooks filter by.
inline constexpr std::array alert_kind_names{
    AlertKindName{AlertKind::quota_threshold, "quota.threshold"},
    AlertKindName{AlertKind::trial_ending, "trial.ending"},
    AlertKindName{AlertKind::trial_ended, "trial.ended"},
    AlertKindName{AlertKind::payment_failed, "payment.failed"},
    AlertKindName{AlertKind::payment_recovered, "payment.recovered"},
    AlertKindName{AlertKind::access_violation, "access.violation"},
    AlertKindName{AlertKind::usage_unusual, "usage.unusual"},
    AlertKindName{AlertKind::tenant_suspended, "tenant.suspended"},
    AlertKindName{AlertKind::tenant_reactivated, "tenant.reactivated"},
    AlertKindName{AlertKind::tenant_deactivated, "tenant.deactivated"},
    AlertKindName{AlertKind::tenant_restored, "tenant.restored"},
    AlertKindName{AlertKind::webhook_test, "webhook.test"},
};
static_assert([] {
  for (std::size_t i = 0; i < alert_kind_names.size(); ++i) {
    if (static_cast<std::size_t>(alert_kind_names[i].kind) != i) {
      return false;
    }
  }
  return true;
}());

[[nodiscard]] constexpr std::string_view to_string(AlertKind kind) {
  return alert_kind_names[static_cast<std::size_t>(kind)].name;
}
[[nodiscard]] std::optional<AlertKind> parse_alert_kind(std::string_view name);

/// Written as a UUID is.
struct AlertId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend constexpr auto operator<=>(const AlertId&, const AlertId&) = default;
};
[[nodiscard]] std::string to_string(AlertId id);
[[nodiscard]] std::optional<AlertId> parse_alert_id(std::string_view text);

struct Alert {
  AlertId id{};
  TenantId tenant{};  ///< Nil: it is the platform's.
  AlertKind kind = AlertKind::quota_threshold;
  WallTime at{};
  std::string condition{};  ///< What tells it from others of its kind; for machines.
  std::string data{};       ///< What there is to know, as a JSON object.
  friend bool operator==(const Alert&, const Alert&) = default;
};
inline constexpr std::size_t alert_condition_bytes_max = 512;
inline constexpr std::size_t alert_data_bytes_max = 4'096;

/// An alert with the id that its condition gives it. A longer condition is cut, but its id is of
/// all of it.
[[nodiscard]] Alert make_alert(TenantId tenant, AlertKind kind, WallTime at, std::string condition,
                               std::string data);

[[nodiscard]] Alert alert_of(const ThresholdCrossed& crossed);
/// What a change of a tenant means to others: its life went on. `at` is when it was made.
[[nodiscard]] std::vector<Alert> alerts_of_change(const TenantDefinition& before,
                                                  const TenantDefinition& after, WallTime at);
/// Somebody was refused what is a tenant's: once an hour for each credential and tenant.
[[nodiscard]] Alert alert_of_denial(const AuditDraft& denial);
/// What the billing system says of a payment of a tenant.
struct PaymentReport {
  TenantId tenant{};
  bool failed = true;       ///< Otherwise it came in after all.
  std::string reference{};  ///< Which payment: once for each, whoever says it again.
};
/// `invalid_argument` names the field.
[[nodiscard]] Result<Done> validate(const PaymentReport& report);
/// Another grace for the same payment is told of anew, and so is its end. Tells when the tenant is
/// suspended for what it has not paid, if nobody does anything.
[[nodiscard]] Alert alert_of_payment(const PaymentReport& report, WallTime at,
                                     const Lifecycle& before, const Lifecycle& after);
[[nodiscard]] AuditDraft audit_of_payment(const PaymentReport& report, const Lifecycle& after);
/// Somebody wants to see whether a webhook works; `nonce` tells this time from others.
[[nodiscard]] Alert alert_of_test(TenantId tenant, std::string_view url, std::uint64_t nonce,
                                  WallTime at);

/// How many days before its end a trial is told of, the longest first.
inline constexpr std::array<std::uint16_t, 3> trial_warning_days{7, 3, 1};

/// A trial that goes on.
struct EndingTrial {
  WallTime at{};
  TenantId tenant{};
  TrialDays days{0};  ///< It began so long before.
  friend bool operator==(const EndingTrial&, const EndingTrial&) = default;
};

/// The warning that holds at `now`: of those whose time has come the last. Nothing long before the
/// end, after it, and of a trial that was not longer than that from its beginning.
[[nodiscard]] std::optional<Alert> trial_warning(const EndingTrial& trial, WallTime now);

}  // namespace sluice
