// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/audit.hpp"
#include "actors/tenant/outbox.hpp"
#include "ops/sluicectl/report.hpp"

namespace sluice::ctl {

/// What --json prints of what has happened to tenants; the rules of documents.hpp hold.
[[nodiscard]] Json document_of(const AuditEvent& event);
[[nodiscard]] Json document_of(const StoredAlert& stored);
[[nodiscard]] Json document_of(const ToldDelivery& told);

}  // namespace sluice::ctl
