// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/peer_address.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"
#include "actors/tenant/standing.hpp"
#include "actors/tenant/tier.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Who gets access to what is shared, and how he loses it. Pure.
///
///   (none)    asked for                     pending; approved if the policy asks for no approval
///   pending   the owner approves            approved: the consumer has a grant of the same id
///   pending   the owner rejects             rejected
///   pending   the consumer withdraws        withdrawn
///   approved  the owner revokes             revoked: the grant is gone
///   approved  its end, or the policy's      expired: the same
///
/// Everything else is refused and changes nothing. After an end the consumer may ask again; of one
/// policy it has one open request at most. Whose access was revoked has it again only if the owner
/// approves a new request, whatever the policy asks for, and not by a first use.

/// Why access is asked for.
enum class AccessOccasion : std::uint8_t {
  request,
  first_use,  ///< Of a public policy, by the consumer's host, which has looked at the use.
  peek,       ///< What a first use would bring. Nothing is changed.
};

/// The consumer asks.
struct RequestAccess {
  SharingId id{};  ///< Of the request; a new UUIDv7.
  TenantId consumer{};
  PolicyId policy{};
  SharePermissions permissions{};  ///< None: all that the policy gives.
  std::string message{};
  std::optional<PeerAddress> peer{};  ///< From where it asks, if that is known.
  AccessOccasion occasion = AccessOccasion::request;
};
/// The owner decides.
struct ApproveAccess {
  TenantId owner{};
  SharingId id{};
  SharePermissions permissions{};  ///< Fewer than were asked for; none: as many.
  std::optional<WallTime> expires_at{};
  std::string reason{};
};
struct RejectAccess {
  TenantId owner{};
  SharingId id{};
  std::string reason{};
};
/// The consumer thinks better of it.
struct WithdrawAccess {
  TenantId consumer{};
  SharingId id{};
};
/// The owner takes it back.
struct RevokeAccess {
  TenantId owner{};
  SharingId id{};
  std::string reason{};
};
using AccessWish =
    std::variant<RequestAccess, ApproveAccess, RejectAccess, WithdrawAccess, RevokeAccess>;

/// What a wish about a request that is there is about: who acts, and from which side. What it
/// names of others' is as if it were not there.
struct AccessActor {
  TenantId tenant{};
  SharingSide side = SharingSide::owner;
};
[[nodiscard]] AccessActor actor_of(const AccessWish& wish);

/// A step that may be made, with what the audit says of it in both chains.
struct AccessStep {
  SharingRequest after{};
  SharingChange change{};
  std::vector<AuditDraft> audit{};
};

/// What is so of who shares and who asks when somebody asks.
struct AccessParties {
  const SharingPolicy* policy = nullptr;  ///< Null: there is none, or it is another one.
  const TenantDefinition& consumer;
  Standing owner{};
  bool was_revoked = false;  ///< The last access that the consumer had by this policy.
};
[[nodiscard]] Result<AccessStep> request_access(const AccessParties& parties,
                                                const RequestAccess& wish,
                                                const TierCatalogue& tiers, WallTime now);
/// The other steps, of the request that the wish names. `policy` is null if it is gone.
[[nodiscard]] Result<AccessStep> decide_access(const SharingRequest& request,
                                               const SharingPolicy* policy,
                                               const TenantDefinition& consumer,
                                               const AccessWish& wish, const TierCatalogue& tiers,
                                               WallTime now);
/// What time does: its own end, or that of its policy, has passed; `conflict` if neither has.
[[nodiscard]] Result<AccessStep> expire_access(const SharingRequest& request,
                                               const SharingPolicy* policy,
                                               const TenantDefinition& consumer, WallTime now);
/// What the end of a policy does to a request that is open: it is revoked, or rejected.
[[nodiscard]] AccessStep end_access(const SharingRequest& request, const TenantDefinition& consumer,
                                    std::string_view reason, WallTime now);
/// Several steps as one.
void join(AccessStep& all, AccessStep one);

/// The answer to whoever names what is not there, or not his.
[[nodiscard]] Fault no_request(SharingId id);

}  // namespace sluice
