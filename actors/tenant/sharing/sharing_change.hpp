// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// A request after one step of its state machine.
struct RequestStep {
  SharingRequest request{};
  std::optional<SharingState> from{};  ///< It must be there in this state; nothing: it is new.
  friend bool operator==(const RequestStep&, const RequestStep&) = default;
};

/// What the store has to write about sharing: all of it or nothing.
struct SharingChange {
  /// New if its version is the first; otherwise it stands after the version before.
  std::optional<SharingPolicy> put{};
  std::optional<PolicyId> removed{};
  std::vector<RequestStep> requests{};  ///< At most `requests_at_once_max`.
  /// With their next versions, and the grants that they hold then.
  std::vector<TenantDefinition> consumers{};
  /// Of the policy of the first request, which is approved: so many grants may stand then.
  std::optional<std::uint32_t> grants_max{};
  std::optional<PolicyId> swept{};  ///< It has expired and its grants have ended: not due any more.
  friend bool operator==(const SharingChange&, const SharingChange&) = default;
};
/// Requests that one transaction ends. A policy with more of them is removed in several.
inline constexpr std::size_t requests_at_once_max = 256;

/// What an owner wants of a policy. With the nil id, a new one.
struct PolicyWish {
  SharingPolicy policy{};
  std::optional<Version> expected{};  ///< Holds only for that version.
  /// How its revenue is divided stays: an owner alone cannot change what is the platform's.
  bool keeps_revenue = true;
};

/// From which side a request is looked at.
enum class SharingSide : std::uint8_t { owner, consumer };

/// Which requests of a tenant to list.
struct SharingQuery {
  TenantId tenant{};
  SharingSide side = SharingSide::owner;  ///< What the tenant is in them.
  std::optional<PolicyId> policy{};
  std::optional<SharingState> state{};
  bool open = false;                 ///< Only those that are pending or approved.
  std::optional<SharingId> after{};  ///< The cursor: list only ids above this one.
  std::size_t page_size = 50;        ///< 1 to `page_size_max`.
};
struct SharingPage {
  std::vector<SharingRequest> requests;  ///< In the order of their ids.
  bool more = false;
};

/// What time alone does to grants and policies.
struct SharingDue {
  std::vector<SharingRequest> grants;   ///< Approved, and their own end has passed.
  std::vector<SharingPolicy> policies;  ///< Their end has passed, and grants may stand.
};

/// Which policies to list: in the order of their ids, those above `after`.
struct PolicyQuery {
  TenantId tenant{};
  bool discover = false;  ///< What others let it ask for or use; otherwise its own.
  std::optional<ResourceType> type{};
  std::optional<PolicyId> after{};
  std::size_t page_size = 50;  ///< 1 to `page_size_max`.
};
struct PolicyPage {
  std::vector<SharingPolicy> policies;
  bool more = false;
};

}  // namespace sluice
