// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/tenant/api_key.hpp"
#include "actors/tenant/audit.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/customisation.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/explanation.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/outbox.hpp"
#include "actors/tenant/report.hpp"
#include "actors/tenant/resets.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/tenant.hpp"
#include "actors/tenant/tenant_tier.hpp"
#include "actors/tenant/tier.hpp"
#include "actors/tenant/usage.hpp"
#include "actors/tenant/what_if.hpp"
#include "protocol/sluice.capnp.h"

namespace sluice {

/// Translates between the wire and the tenant's types, in both directions, and is the only place
/// that reads foreign bytes: whatever the tenant's types cannot hold, and every text that is not
/// UTF-8 or too long, is refused here before anything else sees it. What a value means is checked
/// by `validate`. A fault names the field by its path on the wire, as in `limit.rule.rate.burst`.
///
/// Threading  Free functions; `CheckDecoder` belongs to one thread.
/// Ownership  What is decoded holds nothing of the message.
/// Errors     Faults; a message that breaks the encoding itself (a pointer out of bounds, more read
///            than the traversal limit) throws `kj::Exception` from any decoding function.
/// Cost       Checks are decoded into plain arrays that are used again, without allocation.

/// Longest text that is decoded; the tenant's own bounds are tighter.
inline constexpr std::size_t text_bytes_max = 1024;

/// Things that stay where they are until all of them are forgotten; the next ones have their
/// memory.
template <class Thing>
class Reused {
public:
  /// One more, with what is left in it of an earlier one.
  [[nodiscard]] Thing& next() {
    if (count_ == things_.size()) {
      things_.emplace_back();
    }
    return things_[count_++];
  }
  void clear() noexcept { count_ = 0; }
  /// For how many there is memory.
  [[nodiscard]] std::size_t kept() const noexcept { return things_.size(); }

private:
  std::deque<Thing> things_;
  std::size_t count_ = 0;
};

/// One decoded list of checks. Reused: `decode` forgets the list before.
class CheckDecoder {
public:
  /// Decodes the list and makes room for as many decisions. A check that is malformed gets the
  /// outcome `invalid` and a problem; the others are not affected. A fault if the list as a whole
  /// is too long.
  [[nodiscard]] Result<Done> decode(capnp::List<wire::Check>::Reader list);

  [[nodiscard]] std::span<const Check> checks() const { return {checks_.data(), count_}; }
  [[nodiscard]] std::span<Decision> decisions() { return {decisions_.data(), count_}; }
  /// Where the explanation of a check goes that asks for it; null for those beyond the first ones.
  /// Several threads may write, each those of its checks.
  static constexpr std::size_t explained_per_call_max = wire::EXPLAINED_PER_CALL_MAX;
  [[nodiscard]] Explanation* explanation_of(std::uint32_t index);

  /// Writes the decisions, with the problems of invalid checks: those that were found here, and
  /// those that a decision names.
  void encode(capnp::List<wire::Decision>::Builder out) const;
  /// How many words `encode` fills.
  [[nodiscard]] std::uint64_t encoded_words() const;
  /// Bytes held for the next list.
  [[nodiscard]] std::size_t bytes() const;

private:
  struct Problem {
    std::uint32_t index;
    std::string text;
  };

  struct Explained {
    std::uint32_t index;
    Explanation explanation{};
  };

  /// Of a check that is of a reservation: whether there are charges to decode.
  bool has_charges(std::uint32_t index, wire::Check::Reader in,
                   wire::Particulars::Reader particulars);
  void decode_charges(std::uint32_t index, wire::Check::Reader in);
  /// All of a check that has something beside its charges, or should have.
  void decode_particulars(std::uint32_t index, wire::Check::Reader in);
  void decode_labels(std::uint32_t index, capnp::List<wire::Label>::Reader list);
  /// A copy that stays for this list.
  std::string_view kept(std::string_view text);
  void refuse(std::uint32_t index, std::string text);
  /// Room for so many charges, while those of so many checks stand already.
  void make_room(std::size_t charges, std::uint32_t decoded);

  // Beyond `count_` and `charge_count_` stands what earlier lists left: never made anew, because
  // clearing it would cost as much as decoding.
  std::size_t count_ = 0;
  std::size_t charge_count_ = 0;
  std::vector<Check> checks_;
  std::vector<Charge> charges_;
  std::vector<Decision> decisions_;
  std::vector<Problem> problems_;
  std::vector<Explained> explained_;  ///< Ascending by index.
  Reused<std::array<Label, labels_per_check_max>> labels_;
  Reused<std::string> texts_;
  Reused<SharedUse> uses_;
};

/// The client's side of the same. A check needs at least one charge, unless its mode may do
/// without, or it names a policy; then the meter of the first must not be zero, because that says
/// that there are none.
void encode_check(const Check& check, wire::Check::Builder out);
/// How many words it fills beside its own place in the list.
[[nodiscard]] std::uint64_t further_words_of(const Check& check);
[[nodiscard]] Result<Decision> decode_decision(wire::Decision::Reader in);
/// The problem of an `invalid` decision, otherwise empty.
[[nodiscard]] Result<std::string> decode_problem(wire::Decision::Reader in);

/// How many words it fills beside its own pointer or place.
[[nodiscard]] std::uint64_t words_of(const Explanation& explanation);
void encode_explanation(const Explanation& explanation, wire::Explanation::Builder out);
[[nodiscard]] Result<Explanation> decode_explanation(wire::Explanation::Reader in,
                                                     std::string_view path);
void encode_explanations(const std::vector<Explanation>& explanations,
                         wire::Explanations::Builder out);
[[nodiscard]] Result<std::vector<Explanation>> decode_explanations(wire::Explanations::Reader in);
/// All but the tenant, which the wire has by its name.
[[nodiscard]] Result<ExplanationQuery> decode_explanation_query(
    wire::TenantAdmin::ExplainParams::Reader in);
void encode_explanation_query(const ExplanationQuery& query,
                              wire::TenantAdmin::ExplainParams::Builder out);

[[nodiscard]] TenantId decode_id(wire::TenantId::Reader in);
void encode_id(TenantId id, wire::TenantId::Builder out);

/// A tenant, by id or by slug.
using TenantName = std::variant<TenantId, std::string>;
[[nodiscard]] Result<TenantName> decode_ref(wire::TenantRef::Reader in);
void encode_ref(const TenantName& tenant, wire::TenantRef::Builder out);

[[nodiscard]] Result<Override> decode_override(wire::Override::Reader in, std::string_view path);
void encode_override(const Override& instead, wire::Override::Builder out);
[[nodiscard]] Result<Limit> decode_limit(wire::Limit::Reader in, std::string_view path);
void encode_limit(const Limit& limit, wire::Limit::Builder out);

/// Those of a tenant or a tier.
[[nodiscard]] Result<std::vector<Limit>> decode_limits(capnp::List<wire::Limit>::Reader in,
                                                       std::string_view path);
void encode_limits(const std::vector<Limit>& limits, capnp::List<wire::Limit>::Builder out);

[[nodiscard]] Result<Feature> decode_feature(wire::Feature::Reader in, std::string_view path);
void encode_feature(const Feature& feature, wire::Feature::Builder out);
/// In the order of their names.
/// A fault names the field by its path.
[[nodiscard]] Result<Placement> decode_placement(wire::Placement::Reader in,
                                                 const std::string& path);
void encode_placement(const Placement& placement, wire::Placement::Builder out);
[[nodiscard]] Result<Features> decode_features(capnp::List<wire::Feature>::Reader in,
                                               std::string_view path);
void encode_features(const Features& features, capnp::List<wire::Feature>::Builder out);
/// An upper bound of what they fill.
[[nodiscard]] std::uint64_t words_of(const Features& features);

[[nodiscard]] Result<Tier> decode_tier(wire::Tier::Reader in);
void encode_tier(const Tier& tier, wire::Tier::Builder out);
[[nodiscard]] Result<TierCatalogue> decode_tiers(wire::TierList::Reader in);
void encode_tiers(const TierCatalogue& tiers, wire::TierList::Builder out);
[[nodiscard]] Result<ChangeTier> decode_change_tier(wire::Operator::ChangeTierParams::Reader in);
void encode_change_tier(const ChangeTier& change, wire::Operator::ChangeTierParams::Builder out);
[[nodiscard]] Result<TierChanged> decode_tier_changed(wire::TierChanged::Reader in);
void encode_tier_changed(const TierChanged& changed, wire::TierChanged::Builder out);
[[nodiscard]] Result<TierApplyQuery> decode_apply_tier(wire::Operator::ApplyTierParams::Reader in);
void encode_apply_tier(const TierApplyQuery& query, wire::Operator::ApplyTierParams::Builder out);
[[nodiscard]] Result<TierApplied> decode_tier_applied(wire::TierApplied::Reader in);
void encode_tier_applied(const TierApplied& applied, wire::TierApplied::Builder out);

[[nodiscard]] Result<TenantFeatures> decode_tenant_features(wire::TenantFeatures::Reader in);
void encode_tenant_features(const TenantFeatures& features, wire::TenantFeatures::Builder out);

/// Fills in the defaults; an id of zero stays zero.
[[nodiscard]] Result<TenantDefinition> decode_draft(wire::TenantDraft::Reader in);
void encode_draft(const TenantDefinition& draft, wire::TenantDraft::Builder out);

/// An empty text in an edit cannot be told from one that is not there, but for the region and what
/// is in `billing`, which may be taken away.
[[nodiscard]] Result<EditTenant> decode_edit(wire::TenantDraft::Reader in);
void encode_edit(const EditTenant& edit, wire::TenantDraft::Builder out);

[[nodiscard]] Result<Lifecycle> decode_life(wire::Lifecycle::Reader in, std::string_view path);
void encode_life(const Lifecycle& life, wire::Lifecycle::Builder out);
[[nodiscard]] Result<Billing> decode_billing(wire::Billing::Reader in, std::string_view path);
void encode_billing(const Billing& billing, wire::Billing::Builder out);
/// `EndTrial` and `EndGrace` have no place on the wire: time does it. Neither have payments, which
/// are reported.
[[nodiscard]] Result<LifeEvent> decode_life_event(wire::LifeEvent::Reader in);
void encode_life_event(const LifeEvent& event, wire::LifeEvent::Builder out);

/// All but `last_limit_id` and `shares`, which stay with the server.
[[nodiscard]] Result<TenantDefinition> decode_tenant(wire::Tenant::Reader in);
void encode_tenant(const TenantDefinition& tenant, wire::Tenant::Builder out);

[[nodiscard]] Result<TenantQuery> decode_query(wire::Operator::ListTenantsParams::Reader in);
void encode_query(const TenantQuery& query, wire::Operator::ListTenantsParams::Builder out);
[[nodiscard]] Result<TenantPage> decode_page(wire::TenantPage::Reader in);
void encode_page(const TenantPage& page, wire::TenantPage::Builder out);
/// Leaves only as many tenants in the page as fit into so many words, but one at least.
void cut_page(TenantPage& page, std::uint64_t words_max);

/// A page fits into a frame.
[[nodiscard]] Result<StoredPage> decode_stored(wire::StoredPage::Reader in);
void encode_stored(const StoredPage& page, wire::StoredPage::Builder out);

[[nodiscard]] Result<LimitUsage> decode_limit_usage(wire::LimitUsage::Reader in);
void encode_limit_usage(const LimitUsage& usage, wire::LimitUsage::Builder out);

[[nodiscard]] Result<GrantTerms> decode_grant_terms(wire::GrantTerms::Reader in,
                                                    std::string_view path);
void encode_grant_terms(const GrantTerms& terms, wire::GrantTerms::Builder out);
/// All but its digest, its limit and what history has of it, which stay with the server.
[[nodiscard]] Result<Grant> decode_grant(wire::Grant::Reader in, std::string_view path);
void encode_grant(const Grant& grant, wire::Grant::Builder out);
[[nodiscard]] Result<CreditReport> decode_credit_report(wire::CreditReport::Reader in);
void encode_credit_report(const CreditReport& report, wire::CreditReport::Builder out);

/// What an operator wants of credit. Who keeps it points `change` at the name of the limit.
struct CreditRequest {
  EntryId id{};         ///< Of the grant; none of a reset.
  std::string limit{};  ///< Empty for a grant that is voided.
  CreditChange change{};
};
[[nodiscard]] Result<CreditRequest> decode_give(wire::Operator::GiveCreditParams::Reader in);
void encode_give(EntryId id, const GiveCredit& give, wire::Operator::GiveCreditParams::Builder out);
[[nodiscard]] Result<CreditRequest> decode_void(wire::Operator::VoidCreditParams::Reader in);
void encode_void(EntryId id, wire::Operator::VoidCreditParams::Builder out);
[[nodiscard]] Result<CreditRequest> decode_reset(wire::Operator::ResetCreditParams::Reader in);
void encode_reset(const ResetCredit& reset, wire::Operator::ResetCreditParams::Builder out);

/// All but the tenant, which the wire has by its name.
[[nodiscard]] Result<UsageQuery> decode_usage_query(wire::TenantAdmin::HistoryParams::Reader in);
void encode_usage_query(const UsageQuery& query, wire::TenantAdmin::HistoryParams::Builder out);
/// As many as there can be fit into a frame.
[[nodiscard]] Result<std::vector<UsagePoint>> decode_history(wire::UsageHistory::Reader in);
void encode_history(const std::vector<UsagePoint>& points, wire::UsageHistory::Builder out);
[[nodiscard]] Result<std::vector<ClosedWindow>> decode_windows(wire::ClosedWindows::Reader in);
void encode_windows(const std::vector<ClosedWindow>& windows, wire::ClosedWindows::Builder out);
[[nodiscard]] Result<ResetPreview> decode_resets(wire::Resets::Reader in);
void encode_resets(const ResetPreview& preview, wire::Resets::Builder out);

/// All but the tenant, which the wire has by its name.
[[nodiscard]] Result<WhatIfQuery> decode_what_if_query(wire::TenantAdmin::WhatIfParams::Reader in);
void encode_what_if_query(const WhatIfQuery& query, wire::TenantAdmin::WhatIfParams::Builder out);
/// As many rows as there can be fit into a frame.
[[nodiscard]] Result<WhatIfPage> decode_what_if_page(wire::WhatIfPage::Reader in);
void encode_what_if_page(const WhatIfPage& page, wire::WhatIfPage::Builder out);

[[nodiscard]] Result<Meter> decode_meter(wire::Meter::Reader in);
void encode_meter(const Meter& meter, wire::Meter::Builder out);
[[nodiscard]] Result<MeterTable> decode_meters(capnp::List<wire::Meter>::Reader in);
void encode_meters(const MeterTable& meters, capnp::List<wire::Meter>::Builder out);

/// What somebody wants of a key: without id, hash and the time it was made.
[[nodiscard]] Result<ApiKey> decode_key_draft(wire::ApiKey::Reader in);
/// All but its hash, which stays with the server.
[[nodiscard]] Result<ApiKey> decode_key(wire::ApiKey::Reader in);
void encode_key(const ApiKey& key, wire::ApiKey::Builder out);

[[nodiscard]] Result<AuditQuery> decode_audit_query(wire::TenantAdmin::AuditTrailParams::Reader in);
void encode_audit_query(const AuditQuery& query, wire::TenantAdmin::AuditTrailParams::Builder out);
[[nodiscard]] Result<AuditPage> decode_audit_page(wire::AuditPage::Reader in);
void encode_audit_page(const AuditPage& page, wire::AuditPage::Builder out);
/// Ends the page before it takes more words than that; it keeps one event at the least.
void cut_audit_page(AuditPage& page, std::uint64_t words_max);
[[nodiscard]] Result<AuditCheck> decode_audit_check(wire::AuditCheck::Reader in);
void encode_audit_check(const AuditCheck& check, wire::AuditCheck::Builder out);

[[nodiscard]] Result<AlertQuery> decode_alert_query(wire::TenantAdmin::ListAlertsParams::Reader in);
void encode_alert_query(const AlertQuery& query, wire::TenantAdmin::ListAlertsParams::Builder out);
/// Conditions stay with the server.
[[nodiscard]] Result<AlertPage> decode_alert_page(wire::AlertPage::Reader in);
void encode_alert_page(const AlertPage& page, wire::AlertPage::Builder out);
[[nodiscard]] Result<DeliveryQuery> decode_delivery_query(
    wire::TenantAdmin::AlertDeliveriesParams::Reader in);
void encode_delivery_query(const DeliveryQuery& query,
                           wire::TenantAdmin::AlertDeliveriesParams::Builder out);
/// So does what alerts say.
[[nodiscard]] Result<DeliveryPage> decode_delivery_page(wire::AlertDeliveryPage::Reader in);
void encode_delivery_page(const DeliveryPage& page, wire::AlertDeliveryPage::Builder out);
[[nodiscard]] Result<AlertId> decode_alert_id(capnp::Text::Reader in, std::string_view field);
/// End the page before it takes more words than that; they keep one alert at the least.
void cut_alert_page(AlertPage& page, std::uint64_t words_max);
void cut_delivery_page(DeliveryPage& page, std::uint64_t words_max);

struct ApiKeyPage {
  std::vector<ApiKey> keys;  ///< In the order of their ids.
  bool more = false;         ///< Whether there are keys after the last one here.
};
[[nodiscard]] Result<ApiKeyPage> decode_key_page(wire::ApiKeyPage::Reader in);
void encode_key_page(const ApiKeyPage& page, wire::ApiKeyPage::Builder out);
/// Those above `after`, as many as asked and as fit into so many words, but one at least.
[[nodiscard]] ApiKeyPage page_of(std::vector<ApiKey> keys, KeyId after, std::size_t page_size,
                                 std::uint64_t words_max);

[[nodiscard]] Result<Member> decode_member(wire::Member::Reader in);
void encode_member(const Member& member, wire::Member::Builder out);
[[nodiscard]] Result<MemberEvent> decode_new_member(wire::TenantAdmin::AddMemberParams::Reader in);
[[nodiscard]] Result<MemberEvent> decode_member_change(
    wire::TenantAdmin::ChangeMemberParams::Reader in);
[[nodiscard]] Result<MemberQuery> decode_member_query(
    wire::TenantAdmin::ListMembersParams::Reader in);
void encode_member_query(const MemberQuery& query,
                         wire::TenantAdmin::ListMembersParams::Builder out);
/// As many rows as there can be fit into a frame.
[[nodiscard]] Result<MemberPage> decode_member_page(wire::MemberPage::Reader in);
void encode_member_page(const MemberPage& page, wire::MemberPage::Builder out);
[[nodiscard]] Result<CustomRole> decode_role(wire::Role::Reader in);
void encode_role(const CustomRole& role, wire::Role::Builder out);
[[nodiscard]] Result<std::vector<CustomRole>> decode_roles(wire::Roles::Reader in);
void encode_roles(const std::vector<CustomRole>& of, wire::Roles::Builder out);
[[nodiscard]] Result<TenantsOfQuery> decode_tenants_of_query(
    wire::TenantAdmin::TenantsOfParams::Reader in);
[[nodiscard]] Result<TenantsOfPage> decode_tenants_of(wire::TenantsOfPage::Reader in);
void encode_tenants_of(const TenantsOfPage& page, wire::TenantsOfPage::Builder out);
/// Of a draft; nothing if it names nobody.
[[nodiscard]] Result<std::optional<Member>> decode_owner(wire::TenantDraft::Reader in);
void encode_owner(const Member& owner, wire::TenantDraft::Builder out);

/// The parts of a change, and the version that it expects; on the wire 0 takes any.
[[nodiscard]] Result<PutCustomisation> decode_put_customisation(
    wire::TenantAdmin::PutCustomisationParams::Reader in);
void encode_put_customisation(const PutCustomisation& put,
                              wire::TenantAdmin::PutCustomisationParams::Builder out);
/// Without the secrets of webhooks, which stay with the server.
[[nodiscard]] Result<Customised> decode_customised(wire::Customisation::Reader in);
void encode_customised(const Customised& customised, wire::Customisation::Builder out);

[[nodiscard]] Result<FoundListing> decode_listing(wire::Listing::Reader in);
void encode_listing(const FoundListing& found, wire::Listing::Builder out);
/// Without the owner, whom the wire names as a tenant. A listing without an id is a new one.
[[nodiscard]] Result<ListingWish> decode_put_listing(
    wire::TenantAdmin::PutListingParams::Reader in);
/// Of an `AddListing` or an `EditListing`.
void encode_put_listing(const ListingWish& wish, wire::TenantAdmin::PutListingParams::Builder out);
/// Without the tenant that asks.
[[nodiscard]] Result<ListingQuery> decode_listing_search(wire::ListingSearch::Reader in);
/// `text` is what the words of the query are made of.
void encode_listing_search(const ListingQuery& query, std::string_view text,
                           wire::ListingSearch::Builder out);
/// The place of `next` is one in the order of `sort`.
[[nodiscard]] Result<ListingPage> decode_listing_page(ListingSort sort,
                                                      wire::ListingPage::Reader in);
void encode_listing_page(ListingSort sort, const ListingPage& page, wire::ListingPage::Builder out);
[[nodiscard]] Result<ListingId> decode_listing_id(capnp::Text::Reader in);
[[nodiscard]] Result<Rating> decode_rating(wire::Rating::Reader in);
void encode_rating(const Rating& rating, wire::Rating::Builder out);
/// Without the tenant that rates.
[[nodiscard]] Result<RatingWish> decode_rate_listing(
    wire::TenantAdmin::RateListingParams::Reader in);
/// Without the tenant that asks.
[[nodiscard]] Result<RatingQuery> decode_rating_query(
    wire::TenantAdmin::ListRatingsParams::Reader in);
/// A page fits into a frame.
[[nodiscard]] Result<RatingPage> decode_rating_page(wire::RatingPage::Reader in);
void encode_rating_page(const RatingPage& page, wire::RatingPage::Builder out);

[[nodiscard]] Result<ServerStatus> decode_status(wire::Status::Reader in);
void encode_status(const ServerStatus& status, wire::Status::Builder out);

[[nodiscard]] Fault decode_fault(wire::Fault::Reader in);
void encode_fault(const Fault& fault, wire::Fault::Builder out);

/// A text at most so long; a fault names `path` if it is longer, not UTF-8, or holds a zero byte.
[[nodiscard]] Result<std::string> decode_text(capnp::Text::Reader in, std::string_view path,
                                              std::size_t bytes_max = text_bytes_max);

}  // namespace sluice
