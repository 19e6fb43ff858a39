// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/audit_books.hpp"

#include <string>

#include "actors/tenant/audit_json.hpp"
#include "actors/tenant/sharing/sharing_text.hpp"

namespace sluice {
namespace {

AuditDraft about_payout(AuditAction action, const PayoutKey& key, const audit::Fields& after) {
  return {.tenant = key.owner,
          .action = action,
          .subject = std::string{key.currency}.append(" ").append(std::to_string(key.number)),
          .after = after.object()};
}

}  // namespace

AuditDraft audit_of_payout(const Payout& made) {
  audit::Fields fields;
  fields.add("amount_micros", made.amount_micros)
      .add("lines", made.lines)
      .add("schedule", to_string(made.schedule))
      .add("through_ns", made.through);
  return about_payout(AuditAction::payout_made, made.key, fields);
}

AuditDraft audit_of_payout_paid(const PayoutKey& key, std::string_view reference) {
  audit::Fields fields;
  fields.add("reference", reference);
  return about_payout(AuditAction::payout_paid, key, fields);
}

}  // namespace sluice
