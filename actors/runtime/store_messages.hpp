// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/runtime/messages.hpp"
#include "actors/runtime/messages_usage.hpp"

/// The messages to those who talk to the store; as in messages.hpp.

namespace sluice {

// ---- To a reader of the store

struct Load {
  ShardHostActor host;  ///< Is sent `Loaded`.
  std::vector<TenantId> tenants;
};
struct Show {
  TenantId tenant;
  Caller<TenantDefinition> caller;
};
struct Resolve {
  std::string slug;
  Caller<TenantId> caller;
};
struct List {
  TenantQuery query;
  Caller<TenantPage> caller;
};
struct TellStored {
  TenantId tenant;
  EntryId after;  ///< Entries of higher ids; the nil id for the first page.
  Caller<StoredPage> caller;
};
struct ShowCustomisation {
  TenantId tenant;
  Caller<Customised> caller;
};

struct TellAlerts {
  AlertQuery query;
  Caller<AlertPage> caller;
};
struct TellDeliveries {
  DeliveryQuery query;
  Caller<DeliveryPage> caller;
};

struct SearchListings {
  ListingQuery query;
  Caller<ListingPage> caller;
};
/// The one that the query names, if whoever asks may see it.
struct ShowListing {
  ListingQuery query;
  Caller<FoundListing> caller;
};
struct TellRatings {
  RatingQuery query;
  Caller<RatingPage> caller;
};

struct TellMembers {
  MemberQuery query;
  Caller<MemberPage> caller;
};
struct TellTenantsOf {
  TenantsOfQuery query;
  Caller<TenantsOfPage> caller;
};
/// What the member may do, which is remembered.
struct TellPermissions {
  TenantId tenant;
  std::string user_id;
  Caller<PermissionSet> caller;
};

// ---- To the writer of the store; `host` is the owner of the tenant

struct Create {
  Author author;
  TenantDefinition draft;
  ShardHostActor host;
  Caller<TenantDefinition> caller;
  std::optional<Member> owner{};  ///< Id and email of its first one.
};
struct ChangeMembers {
  Author author;
  MemberWish wish;
  ShardHostActor host;
  std::shared_ptr<std::optional<Member>> told;  ///< Whom it was about; set before the answer.
  Caller<TenantDefinition> caller;
  std::uint32_t seats = 0;  ///< That were taken for it.
};
struct Amend {
  Author author;
  Amendment amendment;
  ShardHostActor host;
  Caller<TenantDefinition> caller;
};
struct Remove {
  Author author;
  TenantId tenant;
  std::optional<Version> expected;  ///< As of an amendment.
  ShardHostActor host;
  Caller<TenantDefinition> caller;
};
/// Bring the rows of a tenant to another place.
struct Move {
  Author author;
  TenantId tenant;
  std::optional<Version> expected;  ///< As of an amendment.
  Placement to;
  ShardHostActor host;
  Caller<TenantDefinition> caller;
  bool begun = false;  ///< The writer sends it to itself again.
};
/// See to the tenants to which time alone does something.
struct SeeToDue {
  std::function<ShardHostActor(TenantId)> host_of;
  std::function<void()> ended;       ///< Called once all that are due by now were seen.
  std::optional<DueTenant> after{};  ///< Those up to this one were.
};
struct DefineMeter {
  Author author;
  std::string name;
  std::string unit;
  Caller<Meter> caller;
};
struct AddKey {
  Author author;
  ApiKey key;
  Caller<ApiKey> caller;
};
struct RemoveKey {
  Author author;
  KeyId id;
  Caller<ApiKey> caller;
};
/// Record that somebody was refused; nobody waits for it.
struct RecordDenial {
  AuditDraft denial;  ///< In the platform's chain if there is no such tenant.
  Refusal why;
};
struct PutTier {
  Author author;
  Tier tier;
  std::optional<Version> expected;  ///< As of an amendment.
  Caller<Tier> caller;
};
struct RemoveTier {
  Author author;
  std::string name;
  Caller<Tier> caller;
};
/// Give some tenants of a tier what it has now.
struct ApplyTierTo {
  Author author;
  TierApplyQuery query;
  std::function<ShardHostActor(TenantId)> host_of;
  Caller<TierApplied> caller;
};
struct Customise {
  Author author;
  CustomisationWish wish;
  Caller<Customised> caller;
};
/// Deliver once more what could not be delivered of an alert; of a tenant's only, if one is given.
struct SendAgain {
  Author author;
  AlertId alert;
  std::optional<TenantId> tenant;
  Caller<std::uint32_t> caller;
};
/// Alert a webhook of a tenant, for somebody to see whether it works.
struct TestWebhook {
  Author author;
  TenantId tenant;
  std::string url;
  Caller<AlertId> caller;
};
struct ChangeListing {
  Author author;
  ListingWish wish;
  Caller<FoundListing> caller;
};
struct RateListing {
  Author author;
  RatingWish rating;
  bool withdraws;  ///< Takes away what the tenant gave; only the ids are looked at.
  Caller<Rating> caller;
};
/// Alert whom it concerns that a payment failed, or came in after all.
struct ReportPayment {
  Author author;
  PaymentReport report;
  Caller<AlertId> caller;
};
struct Flush {
  ShardHostActor host;  ///< Is sent `Flushed`.
  SaveBatch batch;
};

}  // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Load)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Show)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Resolve)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::List)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellStored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellMembers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellTenantsOf)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellPermissions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::ChangeMembers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::ShowCustomisation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellAlerts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellDeliveries)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::SendAgain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TestWebhook)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::ReportPayment)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Customise)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::SearchListings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::ShowListing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellRatings)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::ChangeListing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::RateListing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Create)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Amend)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Remove)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Move)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::SeeToDue)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::DefineMeter)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::AddKey)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::RemoveKey)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::PutTier)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::RemoveTier)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::ApplyTierTo)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::RecordDenial)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::Flush)

namespace sluice {

using StoreReaderActor = caf::typed_actor<
    caf::reacts_to<Load>, caf::reacts_to<Show>, caf::reacts_to<Resolve>, caf::reacts_to<List>,
    caf::reacts_to<TellStored>, caf::reacts_to<TellMembers>, caf::reacts_to<TellTenantsOf>,
    caf::reacts_to<TellPermissions>, caf::reacts_to<ShowCustomisation>, caf::reacts_to<TellAlerts>,
    caf::reacts_to<TellDeliveries>, caf::reacts_to<TellAccess>, caf::reacts_to<TellPolicies>,
    caf::reacts_to<TellStatements>, caf::reacts_to<TellPayouts>, caf::reacts_to<SearchListings>,
    caf::reacts_to<ShowListing>, caf::reacts_to<TellRatings>, caf::reacts_to<Retire>>;

using StoreWriterActor = caf::typed_actor<
    caf::reacts_to<Create>, caf::reacts_to<Amend>, caf::reacts_to<ChangeMembers>,
    caf::reacts_to<Remove>, caf::reacts_to<Move>, caf::reacts_to<SeeToDue>,
    caf::reacts_to<DefineMeter>, caf::reacts_to<AddKey>, caf::reacts_to<RemoveKey>,
    caf::reacts_to<PutTier>, caf::reacts_to<RemoveTier>, caf::reacts_to<ApplyTierTo>,
    caf::reacts_to<Customise>, caf::reacts_to<PutPolicy>, caf::reacts_to<RemovePolicy>,
    caf::reacts_to<ChangeAccess>, caf::reacts_to<SeeToBooks>, caf::reacts_to<MarkPayoutPaid>,
    caf::reacts_to<SendAgain>, caf::reacts_to<TestWebhook>, caf::reacts_to<ReportPayment>,
    caf::reacts_to<ChangeListing>, caf::reacts_to<RateListing>, caf::reacts_to<RecordDenial>,
    caf::reacts_to<ForgetUsage>, caf::reacts_to<Flush>, caf::reacts_to<Retire>>;

}  // namespace sluice
