// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/api_key.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// The audit: who changed what, when, from where and with which credential.
///
/// Each tenant has a chain of events, numbered from 1 without gaps; the nil id is the platform's
/// own. Every event holds the hash of the one before it and is hashed together with that, so an
/// event that was edited, put in or taken out shows. An event is written in the transaction of its
/// change: both survive or neither does.

/// What was done. The names are stored and never change; to add an action is to add its row.
enum class AuditAction : std::uint8_t {
  tenant_created,
  tenant_edited,
  tenant_converted,
  tenant_suspended,
  tenant_reactivated,
  tenant_deactivated,
  tenant_restored,
  tenant_purged,
  trial_ended,
  limit_put,
  limit_removed,
  override_put,
  override_removed,
  credit_given,
  credit_voided,
  credit_reset,
  key_created,
  key_revoked,
  meter_defined,
  access_denied,
  member_added,
  member_invited,
  invitation_accepted,
  member_role_changed,
  member_suspended,
  member_reactivated,
  member_removed,
  ownership_transferred,
  role_put,
  role_removed,
  tier_put,
  tier_removed,
  tier_changed,
  tier_applied,
  tier_taken,
  feature_set,
  feature_cleared,
  customisation_put,
  domain_added,
  domain_verified,
  domain_removed,
  tenant_moved,
  alert_sent_again,
  webhook_tested,
  policy_put,
  policy_removed,
  access_requested,
  access_approved,
  access_rejected,
  access_withdrawn,
  access_revoked,
  access_expired,
  payout_made,
  payout_paid,
  listing_put,
  listing_published,
  listing_unpublished,
  listing_featured,
  listing_removed,
  rating_put,
  rating_removed,
  payment_reported,
};

struct AuditActionName {
  AuditAction action;
  std::string_view name;
};
/// In the order of `AuditAction`.
inline constexpr std::array audit_action_names{
    AuditActionName{AuditAction::tenant_created, "tenant.created"},
    AuditActionName{AuditAction::tenant_edited, "tenant.edited"},
    AuditActionName{AuditAction::tenant_converted, "tenant.converted"},
    AuditActionName{AuditAction::tenant_suspended, "tenant.suspended"},
    AuditActionName{AuditAction::tenant_reactivated, "tenant.reactivated"},
    AuditActionName{AuditAction::tenant_deactivated, "tenant.deactivated"},
    AuditActionName{AuditAction::tenant_restored, "tenant.restored"},
    AuditActionName{AuditAction::tenant_purged, "tenant.purged"},
    AuditActionName{AuditAction::trial_ended, "trial.ended"},
    AuditActionName{AuditAction::limit_put, "limit.put"},
    AuditActionName{AuditAction::limit_removed, "limit.removed"},
    AuditActionName{AuditAction::override_put, "override.put"},
    AuditActionName{AuditAction::override_removed, "override.removed"},
    AuditActionName{AuditAction::credit_given, "credit.given"},
    AuditActionName{AuditAction::credit_voided, "credit.voided"},
    AuditActionName{AuditAction::credit_reset, "credit.reset"},
    AuditActionName{AuditAction::key_created, "key.created"},
    AuditActionName{AuditAction::key_revoked, "key.revoked"},
    AuditActionName{AuditAction::meter_defined, "meter.defined"},
    AuditActionName{AuditAction::access_denied, "access.denied"},
    AuditActionName{AuditAction::member_added, "member.added"},
    AuditActionName{AuditAction::member_invited, "member.invited"},
    AuditActionName{AuditAction::invitation_accepted, "invitation.accepted"},
    AuditActionName{AuditAction::member_role_changed, "member.role_changed"},
    AuditActionName{AuditAction::member_suspended, "member.suspended"},
    AuditActionName{AuditAction::member_reactivated, "member.reactivated"},
    AuditActionName{AuditAction::member_removed, "member.removed"},
    AuditActionName{AuditAction::ownership_transferred, "ownership.transferred"},
    AuditActionName{AuditAction::role_put, "role.put"},
    AuditActionName{AuditAction::role_removed, "role.removed"},
    AuditActionName{AuditAction::tier_put, "tier.put"},
    AuditActionName{AuditAction::tier_removed, "tier.removed"},
    AuditActionName{AuditAction::tier_changed, "tier.changed"},
    AuditActionName{AuditAction::tier_applied, "tier.applied"},
    AuditActionName{AuditAction::tier_taken, "tier.taken"},
    AuditActionName{AuditAction::feature_set, "feature.set"},
    AuditActionName{AuditAction::feature_cleared, "feature.cleared"},
    AuditActionName{AuditAction::customisation_put, "customisation.put"},
    AuditActionName{AuditAction::domain_added, "domain.added"},
    AuditActionName{AuditAction::domain_verified, "domain.verified"},
    AuditActionName{AuditAction::domain_removed, "domain.removed"},
    AuditActionName{AuditAction::tenant_moved, "tenant.moved"},
    AuditActionName{AuditAction::alert_sent_again, "alert.sent_again"},
    AuditActionName{AuditAction::webhook_tested, "webhook.tested"},
    AuditActionName{AuditAction::policy_put, "policy.put"},
    AuditActionName{AuditAction::policy_removed, "policy.removed"},
    AuditActionName{AuditAction::access_requested, "access.requested"},
    AuditActionName{AuditAction::access_approved, "access.approved"},
    AuditActionName{AuditAction::access_rejected, "access.rejected"},
    AuditActionName{AuditAction::access_withdrawn, "access.withdrawn"},
    AuditActionName{AuditAction::access_revoked, "access.revoked"},
    AuditActionName{AuditAction::access_expired, "access.expired"},
    AuditActionName{AuditAction::payout_made, "payout.made"},
    AuditActionName{AuditAction::payout_paid, "payout.paid"},
    AuditActionName{AuditAction::listing_put, "listing.put"},
    AuditActionName{AuditAction::listing_published, "listing.published"},
    AuditActionName{AuditAction::listing_unpublished, "listing.unpublished"},
    AuditActionName{AuditAction::listing_featured, "listing.featured"},
    AuditActionName{AuditAction::listing_removed, "listing.removed"},
    AuditActionName{AuditAction::rating_put, "rating.put"},
    AuditActionName{AuditAction::rating_removed, "rating.removed"},
    AuditActionName{AuditAction::payment_reported, "payment.reported"},
};
static_assert([] {
  for (std::size_t i = 0; i < audit_action_names.size(); ++i) {
    if (static_cast<std::size_t>(audit_action_names[i].action) != i) {
      return false;
    }
  }
  return true;
}());

[[nodiscard]] constexpr std::string_view to_string(AuditAction action) {
  return audit_action_names[static_cast<std::size_t>(action)].name;
}
[[nodiscard]] std::optional<AuditAction> parse_audit_action(std::string_view name);

/// Who asked for a change: what the credential and the connection say, never the request.
struct Author {
  std::string kind;        ///< "operator", "gateway", "member", "anonymous" or "system".
  std::string name;        ///< For people.
  std::string credential;  ///< Which credential it was; no secret.
  std::string address;     ///< Of the peer.
  friend bool operator==(const Author&, const Author&) = default;
};
/// The author of what time alone does, and of what the server does for itself.
[[nodiscard]] Author system_author();
/// The author on a server that asks for no credentials.
[[nodiscard]] Author anonymous_author(std::string address);

/// An event before it has its place in a chain.
struct AuditDraft {
  TenantId tenant{};  ///< Whose chain; nil: the platform's.
  WallTime at{};
  Author author{};
  AuditAction action = AuditAction::tenant_edited;
  std::string subject{};  ///< What of it: a limit's name, a key's id.
  std::string before{};   ///< What changed only, as JSON; empty if there was nothing.
  std::string after{};
  friend bool operator==(const AuditDraft&, const AuditDraft&) = default;
};
/// An event that waits for the store: that of a change which a journal has first.
struct AuditRow {
  EntryId change{};  ///< Tells it from every other, so that writing it twice is writing it once.
  AuditDraft what{};
  friend bool operator==(const AuditRow&, const AuditRow&) = default;
};
/// Of each text. What was different, but does not fit in there, is counted (audit_json.hpp).
inline constexpr std::size_t audit_text_bytes_max = 4096;

using AuditHash = std::array<std::byte, 32>;  ///< SHA-256.

/// A place in a chain: after the event with this number and hash; 0 is before the first.
struct AuditMark {
  std::uint64_t number = 0;
  AuditHash hash{};
  friend bool operator==(const AuditMark&, const AuditMark&) = default;
};

struct AuditEvent {
  AuditDraft what{};
  std::uint64_t number = 0;
  AuditHash previous{};  ///< Of the event before; of the first, zeros.
  AuditHash hash{};
  friend bool operator==(const AuditEvent&, const AuditEvent&) = default;
};

/// What the hash is of: all of the event but the hash itself, every text with its length before it,
/// numbers most significant byte first. Two events that differ have different bytes.
[[nodiscard]] std::string canonical_bytes(const AuditEvent& event);

using AuditHasher = AuditHash (*)(std::string_view bytes);

/// The event that comes next after `last`.
[[nodiscard]] AuditEvent chained(AuditDraft draft, const AuditMark& last, AuditHasher hash);

/// Where a chain does not hold.
struct AuditBreak {
  std::uint64_t number = 0;
  std::string what;  ///< Such as "event 7 was edited".
  friend bool operator==(const AuditBreak&, const AuditBreak&) = default;
};

/// Follows the chain from `through`, which is moved to the last event that holds; tells the first
/// that does not.
[[nodiscard]] std::optional<AuditBreak> first_break(AuditMark& through,
                                                    std::span<const AuditEvent> events,
                                                    AuditHasher hash);

/// What came of checking a part of a chain.
struct AuditCheck {
  AuditMark anchor;   ///< Before the first event that is kept; its hash is trusted.
  AuditMark through;  ///< Everything up to here holds.
  std::optional<AuditBreak> broken{};
  bool more = false;  ///< Whether there are events behind it.
};
inline constexpr std::size_t audit_checked_at_once = 1000;

/// The same of what a store holds: `events` come after `through`, and without `more` the chain must
/// end where the store says that it does.
[[nodiscard]] AuditCheck check_chain(const AuditMark& anchor, const AuditMark& last,
                                     AuditMark through, std::span<const AuditEvent> events,
                                     bool more, AuditHasher hash);

/// Of a tenant that is there, but has no chain: its creation was an event.
[[nodiscard]] AuditCheck check_of_no_chain();

/// Which events of a chain to tell, in the order of their numbers.
struct AuditQuery {
  TenantId tenant{};     ///< Nil: the platform's.
  std::string author{};  ///< A name or a credential; empty: all.
  std::optional<AuditAction> action{};
  WallTime from = WallTime::min();
  WallTime to = WallTime::max();  ///< Before this.
  std::uint64_t after = 0;        ///< The cursor: only higher numbers.
  std::size_t page_size = 50;     ///< 1 to `audit_page_size_max`.
  friend bool operator==(const AuditQuery&, const AuditQuery&) = default;
};
inline constexpr std::size_t audit_page_size_max = 500;

struct AuditPage {
  std::vector<AuditEvent> events;
  bool more = false;  ///< Whether there are events after the last one here.
  friend bool operator==(const AuditPage&, const AuditPage&) = default;
};

/// Whether this may be asked.
[[nodiscard]] Result<Done> validate(const AuditQuery& query);

}  // namespace sluice
