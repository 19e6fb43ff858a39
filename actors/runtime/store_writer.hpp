// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/runtime/books_desk.hpp"
#include "actors/runtime/denial_budget.hpp"
#include "actors/runtime/pinned.hpp"
#include "actors/runtime/plan_catalogue.hpp"
#include "actors/runtime/postponed.hpp"
#include "actors/runtime/published_counts.hpp"
#include "actors/runtime/published_hosts.hpp"
#include "actors/runtime/published_keys.hpp"
#include "actors/runtime/published_members.hpp"
#include "actors/runtime/published_meters.hpp"
#include "actors/runtime/published_resources.hpp"
#include "actors/runtime/published_tiers.hpp"
#include "actors/runtime/sharing_desk.hpp"
#include "actors/runtime/store_messages.hpp"
#include "actors/runtime/tenure.hpp"
#include "actors/tenant/clock.hpp"
#include "actors/tenant/observer.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/tenant_tier.hpp"

namespace sluice {

/// Writes everything that goes into the store: it is the only one who does, so two changes of one
/// tenant can never meet there.
///
///   Create, Amend -> Amended   Decides the change, commits it, tells the owner of the tenant, who
///                              puts it in force and answers the caller. A tenant with a place of
///                              its own is created once no other is on its way.
///   ChangeMembers -> Amended   The same; what members may do is forgotten before anybody hears of
///                              it. Who does not come leaves his place (LeaveSeat).
///   Remove -> Removed          The same, of a tenant that is deactivated. What API keys could do
///                              there has ended before anybody hears of it.
///   Move -> Amended            The same, of where its rows are: a part of them at a time, and
///                              sends itself the rest; one tenant at a time.
///   SeeToDue                   Does to a few tenants what time does, as an operator would; sends
///                              itself the rest, so that others come in between. What is refused is
///                              told once, and tried again ever more seldom. Then deletes a part of
///                              what moves and purges left behind, and frees hosts that nobody
///                              verified in time.
///   DefineMeter                Commits and publishes the meter, then answers the caller.
///   AddKey, RemoveKey          Commits and publishes the change, then answers the caller. A key
///                              whose removal is in doubt is revoked all the same.
///   PutTier, RemoveTier        Commits and publishes the catalogue, then answers the caller.
///   Customise                  Decides the change, commits it, publishes the tenant's hosts, then
///                              answers the caller.
///   PutPolicy, RemovePolicy    Commits the change, tells every host, and answers the caller once
///                              all have it in force. A policy that many hold is removed in
///                              several steps; it gives nothing from the first one on.
///   ChangeAccess               Commits a step of a request with the consumer's grants, and answers
///                              the caller once the consumer's host has them in force.
///   SeeToBooks                 Closes some lines of a period that has ended, or makes some
///                              payouts; sends itself the rest, so that others come in between.
///   MarkPayoutPaid             Commits it, then answers the caller.
///   ChangeListing, RateListing Decides the change, commits it, then answers the caller.
///   ApplyTierTo                Amends some tenants of a tier, each by itself, then answers.
///   SendAgain, TestWebhook, ReportPayment
///                              Commits the change of the outbox, then answers the caller. Of a
///                              grace that begins or ends the tenant's host is told as well.
///   RecordDenial               Writes an event of the audit, and an alert if a tenant was asked
///                              about that is none of his; one that cannot be written is told.
///   ForgetUsage                Forgets a part of the usage that is old.
///   Flush -> Flushed           Commits the counters. Whose flush failed is told when the store
///                              answers again, which is seen when time acts on tenants
///                              (StoreAnswers).
///   Retire                     Ends.
///
/// Threading  Own thread: the store blocks.
/// Order      As sent.
/// Bounds     Hosts have one flush under way; the engine bounds its management calls.
/// Faults     `fenced` ends the tenure: another server owns the shards. Others are told to the
///            observer and answered at once. A tenant whose commit may or may not have been done is
///            read again, before the next message if it cannot be read at once, and its owner told.
class StoreWriter final : public Pinned<StoreWriterActor::base>, private SharingDesk::Surroundings {
public:
  /// What it shares with others; all of it outlives it.
  struct Shared {
    std::shared_ptr<PlanCatalogue> plans;
    std::shared_ptr<PublishedMeters> meters;
    std::shared_ptr<PublishedKeys> keys;
    std::shared_ptr<PublishedMembers> members;
    std::shared_ptr<PublishedTiers> tiers;
    std::shared_ptr<PublishedHosts> hosts;
    std::shared_ptr<PublishedCounts> counts;
    std::shared_ptr<PublishedResources> resources;
    EngineSurroundings surroundings;
    Tenure* tenure;
    Duration audit_retention{};  ///< Zero: for ever.
    Duration alert_retention{};  ///< Of alerts and their deliveries.
    Duration payment_grace{};    ///< Zero: nobody is suspended for what he does not pay.
    UsageRetention usage_retention{};
    /// Of all reactors, once they are there: before anything is asked of the writer.
    const std::vector<ShardHostActor>* shard_hosts = nullptr;
    std::function<ShardHostActor(TenantId)> host_of{};
  };
  StoreWriter(caf::actor_config& config, Home& home, std::unique_ptr<Store> store, Epoch epoch,
              Shared shared);

  behavior_type make_behavior() override;
  /// Tells how long each message took.
  caf::invoke_message_result consume(caf::mailbox_element& message) override;

private:
  /// What was committed: the definition, as it is now or as it was before it was removed.
  struct Change {
    TenantDefinition definition;
    bool removed = false;
    bool created = false;
    std::string tier_before{};  ///< Empty if it was created, or in doubt.
  };

  /// A tenant of which nobody knows what the store has.
  struct Doubt {
    ShardHostActor host;
    std::uint32_t seats = 0;  ///< That were taken for what may have been done.
  };

  Result<Change> create(Author author, TenantDefinition draft, const std::optional<Member>& owner);
  Result<Change> amend(Author author, const Amendment& amendment);
  Result<Change> change_members(Author author, const MemberWish& wish, std::optional<Member>& told);
  Result<Change> remove(Author author, TenantId id, std::optional<Version> expected = {});
  Result<Change> let_time_act_on(TenantId id);
  Result<Meter> define_meter(Author author, const std::string& name, const std::string& unit);
  Result<ApiKey> add_key(AddKey& wish);
  Result<ApiKey> remove_key(RemoveKey& wish);
  void record(AuditDraft denial, Refusal why);
  Result<std::uint32_t> send_again(const SendAgain& wish);
  Result<AlertId> report_payment(const ReportPayment& wish);
  [[nodiscard]] Result<TenantDefinition> life_after(const TenantDefinition& before,
                                                    const PaymentReport& report) const;
  Result<AlertId> test_webhook(const TestWebhook& wish);
  /// Warns of trials whose end has come near since it was called last, some at a time.
  void warn_of_trials(WallTime now);
  void look_for_trials(WallTime now);
  void forget_old_alerts(WallTime now);
  void prepare_coming_months(WallTime now);
  void forget_old_audit(WallTime now);
  void forget_old_usage(const ForgetUsage& wish);
  void note_late_minutes(const SaveBatch& batch);
  /// What the store is to do, by this author and now.
  [[nodiscard]] Deed deed_of(AuditDraft audit, Author author) const;
  Result<Tier> put_tier(Author author, Tier tier, std::optional<Version> expected);
  Result<Tier> remove_tier(Author author, const std::string& name);
  Result<TierApplied> apply_tier(const ApplyTierTo& wish);
  /// The catalogue as the store has it, after this was written to it.
  Result<Done> publish_tiers(const Result<Done>& written);
  Result<Customised> customise(Author author, const CustomisationWish& wish);
  /// Frees some hosts that are reserved no longer.
  void free_reserved_hosts(WallTime now);
  Result<FoundListing> change_listing(const ChangeListing& asked);
  Result<FoundListing> read_listing(ListingId id);
  Result<Rating> rate_listing(const RateListing& wish);
  Result<TenantDefinition> read(TenantId id);
  Result<TenantRecord> read_all(TenantId id);
  /// What it has too much of under the limits of `after`, by what was saved of its usage.
  [[nodiscard]] std::vector<ExceededLimit> exceeded_under(const TenantDefinition& after,
                                                          const TenantRecord& record) const;

  /// Done later, when what is on its way is there.
  [[nodiscard]] bool waits_for_move(const Create& wish) const;
  void move(Move& wish);
  /// The next part of it; nothing as long as there are more.
  std::optional<Result<Change>> move_on(const Move& wish);
  void sweep_a_part();

  // Money (store_writer_books.cpp).
  void see_to_books(SeeToBooks& wish);
  void mark_payout_paid(MarkPayoutPaid& wish);

  // Sharing (store_writer_sharing.cpp).
  void put_policy(PutPolicy& wish);
  void remove_policy(RemovePolicy& wish);
  void change_access(ChangeAccess& wish);
  /// Of what has ended: a part, and whether there may be more.
  Rest end_due_sharing(WallTime now);
  /// Before a tenant is purged. A fault as long as something is owed that no statement has.
  Result<Done> end_sharing_of(const Author& author, TenantId tenant);
  /// Calls once these hosts have in force what was sent to them.
  void after_hosts(std::vector<ShardHostActor> hosts, std::function<void()> then);
  [[nodiscard]] WallTime wall() const override { return shared_.surroundings.clock->now().wall; }
  [[nodiscard]] std::shared_ptr<const TierCatalogue> catalogue() const override {
    return shared_.tiers->catalogue();
  }
  [[nodiscard]] MeterCount meters() const override { return shared_.meters->count(); }
  void put_in_force(const TenantDefinition& consumer) override;
  void doubt(TenantId consumer) override;
  void publish(const SharingPolicy& policy, std::vector<SharingTerms> terms) override;
  void owns(const TenantDefinition& owner) override;
  void forget(PolicyId policy) override;
  void access_changed(const SharingRequest& request) override {
    shared_.surroundings.observer->access_changed(request);
  }
  void deny(const Author& author, TenantId whose, std::string_view what) override;
  /// Of a new policy that could not be put: whether its resource is somebody else's.
  void deny_if_anothers(const PutPolicy& wish, const Fault& fault);

  void see_to_due(SeeToDue& wish);
  void look_at_store(bool answers);
  /// Remembers whom to tell when the store answers again.
  void note_flush_of(const ShardHostActor& host, bool worked);
  /// Whether the store is away.
  bool see_to(TenantId tenant, const ShardHostActor& host);
  void conclude(const char* what, TenantId id, Result<Change> change, const ShardHostActor& host,
                const std::optional<Caller<TenantDefinition>>& caller, std::uint32_t seats = 0);
  void put_in_force(Change change, const ShardHostActor& host,
                    std::optional<Caller<TenantDefinition>> caller, std::uint32_t seats);
  /// Counts the tenant where it is now.
  void count(const Change& change);
  void count_again();
  /// Tells the owners of tenants in doubt what the store really has.
  void clear_doubts();
  /// Of what must not be done as long as one of these is in doubt: a purge may have been committed
  /// that keys have not heard of.
  [[nodiscard]] std::optional<Fault> object_to_doubt(std::span<const TenantId> tenants) const;

  void flush(Flush& wish);
  /// Answers, and tells of trouble.
  template <class T>
  void answer(const char* what, Result<T> result, const Caller<T>& caller);
  /// Tells of what is no mere refusal.
  void report(const char* what, const Fault& fault);
  /// Tells those who have to know.
  void tell(const char* what, const Fault& fault);

  std::unique_ptr<Store> store_;
  Epoch epoch_;
  Shared shared_;
  SharingDesk desk_;
  BooksDesk books_desk_;
  Postponed postponed_;
  bool store_answers_ = true;                       ///< As was told last.
  std::vector<ShardHostActor> failed_flushes_of_;   ///< Of which the last one failed.
  std::optional<WallTime> audit_forgotten_at_;      ///< When old events were looked for last.
  std::optional<TenantId> moving_;                  ///< Whose rows are on their way.
  std::vector<Create> waiting_creations_;           ///< For that, since they need a place, too.
  std::optional<Instant> sweeps_from_ = Instant{};  ///< Nothing: there is nothing to sweep.
  std::optional<WallTime> alerts_forgotten_at_;
  std::optional<WallTime> hosts_freed_at_;
  std::optional<WallTime> usage_forgotten_at_;
  std::optional<WallTime> months_prepared_at_;
  Instant prepares_months_from_{};  ///< Later, if that failed.
  /// What was flushed until then must be saved before usage is forgotten.
  std::optional<WallTime> forgets_usage_after_;
  std::deque<TrialQuery> trials_to_look_at_;
  std::optional<WallTime> warned_until_;      ///< What came near before is told, or in the list.
  std::optional<WallTime> warned_of_all_at_;  ///< When all trials were put into the list.
  std::map<TenantId, Doubt> doubtful_;        ///< Tenants whose commit may have been done.
  DenialBudget denials_;
};

}  // namespace sluice
