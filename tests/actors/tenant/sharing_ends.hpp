// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/policy.hpp"

namespace sluice {

/// Whether, of a consumer's access under a policy, that which ended last was revoked: as a store
/// that keeps requests by their ids looks for it.
template <class Requests>
[[nodiscard]] bool was_revoked_last(const Requests& requests, PolicyId policy, TenantId consumer) {
  const SharingRequest* last = nullptr;
  for (const auto& [id, request] : requests) {
    const bool is_its = request.policy == policy && request.consumer == consumer;
    if (is_its && request.ended_at && (last == nullptr || *request.ended_at >= *last->ended_at)) {
      last = &request;
    }
  }
  return last != nullptr && last->state == SharingState::revoked;
}

}  // namespace sluice
