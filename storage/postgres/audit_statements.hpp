// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "actors/tenant/audit.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// What the store says to the database about the audit. The partitions must exist.
///
/// Errors     Throws what pqxx throws, and `DamagedRow`.
/// Cost       To append takes a hash and two statements.

void append_audit(Transaction& transaction, const AuditDraft& draft);
/// Unless it was appended before.
void append_audit(Transaction& transaction, const AuditRow& row);
[[nodiscard]] AuditPage select_audit(Transaction& transaction, const AuditQuery& query);
[[nodiscard]] AuditCheck check_audit(Transaction& transaction, TenantId chain,
                                     const std::optional<AuditMark>& from);
/// By whole months.
void forget_audit(Transaction& transaction, WallTime before);

}  // namespace sluice::postgres
