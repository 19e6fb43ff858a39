// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/statement.hpp"

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

/// From when to when the grant stood that came of the request; nothing if there was none.
[[nodiscard]] inline std::optional<GrantSpan> span_of(const SharingRequest& request) {
  if (request.state != SharingState::approved && request.state != SharingState::revoked &&
      request.state != SharingState::expired) {
    return std::nullopt;
  }
  GrantSpan span{
      request.id,      request.policy, request.owner, request.consumer, request.decided_at.value(),
      request.ended_at};
  if (request.expires_at) {
    span.ended_at = std::min(span.ended_at.value_or(*request.expires_at), *request.expires_at);
  }
  return span;
}

}  // namespace sluice
