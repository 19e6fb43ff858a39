// SPDX-License-Identifier: Apache-2.0
// What the audit tells of an API key.
#include <string>

#include "actors/tenant/audit_drafts.hpp"
#include "actors/tenant/audit_json.hpp"

namespace sluice {

using audit::Fields;
using audit::json;
using audit::list;

AuditDraft audit_of_key(AuditAction action, const ApiKey& key) {
  AuditDraft draft{.action = action};
  if (key.tenants && key.tenants->size() == 1) {
    draft.tenant = key.tenants->front();
  }
  draft.subject = to_string(key.id);
  const std::string told =
      Fields{}
          .add("name", std::string_view{key.name})
          .add("kind", to_string(key.kind))
          .add("permissions", std::string_view{to_string(key.permissions)})
          .add("expires_at_ns", key.expires_at)
          .add_json("tenants", key.tenants
                                   ? list(*key.tenants,
                                          [](TenantId tenant) {
                                            return json(std::string_view{to_string(tenant)});
                                          })
                                   : "null")
          .text();
  (action == AuditAction::key_revoked ? draft.before : draft.after) = told;
  return draft;
}

}  // namespace sluice
