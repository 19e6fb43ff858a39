// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/published_counts.hpp"
#include "actors/tenant/analytics/forecast.hpp"
#include "actors/tenant/analytics/unusual.hpp"
#include "actors/tenant/analytics/usage_records.hpp"
#include "actors/tenant/analytics/usage_statistics.hpp"
#include "actors/tenant/api_key.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/clock.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/explanation.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/journal.hpp"
#include "actors/tenant/observer.hpp"
#include "actors/tenant/report.hpp"
#include "actors/tenant/sharing/access.hpp"
#include "actors/tenant/sharing/books.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"
#include "actors/tenant/sharing/statistics.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/tenant.hpp"
#include "actors/tenant/tenant_tier.hpp"
#include "actors/tenant/what_if.hpp"
#include "protocol/transport/loop.hpp"

namespace sluice {

/// A reactor within the engine, from 0.
using ReactorIndex = Strong<struct ReactorIndexTag, std::uint16_t>;

struct EngineOptions {
  std::uint16_t reactors = 1;
  std::chrono::microseconds spin_max{50};        ///< Before a reactor sleeps.
  std::size_t resident_tenants_max = 2'000'000;  ///< Over all reactors.
  std::chrono::seconds idle_after{600};          ///< A clean tenant untouched so long may leave.
  std::size_t waiting_checks_max = 65'536;       ///< Per reactor, for tenants being loaded.
  std::size_t waiting_checks_per_tenant_max = 4'096;
  std::size_t unknown_tenants_max = 65'536;         ///< Per reactor: size of the negative cache.
  std::chrono::seconds unknown_for{5};              ///< How long a negative answer is believed.
  std::chrono::milliseconds flush_interval{1'000};  ///< Of the write-behind.
  std::size_t flush_tenants_max = 4'096;            ///< In one transaction.
  std::chrono::seconds flush_back_off_max{10};      ///< After flushes that failed.
  std::size_t readers = 2;                          ///< Threads that load tenants.
  std::chrono::milliseconds due_interval{1'000};    ///< Of looking for what time does to tenants.
  std::chrono::seconds tenant_retention{
      std::chrono::hours{90 * 24}};         ///< Of tenants that are deactivated.
  std::chrono::seconds audit_retention{0};  ///< Of events of the audit; 0: for ever.
  std::chrono::seconds alert_retention{std::chrono::hours{90 * 24}};  ///< Of alerts.
  std::chrono::seconds payment_grace{0};  ///< After a payment failed; 0: nothing comes of it.
  UsageRetention usage_retention{};
  std::size_t history_rows_max = 400'000;  ///< Closed minutes that wait for the store.
  /// What the journals hold before they are written anew, if the store does not make them shorter.
  std::uint64_t journal_bytes = 256 << 20;
  Claim claim{};
  std::size_t tenants_with_names_max = 50;  ///< Whom metrics tell of by name, over all reactors.
};

/// Time and those who listen; they must outlive the engine.
struct EngineSurroundings {
  const Clock* clock;    ///< The decisions' time, which may be simulated.
  const Clock* machine;  ///< Monotonic time that is not, for leases.
  Observer* observer;
};

/// A list of checks on its way through the hosts, and the place for the answers.
///
/// Threading  Submitted and completed on one reactor's thread; in between the owners of its shards
///            write their own elements of `decisions`, each on its own thread.
/// Ownership  The submitter's; it, the checks and the charges must stay until `completed`. May be
///            submitted again after that, and then keeps the memory it needs.
class CheckBatch {
public:
  std::span<const Check> checks;
  std::span<Decision> decisions;  ///< As many. Elements that are settled are passed over.

  /// Whether the one who submits has answered this element: the check is malformed, or the caller
  /// may not ask about its tenant.
  [[nodiscard]] static bool is_settled(const Decision& decision) {
    return decision.outcome == Outcome::invalid || decision.outcome == Outcome::access_denied;
  }

protected:
  virtual ~CheckBatch() = default;

private:
  friend class Engine;
  friend class ShardHost;
  friend class Hosting;
  /// Where the explanation of this check goes, which asks for it; null if it may only be asked for
  /// later. Called, and written, on the thread that decides the check.
  virtual Explanation* explanation_of(std::uint32_t /*item*/) noexcept { return nullptr; }
  /// Every decision is written, and what was charged is as safe as was asked for. Called once, on
  /// the reactor that submitted, at the end of the same turn if every tenant was at hand.
  virtual void completed() noexcept = 0;
  /// Instead of `completed`: nobody may rely on the decisions, and what was charged may or may not
  /// be counted.
  virtual void abandoned() noexcept = 0;
  std::atomic<std::uint32_t> parts_outstanding_{0};  ///< Messages under way and waiting checks.
  void conclude() noexcept { abandoned_.exchange(false) ? abandoned() : completed(); }
  std::atomic<bool> abandoned_{false};  ///< By one of its parts at least.
  ReactorIndex origin_;
  std::vector<std::uint32_t> items_by_owner_;  ///< Of a batch that several reactors share.
};

/// Why somebody was refused.
enum class Refusal : std::uint8_t {
  right_missing,   ///< He may not do this, or not there.
  foreign_tenant,  ///< The tenant is none of his: somebody is alerted.
};

/// A tenant whose members changed, and whom it was about; nobody, if it was about a role.
struct MemberAnswer {
  TenantDefinition tenant;
  std::optional<Member> member;
};

template <class T>
using Reply = std::function<void(Result<T>)>;

/// Hosts the tenants: reactors, the shard host of each, and the actors that talk to the store.
///
/// Role       Everything between the protocol and the store. Knows nothing of either's format.
/// Threading  `start`, `stop` and the destructor from one thread. `submit` and the management calls
///            only on a reactor's thread; their replies come back on that same thread, in a later
///            turn.
/// Ownership  Owns threads, reactors, actors and journals.
/// Errors     Checks are always answered (`Outcome`); management answers with `Fault`s.
/// Cost       `submit` allocates one message for each reactor that owns tenants of the batch, and
///            nothing for each check whose tenant is resident.
class Engine {
public:
  Engine(EngineOptions options, StoreFactory stores, std::unique_ptr<Journals> journals,
         EngineSurroundings surroundings);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Opens the store, acquires the shards, replays the journals and starts the threads. A fault
  /// says why it cannot: `conflict` if another server owns the shards; then it may be called again.
  [[nodiscard]] Result<Done> start();
  /// Flushes every dirty tenant, gives the shards back and ends all threads. Submitted checks are
  /// answered first. A fault
  /// says what could not be written within `patience`. Listeners and connections must be closed
  /// before (on their reactors, by `post`).
  [[nodiscard]] Result<Done> stop(std::chrono::milliseconds patience);

  [[nodiscard]] std::uint16_t reactor_count() const noexcept;
  [[nodiscard]] Loop& loop(ReactorIndex reactor) noexcept;
  [[nodiscard]] ShardCount shards() const noexcept;
  [[nodiscard]] ReactorIndex owner_of(ShardId shard) const noexcept;
  /// As of now; grows when a meter is defined. May be read on any reactor.
  [[nodiscard]] std::shared_ptr<const MeterTable> meters() const;

  /// After `stop` began, everything is answered `unavailable`.
  void submit(ReactorIndex here, CheckBatch& batch);

  // What changes something takes its author, whom the audit names.

  /// With its first owner, if his id and email are given.
  void create(ReactorIndex here, Author author, TenantDefinition draft,
              Reply<TenantDefinition> reply, std::optional<Member> owner = std::nullopt);
  void amend(ReactorIndex here, Author author, Amendment amendment, Reply<TenantDefinition> reply);
  /// Of a tenant that is deactivated.
  void remove(ReactorIndex here, Author author, TenantId tenant, std::optional<Version> expected,
              Reply<TenantDefinition> reply);
  void show(ReactorIndex here, TenantId tenant, Reply<TenantDefinition> reply);
  void resolve(ReactorIndex here, std::string slug, Reply<TenantId> reply);
  void list(ReactorIndex here, TenantQuery query, Reply<TenantPage> reply);
  /// `quota_exceeded` if a limit on `users` has no place for one more member.
  void change_members(ReactorIndex here, Author author, MemberWish wish, Reply<MemberAnswer> reply);
  void members(ReactorIndex here, MemberQuery query, Reply<MemberPage> reply);
  void tenants_of(ReactorIndex here, TenantsOfQuery query, Reply<TenantsOfPage> reply);
  /// What the user may do in the tenant as its member: nothing, if he is none or not active.
  /// Replies at once if it is known.
  void permissions(ReactorIndex here, TenantId tenant, std::string user_id,
                   Reply<PermissionSet> reply);
  void usage(ReactorIndex here, TenantId tenant, Reply<TenantUsage> reply);
  /// Pages of a tenant's counters by label, and of its open reservations and leases, as its host
  /// has them.
  void counters(ReactorIndex here, CounterQuery query, Reply<CounterPage> reply);
  void holds(ReactorIndex here, HoldQuery query, Reply<HoldPage> reply);
  void define_meter(ReactorIndex here, Author author, std::string name, std::string unit,
                    Reply<Meter> reply);
  /// Any thread. The key's flag tells when it is revoked.
  [[nodiscard]] std::optional<StandingKey> find_key(KeyId id) const;
  [[nodiscard]] std::vector<ApiKey> keys() const;
  /// `created_at` is filled in. Its id and hash are the caller's.
  void add_key(ReactorIndex here, Author author, ApiKey key, Reply<ApiKey> reply);
  /// Answers with what was removed, once nobody can use it any more.
  void remove_key(ReactorIndex here, Author author, KeyId id, Reply<ApiKey> reply);
  /// The catalogue as of now. May be read on any thread.
  [[nodiscard]] std::shared_ptr<const TierCatalogue> tiers() const;
  /// Adds the tier or replaces the one of its name, whose tenants stay as they are.
  void put_tier(ReactorIndex here, Author author, Tier tier, std::optional<Version> expected,
                Reply<Tier> reply);
  /// One that no tenant is of. Answers with what was removed.
  void remove_tier(ReactorIndex here, Author author, std::string name, Reply<Tier> reply);
  /// Gives some tenants of a tier what it has now.
  void apply_tier(ReactorIndex here, Author author, TierApplyQuery query, Reply<TierApplied> reply);
  /// Moves a tenant to another tier, and tells what it exceeds then. `outcome_unknown` if it was
  /// moved and what it uses could not be told.
  void change_tier(ReactorIndex here, Author author, TenantId tenant,
                   std::optional<Version> expected, ChangeTier change, Reply<TierChanged> reply);
  /// Brings the rows of a tenant to another place, while it goes on. Takes as long as its history
  /// is large.
  void move(ReactorIndex here, Author author, TenantId tenant, std::optional<Version> expected,
            Placement to, Reply<TenantDefinition> reply);
  void customisation(ReactorIndex here, TenantId tenant, Reply<Customised> reply);
  /// Answers with all of it afterwards.
  void customise(ReactorIndex here, Author author, CustomisationWish wish, Reply<Customised> reply);
  /// Whose verified domain this host is, as a browser may send it. Any thread; asks no store.
  [[nodiscard]] std::optional<TenantId> tenant_at(std::string_view host) const;
  /// Replaces the policy, or adds it if its id is nil. Answers once every reactor decides by it.
  void put_policy(ReactorIndex here, Author author, PolicyWish wish, Reply<SharingPolicy> reply);
  /// Ends all grants and requests of it. Answers with what was removed, once nobody can use it.
  void remove_policy(ReactorIndex here, Author author, TenantId owner, PolicyId policy,
                     Reply<SharingPolicy> reply);
  void policies(ReactorIndex here, PolicyQuery query, Reply<PolicyPage> reply);
  /// As of now; null if there is none. Any thread; asks no store, as the next one.
  [[nodiscard]] std::shared_ptr<const SharingPolicy> find_policy(PolicyId id) const;
  [[nodiscard]] std::optional<PolicyId> find_resource(const Resource& resource) const;
  /// Answers once it is in force. A request gets its id here if it has none.
  void change_access(ReactorIndex here, Author author, AccessWish wish,
                     Reply<SharingRequest> reply);
  void access(ReactorIndex here, SharingQuery query, Reply<SharingPage> reply);

  /// Closed lines, or with `running` what the periods that are not closed cost so far.
  void statements(ReactorIndex here, StatementQuery query, bool running,
                  Reply<StatementPage> reply);
  void payouts(ReactorIndex here, PayoutQuery query, Reply<PayoutPage> reply);
  void sharing_statistics(ReactorIndex here, SharingStatisticsQuery query,
                          Reply<SharingStatistics> reply);
  /// `conflict` if it is paid already.
  void mark_payout_paid(ReactorIndex here, Author author, PayoutKey key, std::string reference,
                        Reply<Payout> reply);
  /// A new listing gets an id if it has none. Answers with the listing as it is then, or was if it
  /// is removed.
  void change_listing(ReactorIndex here, Author author, ListingWish wish,
                      Reply<FoundListing> reply);
  /// Gives a rating, or changes what the tenant gave; the id in the wish is filled in.
  void rate_listing(ReactorIndex here, Author author, RatingWish wish, Reply<Rating> reply);
  /// Answers with what was taken away.
  void withdraw_rating(ReactorIndex here, Author author, ListingId listing, TenantId consumer,
                       Reply<Rating> reply);
  /// `now` of these queries is filled in.
  void search_listings(ReactorIndex here, ListingQuery query, Reply<ListingPage> reply);
  void ratings(ReactorIndex here, RatingQuery query, Reply<RatingPage> reply);
  /// If `asking` may see it: `not_found` otherwise.
  void listing(ReactorIndex here, TenantId asking, ListingId id, Reply<FoundListing> reply);
  [[nodiscard]] OwnershipStatus ownership() const;
  /// Of the start that worked.
  [[nodiscard]] StartTimes start_times() const;
  /// How many tenants there are. Any thread; asks no store.
  [[nodiscard]] PublishedCounts::Counts tenant_counts() const;
  /// How many messages wait for the store's writer and, behind that, each of its readers and the
  /// analyst. Any thread.
  [[nodiscard]] std::vector<std::size_t> store_mailboxes() const;
  /// Up to `usage_points_max` points of what the store has.
  void history(ReactorIndex here, UsageQuery query, Reply<std::vector<UsagePoint>> reply);
  void closed_windows(ReactorIndex here, TenantId tenant, Reply<std::vector<ClosedWindow>> reply);
  /// When the limits of a tenant are used up, at the present pace.
  void forecast(ReactorIndex here, TenantId tenant, Reply<Forecast> reply);
  /// Hours of the last day that are not like those of earlier weeks.
  void unusual_usage(ReactorIndex here, TenantId tenant, Reply<UnusualUsage> reply);
  /// What is not said of a range is filled in, here and below.
  void usage_statistics(ReactorIndex here, UsageQuery query, Reply<UsageStatistics> reply);
  /// Of all tenants together.
  void platform_usage(ReactorIndex here, PlatformUsageQuery query, Reply<UsageStatistics> reply);
  void top_tenants(ReactorIndex here, TopQuery query, Reply<TopTenants> reply);
  /// What the store has of what a tenant spent: entries above `after`, which is nil at first.
  void stored(ReactorIndex here, TenantId tenant, EntryId after, Reply<StoredPage> reply);
  /// Of recent checks that were refused by limits, or asked for it.
  void explanations(ReactorIndex here, const ExplanationQuery& query,
                    Reply<std::vector<Explanation>> reply);
  /// What a limit that is proposed would have refused; changes nothing.
  void what_if(ReactorIndex here, WhatIfQuery query, Reply<WhatIfPage> reply);
  void audit(ReactorIndex here, AuditQuery query, Reply<AuditPage> reply);
  /// Follows the chain for a part of its length, from its beginning or from where it was followed.
  void check_audit(ReactorIndex here, TenantId chain, std::optional<AuditMark> from,
                   Reply<AuditCheck> reply);
  /// Records that the author was refused `what` about a tenant, a few times a minute at most.
  void record_denial(ReactorIndex here, Author author, TenantId tenant, std::string_view what,
                     Refusal why);
  void alerts(ReactorIndex here, AlertQuery query, Reply<AlertPage> reply);
  void deliveries(ReactorIndex here, DeliveryQuery query, Reply<DeliveryPage> reply);
  /// Delivers once more what is dead of an alert; of a tenant's only, if one is given. How many
  /// deliveries that are.
  void send_again(ReactorIndex here, Author author, AlertId alert, std::optional<TenantId> tenant,
                  Reply<std::uint32_t> reply);
  /// Alerts one webhook of a tenant, whatever it filters. The alert's id, by which its delivery is
  /// found.
  void test_webhook(ReactorIndex here, Author author, TenantId tenant, std::string url,
                    Reply<AlertId> reply);
  /// The alert's id, which is the same for the same report.
  void report_payment(ReactorIndex here, Author author, PaymentReport report, Reply<AlertId> reply);
  /// One entry for each reactor.
  void status(ReactorIndex here, Reply<std::vector<ReactorStatus>> reply);

private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice
