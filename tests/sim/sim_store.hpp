// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "tests/sim/probes.hpp"
#include "tests/sim/random.hpp"
#include "tests/sim/sim_database.hpp"

namespace sluice::sim {

/// What the way to the database is like.
struct StoreWeather {
  Duration now{};                     ///< The world's.
  bool away = false;                  ///< Nothing gets through.
  std::uint64_t unavailable = 0;      ///< Per mille of calls that do not reach it.
  std::uint64_t unknown = 0;          ///< Per mille of writes whose answer is lost.
  std::uint64_t twice = 0;            ///< Per mille of saves that arrive twice.
  std::optional<TenantId> refused{};  ///< Nothing of this one is taken.
};

/// A connection to the database that loses calls and answers.
///
/// Role       A call may fail before it reaches the database; a write may be done or not while
///            nobody knows which; a save may still be under way when its sender has given it up, or
///            arrive twice.
/// Threading  Confined.
/// Ownership  Borrows all.
/// Units      None.
/// Errors     As `Store`.
class SimStore final : public Store {
public:
  SimStore(SimDatabase& database, const StoreWeather& weather, Random& random, Probes& probes)
      : database_(database), weather_(weather), random_(random), probes_(probes) {}

  [[nodiscard]] Result<ShardCount> shards() override { return database_.shards(); }
  [[nodiscard]] Result<MeterTable> meters() override { return default_meters(); }
  [[nodiscard]] Result<Meter> define_meter(const Deed&, std::string_view,
                                           std::string_view) override {
    return Fault{FaultCode::limit_exceeded, "the simulation keeps the default meters"};
  }
  [[nodiscard]] Result<Ownership> acquire(const Claim& claim) override;
  [[nodiscard]] Result<Done> renew(Epoch epoch) override;
  [[nodiscard]] Result<Done> release(Epoch epoch) override;
  [[nodiscard]] Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) override;
  [[nodiscard]] Result<std::optional<TenantId>> resolve(std::string_view) override {
    return std::optional<TenantId>{};
  }
  [[nodiscard]] Result<TenantPage> list(const TenantQuery&) override { return TenantPage{}; }
  [[nodiscard]] Result<std::vector<TierCount>> tenant_counts() override {
    return std::vector<TierCount>{};
  }
  [[nodiscard]] Result<std::vector<DueTenant>> due(const DueQuery&) override {
    return std::vector<DueTenant>{};
  }
  [[nodiscard]] Result<Done> change_members(const Deed&, const MemberChange&) override {
    return Fault{FaultCode::limit_exceeded, "the simulation has no members"};
  }
  [[nodiscard]] Result<MemberPage> members(const MemberQuery&) override { return MemberPage{}; }
  [[nodiscard]] Result<std::optional<Member>> member(TenantId, std::string_view) override {
    return std::optional<Member>{};
  }
  [[nodiscard]] Result<TenantsOfPage> tenants_of(const TenantsOfQuery&) override {
    return TenantsOfPage{};
  }
  [[nodiscard]] Result<Done> create(const Deed& deed, const TenantDefinition& definition) override;
  [[nodiscard]] Result<Done> replace(const Deed& deed, const TenantDefinition& definition) override;
  [[nodiscard]] Result<Done> remove(const Deed& deed, TenantId id) override;
  [[nodiscard]] Result<Done> save(const SaveBatch& batch) override;
  [[nodiscard]] Result<std::vector<UsagePoint>> usage(const UsageQuery&) override {
    return std::vector<UsagePoint>{};
  }
  [[nodiscard]] Result<std::vector<ClosedWindow>> closed_windows(TenantId) override {
    return std::vector<ClosedWindow>{};
  }
  [[nodiscard]] Result<std::vector<ApiKey>> api_keys() override { return std::vector<ApiKey>{}; }
  [[nodiscard]] Result<Done> add_api_key(const Deed&, const ApiKey&) override {
    return Fault{FaultCode::limit_exceeded, "the simulation has no keys"};
  }
  [[nodiscard]] Result<Done> remove_api_key(const Deed&, KeyId) override {
    return Fault{FaultCode::not_found, "the simulation has no keys"};
  }
  [[nodiscard]] Result<TierCatalogue> tiers() override { return TierCatalogue{}; }
  [[nodiscard]] Result<Done> put_tier(const Deed&, const Tier&) override {
    return Fault{FaultCode::not_found, "the simulation has no tiers"};
  }
  [[nodiscard]] Result<Done> remove_tier(const Deed&, std::string_view) override {
    return Fault{FaultCode::not_found, "the simulation has no keys"};
  }
  [[nodiscard]] Result<Customised> customisation(TenantId) override { return Customised{}; }
  [[nodiscard]] Result<Done> change_customisation(const Deed&,
                                                  const CustomisationChange&) override {
    return Fault{FaultCode::not_found, "the simulation has no customisations"};
  }
  [[nodiscard]] Result<std::vector<HostedDomain>> hosted_domains() override {
    return std::vector<HostedDomain>{};
  }
  [[nodiscard]] Result<std::vector<HostedDomain>> pending_domains(WallTime, std::size_t) override {
    return std::vector<HostedDomain>{};
  }
  [[nodiscard]] Result<BooksProgress> books_progress() override;
  [[nodiscard]] Result<std::vector<GrantSpan>> grant_spans(const GrantSpanQuery& query) override;
  [[nodiscard]] Result<std::vector<SharingTerms>> sharing_terms(
      std::span<const PolicyId> policies) override;
  [[nodiscard]] Result<SharedUsePage> shared_uses(const SharedUseQuery&) override {
    return SharedUsePage{};
  }
  [[nodiscard]] Result<std::vector<SharedHourRow>> shared_usage(
      const SharedUsageQuery& query) override;
  [[nodiscard]] Result<Done> close_statements(Epoch epoch,
                                              const StatementClosing& closing) override;
  [[nodiscard]] Result<StatementPage> statements(const StatementQuery& query) override;
  [[nodiscard]] Result<std::vector<UnpaidPool>> unpaid_pools(const UnpaidQuery& query) override;
  [[nodiscard]] Result<std::vector<UnpaidLine>> unpaid_lines(const DuePayout& due, WallTime through,
                                                             std::size_t count_max) override;
  [[nodiscard]] Result<Done> pay_out(const Deed& deed, const Payout& payout,
                                     std::span<const UnpaidLine> lines) override;
  [[nodiscard]] Result<Payout> mark_payout_paid(const Deed&, const PayoutKey&, WallTime,
                                                std::string_view) override {
    return Fault{FaultCode::not_found, "the simulation pays nobody"};
  }
  [[nodiscard]] Result<PayoutPage> payouts(const PayoutQuery& query) override;
  [[nodiscard]] Result<std::vector<SharingPolicy>> policies() override;
  [[nodiscard]] Result<std::optional<SharingPolicy>> policy(PolicyId id) override;
  [[nodiscard]] Result<SharingPage> sharing_requests(const SharingQuery& query) override;
  [[nodiscard]] Result<std::optional<SharingRequest>> sharing_request(SharingId id) override;
  [[nodiscard]] Result<bool> was_revoked(PolicyId policy, TenantId consumer) override;
  [[nodiscard]] Result<Done> change_sharing(const SharedDeed& deed,
                                            const SharingChange& change) override;
  [[nodiscard]] Result<SharingDue> due_sharing(WallTime by, std::size_t count_max) override;
  [[nodiscard]] Result<std::optional<FoundListing>> listing(ListingId) override {
    return std::optional<FoundListing>{};
  }
  [[nodiscard]] Result<Done> change_listing(const Deed&, const ListingChange&) override {
    return Fault{FaultCode::not_found, "the simulation has no marketplace"};
  }
  [[nodiscard]] Result<ListingPage> search_listings(const ListingQuery&) override {
    return ListingPage{};
  }
  [[nodiscard]] Result<RaterStanding> rater(ListingId, TenantId) override {
    return RaterStanding{};
  }
  [[nodiscard]] Result<Done> change_rating(const Deed&, const RatingChange&) override {
    return Fault{FaultCode::not_found, "the simulation has no marketplace"};
  }
  [[nodiscard]] Result<RatingPage> ratings(const RatingQuery&) override { return RatingPage{}; }
  [[nodiscard]] Result<Done> record(const Deed&) override { return Done{}; }
  [[nodiscard]] Result<AuditPage> audit_page(const AuditQuery& query) override {
    return database_.audit().page(query);
  }
  [[nodiscard]] Result<AuditCheck> check_audit(TenantId chain,
                                               const std::optional<AuditMark>& from) override {
    return database_.audit().check(chain, from);
  }
  [[nodiscard]] Result<Done> forget_audit(Epoch, WallTime) override { return Done{}; }
  [[nodiscard]] Result<Done> raise(Epoch, std::span<const Alert>) override { return Done{}; }
  [[nodiscard]] Result<std::vector<Alert>> unplanned_alerts(std::size_t) override {
    return std::vector<Alert>{};
  }
  [[nodiscard]] Result<Done> plan_deliveries(Epoch, std::span<const AlertPlan>) override {
    return Done{};
  }
  [[nodiscard]] Result<std::vector<DueDelivery>> due_deliveries(const DueDeliveryQuery&) override {
    return std::vector<DueDelivery>{};
  }
  [[nodiscard]] Result<Done> settle_deliveries(Epoch, std::span<const Delivery>) override {
    return Done{};
  }
  [[nodiscard]] Result<AlertPage> alerts(const AlertQuery& query) override {
    return database_.alerts().page(query);
  }
  [[nodiscard]] Result<DeliveryPage> deliveries(const DeliveryQuery&) override {
    return DeliveryPage{};
  }
  [[nodiscard]] Result<std::uint32_t> send_again(const Deed&, AlertId,
                                                 std::optional<TenantId>) override {
    return Fault{FaultCode::not_found, "the simulation delivers nothing"};
  }
  [[nodiscard]] Result<bool> forget_alerts(Epoch, WallTime, std::size_t) override { return false; }
  [[nodiscard]] Result<std::vector<EndingTrial>> ending_trials(const TrialQuery&) override {
    return std::vector<EndingTrial>{};
  }
  [[nodiscard]] Result<std::vector<TopTenant>> top_tenants(const TopQuery&) override {
    return std::vector<TopTenant>{};
  }
  [[nodiscard]] Result<std::vector<UsagePoint>> usage_of_all(const PlatformUsageQuery&) override {
    return std::vector<UsagePoint>{};
  }
  [[nodiscard]] Result<BusyPage> busy_hours(const BusyQuery&) override { return BusyPage{}; }
  [[nodiscard]] Result<Rest> forget_usage(Epoch, const UsageForgetting&) override {
    return Rest::none;
  }

private:
  [[nodiscard]] bool gets_through();
  template <class T, class Read>
  Result<T> read(Read&& what);
  template <class T, class Act>
  Result<T> change(Probe done, Probe not_done, Act&& act);

  SimDatabase& database_;
  const StoreWeather& weather_;
  Random& random_;
  Probes& probes_;
};

}  // namespace sluice::sim
