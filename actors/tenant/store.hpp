// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/alert.hpp"
#include "actors/tenant/analytics/usage_records.hpp"
#include "actors/tenant/api_key.hpp"
#include "actors/tenant/audit.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/customisation.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/member_change.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/outbox.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/placement.hpp"
#include "actors/tenant/sharing/books.hpp"
#include "actors/tenant/sharing/listing_query.hpp"
#include "actors/tenant/sharing/rating.hpp"
#include "actors/tenant/sharing/shared_uses.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"
#include "actors/tenant/tier.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// A tenant as it is stored: what was decided about it and what it has spent.
struct TenantRecord {
  TenantDefinition definition;
  std::vector<Counter> counters;
  std::vector<UsageBucket> open_usage;  ///< At most one for each meter, and for each part of it.
  std::vector<Entry> entries;           ///< Reservations and answers.
};

struct CounterRow {
  TenantId tenant;
  Counter counter;
};

/// What spending changed, as it is written behind: all of it or nothing, in each database that has
/// tenants of it; the watermark only once all of them have their part.
struct SaveBatch {
  Epoch epoch;
  /// Once this batch is committed, the store has everything of `shards` that was committed to the
  /// journal of `epoch` up to here. Nothing: that is not known.
  std::optional<Sequence> through{};
  std::vector<ShardId> shards{};  ///< Those whose tenants are in the batch, ascending.
  std::vector<CounterRow> counters{};
  std::vector<UsageRow> open_usage{};
  std::vector<UsageRow> closed_usage{};
  std::vector<WindowRow> closed_windows{};
  std::vector<EntryRow> entries{};
  std::vector<ForgottenRow> forgotten{};
  std::vector<AuditRow> audit{};
  std::vector<ThresholdCrossed> crossed{};  ///< Each becomes an alert, unless there is one.
  std::vector<SharedHourRow> closed_shared{};

  [[nodiscard]] std::size_t rows() const noexcept {
    return counters.size() + open_usage.size() + closed_usage.size() + closed_windows.size() +
           entries.size() + forgotten.size() + audit.size() + crossed.size() + closed_shared.size();
  }
};

/// Which usage to tell: of one tenant, what starts at `from` or later but before `to`.
struct UsageQuery {
  TenantId tenant;
  std::optional<MeterId> meter{};  ///< Nothing: all.
  Granularity granularity = Granularity::hour;
  WallTime from{};
  WallTime to = WallTime::max();
  std::size_t points_max = 1000;       ///< 1 to `usage_points_max`; the earliest ones are told.
  std::string label{};                 ///< Tells of its values apart; empty: of all together.
  std::optional<std::string> value{};  ///< Of the label: only this one.
};
/// Of a bucket with more parts than one answer tells.
inline constexpr std::string_view too_many_values =
    "label: a bucket has more than 10000 values; ask for one of them, or take shorter buckets";

/// Which tenants to list. Empty texts, and no status, match all. `text` is looked for in name and
/// slug, in any case of the letters of ASCII: anywhere if it has `search_anywhere_min` characters,
/// otherwise at the beginning, because so few characters are somewhere in almost everything.
struct TenantQuery {
  std::string tier;
  std::string text;
  std::optional<TenantId> after;  ///< The cursor: list only ids above this one.
  std::size_t page_size = 50;     ///< 1 to `page_size_max`.
  std::optional<TenantStatus> status{};
  std::string region{};
};
inline constexpr std::size_t page_size_max = 1000;
inline constexpr std::size_t search_anywhere_min = 3;

struct TenantPage {
  std::vector<TenantDefinition> tenants;  ///< In the order of their ids.
  bool more = false;                      ///< Whether there are tenants after the last one here.
};

/// How many tenants a tier has.
struct TierCount {
  std::string tier;
  std::uint64_t tenants = 0;
  friend bool operator==(const TierCount&, const TierCount&) = default;
};

/// Which members of a tenant to list. No text and no status match all; `text` is looked for in user
/// ids and emails.
struct MemberQuery {
  TenantId tenant;
  std::string after{};         ///< The cursor: list only user ids above this one.
  std::size_t page_size = 50;  ///< 1 to `page_size_max`.
  std::string text{};
  std::optional<MemberStatus> status{};
};
struct MemberPage {
  std::vector<Member> members;  ///< In the order of the bytes of their user ids.
  bool more = false;
};

/// Of which tenants somebody is a member.
struct TenantsOfQuery {
  std::string user_id;
  std::optional<TenantId> after{};
  std::size_t page_size = 50;  ///< 1 to `page_size_max`.
};
struct TenantOf {
  TenantId tenant;
  std::string slug;
  std::string name;
  Member member;
  friend bool operator==(const TenantOf&, const TenantOf&) = default;
};
struct TenantsOfPage {
  std::vector<TenantOf> tenants;  ///< In the order of their ids.
  bool more = false;
};

/// What the store has of what a tenant spent, a part of its entries at a time.
struct StoredPage {
  std::vector<Counter> counters;  ///< Only on the first page, as is `open_usage`.
  std::vector<UsageBucket> open_usage;
  std::vector<Entry> entries;  ///< In the order of their ids.
  bool more = false;           ///< Whether there are entries after the last one here.
};
inline constexpr std::size_t stored_entries_max = 500;  ///< On one page.

/// A tenant to which time alone does something, and when.
struct DueTenant {
  WallTime at;
  TenantId tenant;
  friend auto operator<=>(const DueTenant&, const DueTenant&) = default;
};

/// Which of them to tell: those that are due at `by` or before, in their order.
struct DueQuery {
  WallTime by;
  std::optional<DueTenant> after{};  ///< Only those behind this one.
  std::size_t count_max = 64;
};

/// By whose right a change is made, what the audit says of it, and whom it alerts.
struct Deed {
  Epoch epoch;
  AuditDraft audit;
  std::vector<Alert> alerts{};
};

/// What a call that does a part of something says of the rest.
enum class Rest : std::uint8_t { none, some };

/// The same of what concerns several tenants: an event for each chain.
struct SharedDeed {
  Epoch epoch;
  std::vector<AuditDraft> audit{};
};

/// Keeps tenants and what they spent across restarts.
///
/// Role       The port to a database. Blocking; called only by actors that own a thread.
/// Threading  One instance for each thread; instances of one database may work side by side.
/// Ownership  Owns its connection.
/// Errors     `unavailable`: nothing was changed, try again. `outcome_unknown`: may have been done.
///            `data_damaged`: what was read cannot be right. `fenced`, from all that take an epoch:
///            there is a newer one, or it was given back; nothing was changed. Others as said.
/// Cost       Each call that writes is one transaction.
/// Audit      What takes a `Deed` writes its event in the same transaction: both or neither. Chains
///            outlive their tenants. So are its alerts written, which do not.
class Store : public Outbox, public SharingBooks, public UsageRecords {
public:
  /// Fixed when the database was made.
  [[nodiscard]] virtual Result<ShardCount> shards() = 0;

  [[nodiscard]] virtual Result<MeterTable> meters() = 0;
  /// Adds a meter with the next id. `already_exists` if the name is taken, `limit_exceeded` if the
  /// table is full.
  [[nodiscard]] virtual Result<Meter> define_meter(const Deed& deed, std::string_view name,
                                                   std::string_view unit) = 0;

  /// Makes this server the owner of all shards, with the next epoch. `conflict`, and nothing
  /// changes, while another server holds a lease, and (unless the claim may take over) as long as
  /// another server has not given back what it owned; the context says who and until when. A server
  /// takes back its own shards at once.
  [[nodiscard]] virtual Result<Ownership> acquire(const Claim& claim) = 0;
  /// The lease runs for its full length again, counted from some moment during the call. A store
  /// that only one server can open needs none, and always agrees.
  [[nodiscard]] virtual Result<Done> renew(Epoch epoch) = 0;
  /// Gives the shards back: everything is in the store, so anybody may acquire them at once. Giving
  /// back twice is giving back once.
  [[nodiscard]] virtual Result<Done> release(Epoch epoch) = 0;

  /// The tenants among these ids that exist, in no particular order.
  [[nodiscard]] virtual Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) = 0;
  /// The same of what was decided about them alone, which no tenant has in a place of its own: no
  /// other place than the store's own is asked.
  [[nodiscard]] virtual Result<std::vector<TenantDefinition>> definitions(
      std::span<const TenantId> ids);
  [[nodiscard]] virtual Result<std::optional<TenantId>> resolve(std::string_view slug) = 0;
  [[nodiscard]] virtual Result<TenantPage> list(const TenantQuery& query) = 0;
  /// Of every tier that has tenants, in no particular order. Looks at each of them once.
  [[nodiscard]] virtual Result<std::vector<TierCount>> tenant_counts() = 0;
  /// By `next_due` of their definitions.
  [[nodiscard]] virtual Result<std::vector<DueTenant>> due(const DueQuery& query) = 0;

  /// Writes a tenant that must be new, its rows to be where it says. `already_exists` names the id
  /// or the slug.
  [[nodiscard]] virtual Result<Done> create(const Deed& deed,
                                            const TenantDefinition& definition) = 0;
  /// Replaces a tenant's definition and its limits, if the stored version is the one before. Its
  /// rows stay where they are.
  /// Counters of limits that are gone are deleted, the others stay, and so do its grants, which
  /// only `change_sharing` changes. `not_found`, `conflict`, or
  /// `already_exists` for a slug that is taken.
  [[nodiscard]] virtual Result<Done> replace(const Deed& deed,
                                             const TenantDefinition& definition) = 0;
  /// Deletes a tenant with everything that belongs to it, API keys that name no other one, and its
  /// name in the others. `not_found` if there is none.
  [[nodiscard]] virtual Result<Done> remove(const Deed& deed, TenantId id) = 0;

  /// Writes a change of members with the definition that counts them: as `create` does if its
  /// version is the first, otherwise as `replace` does.
  [[nodiscard]] virtual Result<Done> change_members(const Deed& deed,
                                                    const MemberChange& change) = 0;
  [[nodiscard]] virtual Result<MemberPage> members(const MemberQuery& query) = 0;
  [[nodiscard]] virtual Result<std::optional<Member>> member(TenantId tenant,
                                                             std::string_view user_id) = 0;
  [[nodiscard]] virtual Result<TenantsOfPage> tenants_of(const TenantsOfQuery& query) = 0;

  /// Counters, open usage and entries replace what is there, and forgotten entries go; closed usage
  /// and windows are appended unless they are there already. So a batch may be saved again with no
  /// harm; so are audit events, by their changes, and alerts, by their conditions. Rows of tenants,
  /// and counters of limits, that do not exist (they were deleted meanwhile) are passed over, but
  /// for audit events and hours of sharing, which only grow: those of `closed_shared`, and the open
  /// ones of entries. A watermark never goes back.
  [[nodiscard]] virtual Result<Done> save(const SaveBatch& batch) = 0;

  /// Makes ready what rows of this month and the next need, so that no batch has to wait for it; a
  /// part with each call. A store whose tables know no months does nothing.
  [[nodiscard]] virtual Result<Rest> prepare_months(Epoch epoch, WallTime now);

  /// Ordered by start, then by meter. What has not been closed yet is counted, too.
  [[nodiscard]] virtual Result<std::vector<UsagePoint>> usage(const UsageQuery& query) = 0;
  /// Of one tenant, the latest first; of one moment by limit, a window before what grants paid, by
  /// grant. What used nothing and owes nothing is not kept. At most `usage_points_max`.
  [[nodiscard]] virtual Result<std::vector<ClosedWindow>> closed_windows(TenantId id) = 0;

  /// All there are, in the order of their ids.
  [[nodiscard]] virtual Result<std::vector<ApiKey>> api_keys() = 0;
  /// `already_exists` if the id is taken, `limit_exceeded` if there are `api_keys_max`.
  [[nodiscard]] virtual Result<Done> add_api_key(const Deed& deed, const ApiKey& key) = 0;
  /// `not_found` if there is none.
  [[nodiscard]] virtual Result<Done> remove_api_key(const Deed& deed, KeyId id) = 0;

  /// Writes an event that comes with no change.
  [[nodiscard]] virtual Result<Done> record(const Deed& deed) = 0;
  [[nodiscard]] virtual Result<AuditPage> audit_page(const AuditQuery& query) = 0;
  /// Follows a chain for up to `audit_checked_at_once` events, from its anchor or from where it was
  /// checked to. A chain that nothing was written to holds, unless its tenant is there.
  [[nodiscard]] virtual Result<AuditCheck> check_audit(TenantId chain,
                                                       const std::optional<AuditMark>& from) = 0;
  /// Deletes events of before, from the beginning of each chain, and keeps the last one's hash as
  /// the anchor of what follows. May keep some that come together with later ones.
  [[nodiscard]] virtual Result<Done> forget_audit(Epoch epoch, WallTime before) = 0;

  /// The catalogue, in its order. A new store has the shipped one.
  [[nodiscard]] virtual Result<TierCatalogue> tiers() = 0;
  /// Adds the tier, or replaces the one of its name. `limit_exceeded` if it is new and there are
  /// `tiers_max`.
  [[nodiscard]] virtual Result<Done> put_tier(const Deed& deed, const Tier& tier) = 0;
  /// `not_found` if there is none. Tenants stay as they are.
  [[nodiscard]] virtual Result<Done> remove_tier(const Deed& deed, std::string_view name) = 0;

  /// Of version 0, and without domains, if nothing was ever put, or there is no such tenant.
  [[nodiscard]] virtual Result<Customised> customisation(TenantId tenant) = 0;
  /// `not_found`: the tenant, or a domain that it has not. `conflict`: the stored version is not
  /// the one before. `already_exists`: the host is somebody's. `limit_exceeded`: there are
  /// `domains_max`.
  [[nodiscard]] virtual Result<Done> change_customisation(const Deed& deed,
                                                          const CustomisationChange& change) = 0;
  /// All domains that are verified, in no particular order.
  [[nodiscard]] virtual Result<std::vector<HostedDomain>> hosted_domains() = 0;
  /// Those that nobody has verified and that were added before, the oldest first, at most so many.
  [[nodiscard]] virtual Result<std::vector<HostedDomain>> pending_domains(
      WallTime added_before, std::size_t count_max) = 0;

  // Where the rows of tenants are (placement.hpp). A store that has one place for all need not know
  // more than what is here: it refuses.

  /// Fills another place with what a tenant has had so far, a part with each call; again after
  /// `Rest::some`. What is saved meanwhile by this connection, and by nobody else, is counted. A
  /// call about another tenant or place gives up what was filled. Changes nothing that anybody
  /// reads.
  [[nodiscard]] virtual Result<Rest> prepare_move(Epoch epoch, const TenantDefinition& definition,
                                                  const Placement& to);
  /// Takes along what was saved since, and replaces the definition, as `replace` does, by one that
  /// says the other place: from its commit on the rows are there. `conflict` also if this
  /// connection did not prepare it to the end. After a fault it must be prepared anew.
  [[nodiscard]] virtual Result<Done> move(const Deed& deed, const TenantDefinition& definition);
  /// What was prepared, if anything was, is left behind: nobody will finish it.
  virtual void give_up_move() {}
  /// Deletes a part of what moves and purges left behind. `unavailable` if no place that has some
  /// can be reached.
  [[nodiscard]] virtual Result<Rest> sweep(Epoch epoch);
  /// These ids in lists that are best loaded apart, because what one waits for, or cannot reach,
  /// does not concern the others.
  [[nodiscard]] virtual std::vector<std::vector<TenantId>> apart(std::span<const TenantId> ids);

  /// All policies, in the order of their ids.
  [[nodiscard]] virtual Result<std::vector<SharingPolicy>> policies() = 0;
  [[nodiscard]] virtual Result<std::optional<SharingPolicy>> policy(PolicyId id) = 0;
  /// What the tenant is not in, is not found.
  [[nodiscard]] virtual Result<SharingPage> sharing_requests(const SharingQuery& query) = 0;
  [[nodiscard]] virtual Result<std::optional<SharingRequest>> sharing_request(SharingId id) = 0;
  /// Whether the grant of this policy that the consumer had last was revoked. Not asked of one that
  /// stands.
  [[nodiscard]] virtual Result<bool> was_revoked(PolicyId policy, TenantId consumer) = 0;
  /// `already_exists`: the resource is somebody's, or the consumer has an open request for the
  /// policy. `not_found`: the owner, the policy, or a consumer. `conflict`: the policy or a
  /// consumer is not at the version before, or a request not in the state it comes from.
  /// `limit_exceeded` names the bound, which may be the policy's own `max_consumers`.
  [[nodiscard]] virtual Result<Done> change_sharing(const SharedDeed& deed,
                                                    const SharingChange& change) = 0;
  /// Uses of what is shared, as either side is told them: the same rows.
  [[nodiscard]] virtual Result<SharedUsePage> shared_uses(const SharedUseQuery& query) = 0;
  /// What is due at `by` or before: up to `count_max` of each, the earliest first.
  [[nodiscard]] virtual Result<SharingDue> due_sharing(WallTime by, std::size_t count_max) = 0;

  /// Whoever asks, in every state.
  [[nodiscard]] virtual Result<std::optional<FoundListing>> listing(ListingId id) = 0;
  /// `conflict`: the stored version is not the one before. `already_exists`: the policy has a
  /// listing. A listing goes with its policy, and its ratings with it; its tally is the store's
  /// own, and whatever the change says of it is not looked at.
  [[nodiscard]] virtual Result<Done> change_listing(const Deed& deed,
                                                    const ListingChange& change) = 0;
  /// What `query` may see, as that says.
  [[nodiscard]] virtual Result<ListingPage> search_listings(const ListingQuery& query) = 0;
  [[nodiscard]] virtual Result<RaterStanding> rater(ListingId listing, TenantId consumer) = 0;
  /// Writes the rating, and the tally of its listing follows. `not_found`: one that is changed or
  /// removed is not there. A tenant's ratings go with it.
  [[nodiscard]] virtual Result<Done> change_rating(const Deed& deed,
                                                   const RatingChange& change) = 0;
  /// Of a listing that may be seen: that is the caller's to find out.
  [[nodiscard]] virtual Result<RatingPage> ratings(const RatingQuery& query) = 0;
};

/// Why a store with one place for all tenants cannot have this one anywhere else.
[[nodiscard]] Result<Done> accept_shared_only(const Placement& placement);

/// Opens one more connection to the same database.
using StoreFactory = std::function<Result<std::unique_ptr<Store>>()>;

}  // namespace sluice
