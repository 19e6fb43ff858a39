// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/sharing/payout.hpp"

namespace sluice {

/// What the audit says of payouts, in the owner's chain; the subject is `USD 3`. Pure.

[[nodiscard]] AuditDraft audit_of_payout(const Payout& made);
[[nodiscard]] AuditDraft audit_of_payout_paid(const PayoutKey& key, std::string_view reference);

}  // namespace sluice
