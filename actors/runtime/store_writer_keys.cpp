// SPDX-License-Identifier: Apache-2.0
// API keys.
#include <utility>

#include "actors/runtime/store_writer.hpp"
#include "actors/tenant/audit_drafts.hpp"

namespace sluice {

// A key whose commit is in doubt is not published: its secret has not been shown to anybody.
Result<ApiKey> StoreWriter::add_key(AddKey& wish) {
  ApiKey& key = wish.key;
  if (key.tenants) {
    clear_doubts();
    if (auto unclear = object_to_doubt(*key.tenants)) {
      return *std::move(unclear);
    }
  }
  key.created_at = shared_.surroundings.clock->now().wall;
  if (const auto valid = validate(key); !valid.ok()) {
    return valid.fault();
  }
  const auto written = store_->add_api_key(
      deed_of(audit_of_key(AuditAction::key_created, key), std::move(wish.author)), key);
  if (!written.ok()) {
    return written.fault();
  }
  shared_.keys->add(key);
  return std::move(key);
}

Result<ApiKey> StoreWriter::remove_key(RemoveKey& wish) {
  const KeyId id = wish.id;
  auto found = shared_.keys->find(id);
  if (!found) {
    return Fault{FaultCode::not_found, "there is no key " + to_string(id)};
  }
  const auto written = store_->remove_api_key(
      deed_of(audit_of_key(AuditAction::key_revoked, found->key), std::move(wish.author)), id);
  if (!written.ok() && written.fault().code == FaultCode::outcome_unknown) {
    shared_.keys->revoke(id);
    return written.fault();
  }
  // One that is not there was removed when that was in doubt.
  if (!written.ok() && written.fault().code != FaultCode::not_found) {
    return written.fault();
  }
  shared_.keys->revoke(id);
  shared_.keys->forget(id);
  return std::move(found->key);
}

}  // namespace sluice
