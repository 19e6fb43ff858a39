// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/store.hpp"
#include "storage/postgres/alert_statements.hpp"
#include "storage/postgres/audit_statements.hpp"
#include "storage/postgres/instances.hpp"
#include "storage/postgres/ownership_statements.hpp"
#include "storage/postgres/place_statements.hpp"
#include "storage/postgres/places.hpp"
#include "storage/postgres/postgres_store.hpp"
#include "storage/postgres/row_copies.hpp"
#include "storage/postgres/session.hpp"
#include "storage/postgres/usage_statements.hpp"

namespace sluice::postgres {

/// In UTC, which partitions go by.
[[nodiscard]] std::chrono::year_month month_of(WallTime instant);

/// libpq ends a text at its first NUL, and no text that is stored has one.
inline bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

/// A batch, dealt out to the places of its tenants.
struct PlacedBatches {
  SaveBatch center;
  std::map<TenantId, SaveBatch> schemas;
  std::map<std::string, SaveBatch> instances;
};

/// The store on one connection to the center, and one to each instance that it needs: its tenants
/// are in postgres_store.cpp, their definitions in postgres_definitions.cpp, what they customise in
/// postgres_customisation.cpp, its history in postgres_history.cpp, where their rows are in
/// postgres_places.cpp, and how those get elsewhere in postgres_move.cpp. As `Store` says.
///
/// What is found by others' names or written with them stands in the center alone. A tenant with a
/// schema of its own has everything else there; one with an instance has there what it spends.
class PostgresStore final : public Store {
public:
  PostgresStore(std::string conninfo, PostgresOptions options, std::shared_ptr<Places> places)
      : options_(options),
        session_(std::move(conninfo), std::move(options)),
        instances_(options_),
        places_(std::move(places)) {}

  [[nodiscard]] Result<Done> open() { return session_.open(); }

  Result<ShardCount> shards() override;
  Result<MeterTable> meters() override;
  Result<Meter> define_meter(const Deed& deed, std::string_view name,
                             std::string_view unit) override;
  Result<Ownership> acquire(const Claim& claim) override;
  Result<Done> renew(Epoch epoch) override;
  Result<Done> release(Epoch epoch) override;
  Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) override;
  Result<std::vector<TenantDefinition>> definitions(std::span<const TenantId> ids) override;
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
  Result<Rest> prepare_months(Epoch epoch, WallTime now) override;
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
  Result<Rest> prepare_move(Epoch epoch, const TenantDefinition& definition,
                            const Placement& to) override;
  Result<Done> move(const Deed& deed, const TenantDefinition& definition) override;
  void give_up_move() override { move_.reset(); }
  Result<Rest> sweep(Epoch epoch) override;
  std::vector<std::vector<TenantId>> apart(std::span<const TenantId> ids) override;
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
  using Months = std::set<std::chrono::year_month>;
  /// What is looked for: `managed` is written with the definition (row_copies.hpp).
  enum class Part : std::uint8_t { spent, managed };
  /// A place that can be read and written.
  struct Reached {
    Session* session;
    std::string schema;
    std::string instance;  ///< Empty: the center's database.

    [[nodiscard]] std::string name() const {
      return instance.empty() ? schema : "instance " + instance;
    }
  };
  /// A place with the tenants whose usage counts there.
  struct UsagePlace {
    Placement placement{};  ///< Says nothing of the center.
    TenantsMeant meant{};
  };
  /// A move that is being prepared.
  struct Move {
    enum class Step : std::uint8_t { clean, found, copy, ready };
    TenantId tenant;
    Placement from;
    Placement to;
    Step step = Step::clean;
    std::size_t table = 0;  ///< Of `place_tables`.
    RowMark mark{};
    std::optional<WallTime> dirty_from{};  ///< The earliest row that was saved meanwhile.
  };

  template <class Value, class Action>
  Result<Value> read(Action&& action) {
    return session_.transact<Value>(Transaction::Kind::read, action);
  }
  /// The same of one tenant, whatever the action looks for, in the place where it is.
  template <class Value, class Action>
  Result<Value> read_of(TenantId tenant, Part part, Action&& action) {
    return while_settled<Value>([&]() -> Result<Value> {
      const Result<Placement> placement = locate(tenant);
      if (!placement.ok()) {
        return placement.fault();
      }
      const Result<Reached> at = reach(placement.value(), tenant, part);
      if (!at.ok()) {
        return at.fault();
      }
      return told<Value>(at.value(),
                         at.value().session->transact<Value>(
                             Transaction::Kind::read, Scope{at.value().schema, tenant}, action));
    });
  }
  /// The same of what is the center's alone.
  template <class Value, class Action>
  Result<Value> read_of(TenantId tenant, Action&& action) {
    return session_.transact<Value>(Transaction::Kind::read, Scope{options_.schema, tenant},
                                    action);
  }
  /// Does it again if a tenant was moved meanwhile.
  template <class Value, class Attempt>
  Result<Value> while_settled(Attempt&& attempt) {
    constexpr int tries_max = 5;
    for (int tried = 0; tried < tries_max; ++tried) {
      const std::uint64_t round = places_->round();
      Result<Value> result = attempt();
      if (places_->round() == round) {
        return result;
      }
    }
    return Fault{FaultCode::unavailable, "tenants were moved again and again meanwhile"};
  }
  template <class Value>
  static Result<Value> told(const Reached& at, Result<Value> result) {
    return result.ok() || at.instance.empty() ? std::move(result)
                                              : in_instance(at.instance, result.fault());
  }
  template <class Value, class Action>
  Result<Value> write(Action&& action) {
    return session_.transact<Value>(Transaction::Kind::write, action);
  }
  /// The same for the owner: nothing is done if the epoch is over.
  template <class Value, class Action>
  Result<Value> write_as(Epoch epoch, Action&& action) {
    return write<Value>([&](Transaction& transaction) -> Result<Value> {
      if (const Result<Done> current = check(transaction, epoch); !current.ok()) {
        return current.fault();
      }
      return action(transaction);
    });
  }
  /// The same, with its event and alerts, which are taken back with everything if the action fails.
  template <class Value, class Action>
  Result<Value> write_as(const Deed& deed, Action&& action) {
    return write_as<Value>(deed, std::nullopt, action);
  }
  /// The same of one tenant, if there is one: whatever the action writes, and his alerts.
  template <class Value, class Action>
  Result<Value> write_as(const Deed& deed, std::optional<TenantId> tenant, Action&& action) {
    if (const Result<Done> ensured = ensure_months(deed.epoch, {month_of(deed.audit.at)});
        !ensured.ok()) {
      return ensured.fault();
    }
    auto written = write_as<Value>(deed.epoch, [&](Transaction& transaction) -> Result<Value> {
      append_audit(transaction, deed.audit);
      if (tenant) {
        transaction.confine_to(*tenant);
      }
      raise_alerts(transaction, deed.alerts);
      return action(transaction);
    });
    if (!written.ok()) {
      months_.clear();  // An operator may have dropped a month that was there.
    }
    return written;
  }
  template <class Value, class Action>
  Result<Value> write_of(TenantId tenant, const Deed& deed, Action&& action) {
    return write_as<Value>(deed, std::optional{tenant}, action);
  }
  /// The same in a place, by the right of an epoch.
  template <class Value, class Action>
  Result<Value> write_at(const Reached& at, Epoch epoch, Action&& action) {
    if (at.instance.empty()) {
      return write_as<Value>(epoch, [&](Transaction& transaction) -> Result<Value> {
        transaction.enter(at.schema);
        return action(transaction);
      });
    }
    return told<Value>(
        at, at.session->transact<Value>(
                Transaction::Kind::write, [&](Transaction& transaction) -> Result<Value> {
                  if (auto joined = check_joined(transaction, epoch); !joined.ok()) {
                    return joined.fault();
                  }
                  return action(transaction);
                }));
  }
  /// While nobody reads the tenant; then it is at `to`, if that worked.
  [[nodiscard]] Result<Done> switching(TenantId tenant, const Placement& from, const Placement& to,
                                       const std::function<Result<Done>()>& action);

  [[nodiscard]] Result<Placement> locate(TenantId tenant);
  [[nodiscard]] Result<Reached> reach(const Placement& placement, TenantId tenant, Part part);
  [[nodiscard]] Result<Reached> reach_instance(const std::string& name);
  [[nodiscard]] std::vector<UsagePlace> usage_places() const;
  [[nodiscard]] Result<Reached> reach(const UsagePlace& place);
  [[nodiscard]] Result<Done> each_usage_place(
      const std::string& tier, const std::function<void(Transaction&, const TenantsMeant&)>& ask);
  [[nodiscard]] Reached center() { return {&session_, options_.schema, {}}; }
  [[nodiscard]] Result<std::vector<TenantRecord>> load_center(std::span<const TenantId> ids);
  [[nodiscard]] Result<Done> load_spent(const std::string& instance,
                                        std::span<TenantRecord> records);
  [[nodiscard]] Result<Done> settle_doubts();
  /// Makes an empty place for a tenant, with what its rows refer to.
  [[nodiscard]] Result<Done> found_place(Epoch epoch, const TenantDefinition& definition,
                                         const Placement& to);
  /// As `create` and `replace`; with a change of members if there is one.
  [[nodiscard]] Result<Done> write_new(const Deed& deed, const TenantDefinition& definition,
                                       const MemberChange* members);
  [[nodiscard]] Result<Done> write_changed(const Deed& deed, const TenantDefinition& definition,
                                           const MemberChange* members);
  [[nodiscard]] Result<Done> save_in_instance(const std::string& name, const SaveBatch& batch);
  [[nodiscard]] Result<Done> save_in_center(const SaveBatch& batch,
                                            const std::map<TenantId, SaveBatch>& schemas);
  void note_dirty(const SaveBatch& batch);
  /// Makes the partitions that are needed and this connection has not seen. A transaction of its
  /// own, because it locks the tables themselves, which nobody may do who has written rows.
  [[nodiscard]] Result<Done> ensure_months(Epoch epoch, Months months) {
    return ensure_months_at(center(), epoch, std::move(months));
  }
  [[nodiscard]] Result<Done> ensure_months_at(const Reached& at, Epoch epoch, Months months);
  /// Those of them that this connection has not seen there.
  [[nodiscard]] Months missing_months(const Reached& at, Months months) const;

  [[nodiscard]] Result<Rest> advance(Epoch epoch, const TenantDefinition& definition);
  [[nodiscard]] Result<Done> copy_part(Epoch epoch);
  [[nodiscard]] Result<std::vector<Parcel>> read_rest(const Move& move);
  [[nodiscard]] Result<Done> fill_instance(Epoch epoch, const Move& move,
                                           const TenantDefinition& definition,
                                           const std::vector<Parcel>& parcels);
  [[nodiscard]] Result<Rest> sweep_place(Epoch epoch, const Leftover& leftover);

  PostgresOptions options_;
  [[nodiscard]] static std::optional<Fault> object_to_page_size(std::size_t size);

  Session session_;
  Instances instances_;
  std::shared_ptr<Places> places_;
  std::map<std::string, Months> months_;  ///< Those whose partitions are there, by place.
  std::optional<Move> move_;
  std::size_t forgets_at_ = 0;  ///< The place whose usage is forgotten next.
};

}  // namespace sluice::postgres
