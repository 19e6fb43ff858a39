// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "actors/tenant/store.hpp"
#include "bench/micro_tenants.hpp"

namespace sluice::bench {

/// A store in which every tenant of a load exists and nothing is kept: a host's own cost shows only
/// when no disk is behind it.
///
/// Threading  Confined, as every store.
/// Errors     Whatever a load does not ask for is `unavailable`.
class GeneratedStore final : public Store {
public:
  explicit GeneratedStore(LimitPreset preset) : pattern_(micro_tenant(preset, TenantIndex{0})) {}

  Result<ShardCount> shards() override { return ShardCount{256}; }
  Result<MeterTable> meters() override { return default_meters(); }
  Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) override {
    std::vector<TenantRecord> records;
    for (const TenantId id : ids) {
      records.push_back({pattern_, {}, {}, {}});
      records.back().definition.id = id;
    }
    return records;
  }
  Result<Ownership> acquire(const Claim& /*claim*/) override {
    return Ownership{Epoch{1}, std::vector<Watermark>(256)};
  }
  Result<Done> renew(Epoch /*epoch*/) override { return Done{}; }
  Result<Done> release(Epoch /*epoch*/) override { return Done{}; }
  Result<Done> save(const SaveBatch& /*batch*/) override { return Done{}; }

  Result<std::vector<UsagePoint>> usage(const UsageQuery& /*query*/) override { return refusal(); }
  Result<std::vector<ClosedWindow>> closed_windows(TenantId /*id*/) override { return refusal(); }
  Result<std::vector<ApiKey>> api_keys() override { return std::vector<ApiKey>{}; }
  Result<Done> add_api_key(const Deed& /*deed*/, const ApiKey& /*key*/) override {
    return refusal();
  }
  Result<Done> remove_api_key(const Deed& /*deed*/, KeyId /*id*/) override { return refusal(); }
  Result<TierCatalogue> tiers() override { return TierCatalogue{}; }
  Result<Done> put_tier(const Deed& /*deed*/, const Tier& /*tier*/) override { return refusal(); }
  Result<Done> remove_tier(const Deed& /*deed*/, std::string_view /*name*/) override {
    return refusal();
  }
  Result<Customised> customisation(TenantId /*tenant*/) override { return refusal(); }
  Result<Done> change_customisation(const Deed& /*deed*/,
                                    const CustomisationChange& /*change*/) override {
    return refusal();
  }
  Result<std::vector<HostedDomain>> hosted_domains() override {
    return std::vector<HostedDomain>{};
  }
  Result<std::vector<HostedDomain>> pending_domains(WallTime /*added_before*/,
                                                    std::size_t /*count_max*/) override {
    return std::vector<HostedDomain>{};
  }
  Result<BooksProgress> books_progress() override { return BooksProgress{}; }
  Result<std::vector<GrantSpan>> grant_spans(const GrantSpanQuery& /*query*/) override {
    return refusal();
  }
  Result<std::vector<SharingTerms>> sharing_terms(std::span<const PolicyId> /*policies*/) override {
    return refusal();
  }
  Result<SharedUsePage> shared_uses(const SharedUseQuery& /*query*/) override {
    return SharedUsePage{};
  }
  Result<std::vector<SharedHourRow>> shared_usage(const SharedUsageQuery& /*query*/) override {
    return refusal();
  }
  Result<Done> close_statements(Epoch /*epoch*/, const StatementClosing& /*closing*/) override {
    return refusal();
  }
  Result<StatementPage> statements(const StatementQuery& /*query*/) override { return refusal(); }
  Result<std::vector<UnpaidPool>> unpaid_pools(const UnpaidQuery& /*query*/) override {
    return refusal();
  }
  Result<std::vector<UnpaidLine>> unpaid_lines(const DuePayout& /*due*/, WallTime /*through*/,
                                               std::size_t /*count_max*/) override {
    return refusal();
  }
  Result<Done> pay_out(const Deed& /*deed*/, const Payout& /*payout*/,
                       std::span<const UnpaidLine> /*lines*/) override {
    return refusal();
  }
  Result<Payout> mark_payout_paid(const Deed& /*deed*/, const PayoutKey& /*key*/, WallTime /*at*/,
                                  std::string_view /*reference*/) override {
    return refusal();
  }
  Result<PayoutPage> payouts(const PayoutQuery& /*query*/) override { return refusal(); }
  Result<std::vector<SharingPolicy>> policies() override { return std::vector<SharingPolicy>{}; }
  Result<std::optional<SharingPolicy>> policy(PolicyId /*id*/) override { return refusal(); }
  Result<SharingPage> sharing_requests(const SharingQuery& /*query*/) override { return refusal(); }
  Result<std::optional<SharingRequest>> sharing_request(SharingId /*id*/) override {
    return refusal();
  }
  Result<Done> change_sharing(const SharedDeed& /*deed*/,
                              const SharingChange& /*change*/) override {
    return refusal();
  }
  Result<bool> was_revoked(PolicyId /*policy*/, TenantId /*consumer*/) override {
    return refusal();
  }
  Result<SharingDue> due_sharing(WallTime /*by*/, std::size_t /*count_max*/) override {
    return SharingDue{};
  }
  Result<std::optional<FoundListing>> listing(ListingId /*id*/) override { return refusal(); }
  Result<Done> change_listing(const Deed& /*deed*/, const ListingChange& /*change*/) override {
    return refusal();
  }
  Result<ListingPage> search_listings(const ListingQuery& /*query*/) override { return refusal(); }
  Result<RaterStanding> rater(ListingId /*listing*/, TenantId /*consumer*/) override {
    return refusal();
  }
  Result<Done> change_rating(const Deed& /*deed*/, const RatingChange& /*change*/) override {
    return refusal();
  }
  Result<RatingPage> ratings(const RatingQuery& /*query*/) override { return refusal(); }
  Result<Meter> define_meter(const Deed& /*deed*/, std::string_view /*name*/,
                             std::string_view /*unit*/) override {
    return refusal();
  }
  Result<std::optional<TenantId>> resolve(std::string_view /*slug*/) override { return refusal(); }
  Result<TenantPage> list(const TenantQuery& /*query*/) override { return refusal(); }
  Result<std::vector<TierCount>> tenant_counts() override { return std::vector<TierCount>{}; }
  Result<std::vector<DueTenant>> due(const DueQuery& /*query*/) override {
    return std::vector<DueTenant>{};
  }
  Result<Done> create(const Deed& /*deed*/, const TenantDefinition& /*definition*/) override {
    return refusal();
  }
  Result<Done> replace(const Deed& /*deed*/, const TenantDefinition& /*definition*/) override {
    return refusal();
  }
  Result<Done> remove(const Deed& /*deed*/, TenantId /*id*/) override { return refusal(); }
  Result<Done> change_members(const Deed& /*deed*/, const MemberChange& /*change*/) override {
    return refusal();
  }
  Result<MemberPage> members(const MemberQuery& /*query*/) override { return refusal(); }
  Result<std::optional<Member>> member(TenantId /*tenant*/, std::string_view /*user*/) override {
    return refusal();
  }
  Result<TenantsOfPage> tenants_of(const TenantsOfQuery& /*query*/) override { return refusal(); }
  Result<Done> record(const Deed& /*deed*/) override { return refusal(); }
  Result<AuditPage> audit_page(const AuditQuery& /*query*/) override { return refusal(); }
  Result<AuditCheck> check_audit(TenantId /*chain*/,
                                 const std::optional<AuditMark>& /*from*/) override {
    return refusal();
  }
  Result<Done> forget_audit(Epoch /*epoch*/, WallTime /*before*/) override { return Done{}; }
  Result<Done> raise(Epoch /*epoch*/, std::span<const Alert> /*alerts*/) override { return Done{}; }
  Result<std::vector<Alert>> unplanned_alerts(std::size_t /*count_max*/) override {
    return std::vector<Alert>{};
  }
  Result<Done> plan_deliveries(Epoch /*epoch*/, std::span<const AlertPlan> /*plans*/) override {
    return Done{};
  }
  Result<std::vector<DueDelivery>> due_deliveries(const DueDeliveryQuery& /*query*/) override {
    return std::vector<DueDelivery>{};
  }
  Result<Done> settle_deliveries(Epoch /*epoch*/,
                                 std::span<const Delivery> /*deliveries*/) override {
    return Done{};
  }
  Result<AlertPage> alerts(const AlertQuery& /*query*/) override { return refusal(); }
  Result<DeliveryPage> deliveries(const DeliveryQuery& /*query*/) override { return refusal(); }
  Result<std::uint32_t> send_again(const Deed& /*deed*/, AlertId /*alert*/,
                                   std::optional<TenantId> /*tenant*/) override {
    return refusal();
  }
  Result<bool> forget_alerts(Epoch /*epoch*/, WallTime /*before*/,
                             std::size_t /*count_max*/) override {
    return false;
  }
  Result<std::vector<EndingTrial>> ending_trials(const TrialQuery& /*query*/) override {
    return std::vector<EndingTrial>{};
  }
  Result<std::vector<TopTenant>> top_tenants(const TopQuery& /*query*/) override {
    return refusal();
  }
  Result<std::vector<UsagePoint>> usage_of_all(const PlatformUsageQuery& /*query*/) override {
    return refusal();
  }
  Result<BusyPage> busy_hours(const BusyQuery& /*query*/) override { return BusyPage{}; }
  Result<Rest> forget_usage(Epoch /*epoch*/, const UsageForgetting& /*what*/) override {
    return Rest::none;
  }

private:
  static Fault refusal() { return {FaultCode::unavailable, "a generated store only loads"}; }

  TenantDefinition pattern_;
};

}  // namespace sluice::bench
