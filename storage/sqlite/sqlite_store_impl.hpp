// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "actors/tenant/store.hpp"
#include "storage/sqlite/alert_statements.hpp"
#include "storage/sqlite/audit_statements.hpp"
#include "storage/sqlite/books_statements.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/customisation_statements.hpp"
#include "storage/sqlite/entry_statements.hpp"
#include "storage/sqlite/key_statements.hpp"
#include "storage/sqlite/listing_statements.hpp"
#include "storage/sqlite/member_statements.hpp"
#include "storage/sqlite/ownership_statements.hpp"
#include "storage/sqlite/rating_statements.hpp"
#include "storage/sqlite/shared_hours.hpp"
#include "storage/sqlite/sharing_statements.hpp"
#include "storage/sqlite/spending_statements.hpp"
#include "storage/sqlite/sqlite_fault.hpp"
#include "storage/sqlite/statements.hpp"
#include "storage/sqlite/tier_statements.hpp"
#include "storage/sqlite/usage_statements.hpp"
#include "storage/sqlite/value_statements.hpp"

namespace sluice {

/// The store on one connection to a file: alerts are in sqlite_alerts.cpp, customisations in
/// sqlite_customisation.cpp, sharing in sqlite_sharing.cpp, its money in sqlite_books.cpp, the
/// marketplace in sqlite_listings.cpp, the rest in sqlite_store.cpp. As `Store` says.
class SqliteStore final : public Store {
public:
  SqliteStore(const std::string& path, std::chrono::milliseconds busy_timeout)
      : connection_(path, SqliteConnection::Missing::refuse, busy_timeout),
        statements_(connection_),
        ownership_(connection_),
        spending_(connection_),
        entries_(connection_),
        keys_(connection_),
        members_(connection_),
        tiers_(connection_),
        customisations_(connection_),
        sharing_(connection_),
        books_(connection_),
        shared_hours_(connection_),
        listings_(connection_),
        ratings_(connection_),
        audit_(connection_),
        alerts_(connection_),
        usage_(connection_),
        values_(connection_) {}

  Result<ShardCount> shards() override;
  Result<MeterTable> meters() override;
  Result<Meter> define_meter(const Deed& deed, std::string_view name,
                             std::string_view unit) override;
  Result<Ownership> acquire(const Claim& claim) override;
  Result<Done> renew(Epoch epoch) override;
  Result<Done> release(Epoch epoch) override;
  Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) override;
  Result<std::optional<TenantId>> resolve(std::string_view slug) override;
  Result<TenantPage> list(const TenantQuery& query) override;
  Result<std::vector<TierCount>> tenant_counts() override;
  Result<std::vector<DueTenant>> due(const DueQuery& query) override;
  Result<Done> change_members(const Deed& deed, const MemberChange& change) override;
  Result<MemberPage> members(const MemberQuery& query) override;
  Result<std::optional<Member>> member(TenantId tenant, std::string_view user_id) override;
  Result<TenantsOfPage> tenants_of(const TenantsOfQuery& query) override;
  Result<Done> create(const Deed& deed, const TenantDefinition& definition) override;
  Result<Done> replace(const Deed& deed, const TenantDefinition& definition) override;
  Result<Done> remove(const Deed& deed, TenantId id) override;
  Result<Done> save(const SaveBatch& batch) override;
  Result<std::vector<UsagePoint>> usage(const UsageQuery& query) override;
  Result<std::vector<ClosedWindow>> closed_windows(TenantId id) override;
  Result<std::vector<ApiKey>> api_keys() override;
  Result<Done> add_api_key(const Deed& deed, const ApiKey& key) override;
  Result<Done> remove_api_key(const Deed& deed, KeyId id) override;
  Result<TierCatalogue> tiers() override;
  Result<Done> put_tier(const Deed& deed, const Tier& tier) override;
  Result<Done> remove_tier(const Deed& deed, std::string_view name) override;
  Result<Customised> customisation(TenantId tenant) override;
  Result<Done> change_customisation(const Deed& deed, const CustomisationChange& change) override;
  Result<std::vector<HostedDomain>> hosted_domains() override;
  Result<std::vector<HostedDomain>> pending_domains(WallTime added_before,
                                                    std::size_t count_max) override;
  Result<std::vector<SharingPolicy>> policies() override;
  Result<std::optional<SharingPolicy>> policy(PolicyId id) override;
  Result<SharingPage> sharing_requests(const SharingQuery& query) override;
  Result<std::optional<SharingRequest>> sharing_request(SharingId id) override;
  Result<bool> was_revoked(PolicyId policy, TenantId consumer) override;
  Result<Done> change_sharing(const SharedDeed& deed, const SharingChange& change) override;
  Result<SharingDue> due_sharing(WallTime by, std::size_t count_max) override;
  Result<SharedUsePage> shared_uses(const SharedUseQuery& query) override;
  Result<std::vector<SharedHourRow>> shared_usage(const SharedUsageQuery& query) override;
  Result<BooksProgress> books_progress() override;
  Result<std::vector<GrantSpan>> grant_spans(const GrantSpanQuery& query) override;
  Result<std::vector<SharingTerms>> sharing_terms(std::span<const PolicyId> policies) override;
  Result<Done> close_statements(Epoch epoch, const StatementClosing& closing) override;
  Result<StatementPage> statements(const StatementQuery& query) override;
  Result<std::vector<UnpaidPool>> unpaid_pools(const UnpaidQuery& query) override;
  Result<std::vector<UnpaidLine>> unpaid_lines(const DuePayout& due, WallTime through,
                                               std::size_t count_max) override;
  Result<Done> pay_out(const Deed& deed, const Payout& payout,
                       std::span<const UnpaidLine> lines) override;
  Result<Payout> mark_payout_paid(const Deed& deed, const PayoutKey& key, WallTime at,
                                  std::string_view reference) override;
  Result<PayoutPage> payouts(const PayoutQuery& query) override;
  Result<std::optional<FoundListing>> listing(ListingId id) override;
  Result<Done> change_listing(const Deed& deed, const ListingChange& change) override;
  Result<ListingPage> search_listings(const ListingQuery& query) override;
  Result<RaterStanding> rater(ListingId listing, TenantId consumer) override;
  Result<Done> change_rating(const Deed& deed, const RatingChange& change) override;
  Result<RatingPage> ratings(const RatingQuery& query) override;
  Result<Done> record(const Deed& deed) override;
  Result<AuditPage> audit_page(const AuditQuery& query) override;
  Result<AuditCheck> check_audit(TenantId chain, const std::optional<AuditMark>& from) override;
  Result<Done> forget_audit(Epoch epoch, WallTime before) override;
  Result<Done> raise(Epoch epoch, std::span<const Alert> alerts) override;
  Result<std::vector<Alert>> unplanned_alerts(std::size_t count_max) override;
  Result<Done> plan_deliveries(Epoch epoch, std::span<const AlertPlan> plans) override;
  Result<std::vector<DueDelivery>> due_deliveries(const DueDeliveryQuery& query) override;
  Result<Done> settle_deliveries(Epoch epoch, std::span<const Delivery> deliveries) override;
  Result<AlertPage> alerts(const AlertQuery& query) override;
  Result<DeliveryPage> deliveries(const DeliveryQuery& query) override;
  Result<std::uint32_t> send_again(const Deed& deed, AlertId alert,
                                   std::optional<TenantId> tenant) override;
  Result<bool> forget_alerts(Epoch epoch, WallTime before, std::size_t count_max) override;
  Result<std::vector<EndingTrial>> ending_trials(const TrialQuery& query) override;
  Result<std::vector<TopTenant>> top_tenants(const TopQuery& query) override;
  Result<std::vector<UsagePoint>> usage_of_all(const PlatformUsageQuery& query) override;
  Result<BusyPage> busy_hours(const BusyQuery& query) override;
  Result<Rest> forget_usage(Epoch epoch, const UsageForgetting& what) override;

private:
  /// Does something in one transaction, which is committed if it worked.
  template <class Value, class Action>
  Result<Value> write(Action&& action) {
    return attempt<Value>([&]() -> Result<Value> {
      Transaction transaction{connection_, Transaction::Kind::write};
      Result<Value> result = action();
      if (result.ok()) {
        transaction.commit();
      }
      return result;
    });
  }
  /// The same for the owner: nothing is done if the epoch is over.
  template <class Value, class Action>
  Result<Value> write_as(Epoch epoch, Action&& action) {
    return write<Value>([&]() -> Result<Value> {
      if (Result<Done> current = ownership_.check(epoch); !current.ok()) {
        return current.fault();
      }
      return action();
    });
  }
  /// The same, with its event and alerts.
  template <class Value, class Action>
  Result<Value> write_as(const Deed& deed, Action&& action) {
    return write_as<Value>(deed.epoch, [&]() -> Result<Value> {
      Result<Value> result = action();
      if (result.ok()) {
        audit_.append(deed.audit);
        for (const Alert& alert : deed.alerts) {
          alerts_.raise(alert);
        }
      }
      return result;
    });
  }
  void insert(const TenantDefinition& definition);
  [[nodiscard]] Result<Done> update(const TenantDefinition& definition);
  void replace_limits(const TenantDefinition& definition);
  void save_usage(const SaveBatch& batch);
  [[nodiscard]] Result<Done> write_sharing(const SharingChange& change);
  [[nodiscard]] static std::optional<Fault> object_to_page_size(std::size_t size);

  SqliteConnection connection_;
  Statements statements_;
  OwnershipStatements ownership_;
  SpendingStatements spending_;
  EntryStatements entries_;
  KeyStatements keys_;
  MemberStatements members_;
  TierStatements tiers_;
  CustomisationStatements customisations_;
  SharingStatements sharing_;
  BooksStatements books_;
  SharedHourStatements shared_hours_;
  ListingStatements listings_;
  RatingStatements ratings_;
  AuditStatements audit_;
  AlertStatements alerts_;
  UsageStatements usage_;
  ValueStatements values_;
};

}  // namespace sluice
