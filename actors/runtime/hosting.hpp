// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "actors/runtime/activations.hpp"
#include "actors/runtime/expiries.hpp"
#include "actors/runtime/explanations.hpp"
#include "actors/runtime/first_uses.hpp"
#include "actors/runtime/leases_out.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/runtime/negative_cache.hpp"
#include "actors/runtime/passivation.hpp"
#include "actors/runtime/published_meters.hpp"
#include "actors/runtime/shared_policies.hpp"
#include "actors/runtime/space_saving.hpp"
#include "actors/runtime/tenant_table.hpp"
#include "actors/runtime/tenant_tally.hpp"
#include "actors/runtime/turn_log.hpp"
#include "actors/runtime/write_behind.hpp"
#include "actors/tenant/observer.hpp"
#include "actors/tenant/report.hpp"
#include "actors/tenant/sharing/audit_sharing.hpp"

namespace sluice {

/// Which checks of a batch are meant.
class BatchItems {
public:
  static BatchItems all_of(const CheckBatch& batch) { return {nullptr, batch.checks.size()}; }
  static BatchItems only(std::span<const std::uint32_t> items) {
    return {items.data(), items.size()};
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint32_t operator[](std::size_t i) const noexcept {
    return items_ == nullptr ? static_cast<std::uint32_t>(i) : items_[i];
  }

private:
  BatchItems(const std::uint32_t* items, std::size_t size) : items_(items), size_(size) {}

  const std::uint32_t* items_;
  std::size_t size_;
};

/// Hosts the tenants of one reactor's shards: the shard host without its mailbox.
///
/// Role       Decides checks by the tenants at hand, lets the others wait until they are loaded,
///            puts amended rules in force, and lets idle tenants go. It reads no clock and talks to
///            no store: what is to be loaded and written, its owner asks for and sends.
/// Threading  Confined to its reactor's thread.
/// Ownership  Owns the tenants. Batches belong to their submitters, who must keep them until every
///            check is decided.
/// Units      `Now` is read once for each message.
/// Errors     None; a check that cannot be decided is `unavailable`.
/// Cost       `decide` allocates nothing for tenants that are resident.
class Hosting {
public:
  struct Bounds {
    std::size_t resident_tenants_max;
    Duration idle_after;
    std::size_t unknown_tenants_max;
    Duration unknown_for;
    WriteBehind::Bounds write_behind;
    Activations::Bounds activations;
    std::size_t tenants_with_names_max = 0;  ///< See `TenantTally`.
  };
  /// What this run begins with.
  struct Start {
    Journal* journal;  ///< Must outlive it.
    Epoch epoch;
    ShardCount shards;
    Recovered recovered;
  };

  Hosting(const Bounds& bounds, HashSeed seed, const PublishedMeters& meters, Observer& observer,
          Start start);

  /// What became of some checks.
  struct Decided {
    std::uint32_t waiting;  ///< For their tenants; each turns up once in a later `finished`.
    bool charged;           ///< Something that may be acknowledged only once it is journalled.
  };
  /// Decides these checks, in their order.
  [[nodiscard]] Decided decide(CheckBatch& batch, BatchItems items, const Now& now);
  /// Whether this server owns its shards; if not, every check is `unavailable`.
  void serve(bool owner) noexcept { owner_ = owner; }

  /// Recent decisions of a tenant and why they were made so; `not_found` if the one that is asked
  /// for is not known, or not any more.
  [[nodiscard]] Result<std::vector<Explanation>> explanations(const ExplanationQuery& query) const;

  /// Lets the call read the tenant, perhaps after it was loaded; what is due has ended before.
  void ask(TenantId tenant, const TenantCall& call, const Now& now);

  /// Takes a place for one more member, perhaps after the tenant was loaded: it counts from when
  /// `call` hears of it, until it is left or the tenant has the member.
  void take_seat(TenantId tenant, const SeatCall& call, const Now& now);
  void leave_seat(TenantId tenant);

  /// A load was answered. Appends the batch of every check that waited for it to `finished`.
  /// Returns whether something was charged.
  bool loaded(std::vector<LoadedTenant>& tenants, const Now& now,
              std::vector<CheckBatch*>& finished);
  /// Answers everything that still waits, as `loaded` does. No load may be answered after that.
  void give_up_waiting(std::vector<CheckBatch*>& finished);
  /// The tenant is new. It does not inherit what one with its id had used before, whose end an
  /// earlier run perhaps did not hear of.
  void created(TenantId tenant);
  /// The tenant has these rules from now on, and this standing.
  void amended(TenantId tenant, Version version, std::shared_ptr<const Plan> plan,
               Standing standing, const Now& now);
  /// It has so many members now, and so many of the seats that were taken are theirs, or nobody's.
  void seated(TenantId tenant, std::uint32_t members, std::uint32_t seats, const Now& now);
  /// It holds these grants of sharing from now on, and this is so of it.
  void shared(TenantId tenant, std::span<const SharingGrant> grants, ConsumerFacts facts);
  /// The tenant is gone.
  void removed(TenantId tenant);

  /// This policy of sharing holds from now on.
  void put(std::shared_ptr<const ReadyPolicy> policy);
  [[nodiscard]] SharedPolicies& policies() noexcept { return policies_; }
  /// Grants that first uses of public policies wait for, to be asked for now; each comes back as
  /// `granted`.
  [[nodiscard]] std::vector<FirstUse> take_first_uses() { return first_uses_.take_new(); }
  /// Uses that were refused since the last call because their owner does not let the tenant have
  /// them; at most `denied_uses_max`, the others are not told.
  [[nodiscard]] std::vector<DeniedUse> take_denied_uses() {
    return std::exchange(denied_uses_, {});
  }
  static constexpr std::size_t denied_uses_max = 16;
  /// The writer made such a grant, which the tenant has by now if it is resident; or why not. As
  /// `loaded` does, it appends what was decided to `finished`, and returns whether something was
  /// charged.
  bool granted(const FirstUse& use, const Result<Done>& outcome, const Now& now,
               std::vector<CheckBatch*>& finished);

  /// Called a few times a second: ends reservations that are due, lets some idle tenants go and old
  /// activity fade, and looks at whom metrics tell of by name.
  void tick(const Now& now);

  /// The tenant as it is now; null if it is not resident.
  [[nodiscard]] const Tenant* resident(TenantId tenant) const {
    const HostedTenant* hosted = table_.find(tenant);
    return hosted == nullptr ? nullptr : &hosted->tenant;
  }
  [[nodiscard]] Activations& activations() noexcept { return activations_; }
  [[nodiscard]] WriteBehind& write_behind() noexcept { return write_behind_; }
  [[nodiscard]] TurnLog& turn_log() noexcept { return turn_log_; }
  /// Makes room in the turn's log for one more change of a tenant, if there is none. Whether there
  /// is now.
  using MakeRoom = std::function<bool()>;
  /// Puts everything unsaved of the tenant in this place into the turn's log again. The place to go
  /// on from, this one if there was no room for all of it; nothing once all were seen.
  [[nodiscard]] std::optional<PlaceIndex> log_again(PlaceIndex place, const Now& now,
                                                    const MakeRoom& make_room);
  /// The same of what was recovered of the first tenant behind this one. The tenant to go on
  /// behind; nothing once all were seen.
  struct RecoveredCursor {
    std::optional<TenantId> behind{};
  };
  [[nodiscard]] std::optional<RecoveredCursor> log_again(RecoveredCursor from,
                                                         const MakeRoom& make_room);
  /// A tenant could not come in since all others have to be written first.
  [[nodiscard]] bool crowded() const noexcept { return crowded_; }
  /// They are being written.
  void relieve() noexcept { crowded_ = false; }
  /// What it counted; what others count is left at zero.
  [[nodiscard]] ReactorStatus status() const;

private:
  static constexpr std::size_t block = 32;

  using Found = std::array<HostedTenant*, block>;

  static void prefetch(const CheckBatch& batch, const BatchItems& items, std::size_t begin,
                       std::size_t end, const Found& found);
  std::uint32_t decide_block(CheckBatch& batch, const BatchItems& items, std::size_t begin,
                             std::size_t end, const Now& now);
  enum class MayWait : bool { no, yes };
  /// Returns whether the check waits, as only the first use of a public policy does.
  bool decide_resident(HostedTenant& hosted, CheckBatch& batch, std::uint32_t item, const Now& now,
                       MayWait may_wait = MayWait::yes);
  void keep_explanation(CheckBatch& batch, std::uint32_t item, const Now& now);
  /// Returns whether the check waits.
  bool decide_absent(CheckBatch& batch, std::uint32_t item, const Now& now);
  [[nodiscard]] static bool names_known_meters(const Check& check, MeterCount meters);
  void answer(Decision& decision, Outcome outcome);
  void sample(const CheckBatch& batch, const BatchItems& items);
  void tally(HostedTenant& hosted, Mode mode, Outcome outcome, const Now& now);
  void review_names(const Now& now);
  void rename(TenantId tenant, TenantTally::Name name);
  void note(HostedTenant& hosted, Effect effect);
  void log_entries(HostedTenant& hosted);
  /// Of the tenant that was just decided about.
  void log_crossed();
  void end_overdue(const Now& now);
  void end_overdue_of(HostedTenant& hosted, const Now& now);
  void report_happenings();

  void close_unlimited(TenantId tenant, const Plan& plan, const TenantState& state);
  void keep_room_for_values(const Tenant& tenant, std::span<const UsageBucket> open_usage);
  [[nodiscard]] bool log_again(HostedTenant& hosted, const Now& now, const MakeRoom& make_room);
  [[nodiscard]] bool log_history_again(TenantId tenant, const MakeRoom& make_room);
  void forget_former(TenantId tenant);
  // Sharing (hosting_sharing.cpp).
  Effect decide_use(HostedTenant& hosted, const Check& check, const Now& now, Decision& decision);
  bool waits_for_grant(CheckBatch& batch, std::uint32_t item, Decision& decision, const Now& now,
                       MayWait may_wait);
  void note_denied(const Check& check, ShareVerdict verdict);
  void share(HostedTenant& hosted, std::span<const SharingGrant> grants, ConsumerFacts facts);
  // Members (hosting_members.cpp).
  [[nodiscard]] MeterId users() const;
  void seat(HostedTenant& hosted, std::uint32_t members, const Now& now);
  std::uint32_t forget_seats(TenantId tenant, std::uint32_t seats);
  [[nodiscard]] Result<Done> take_seat(HostedTenant& hosted, const Now& now);
  void admit(StoredTenant stored, TenantId id, Waiting waiting, const Now& now,
             std::vector<CheckBatch*>& finished);
  void turn_away(const Waiting& waiting, Outcome outcome, const Fault& fault,
                 std::vector<CheckBatch*>& finished);

  const PublishedMeters& meters_;
  Observer& observer_;
  TenantTable table_;
  WriteBehind write_behind_;
  TurnLog turn_log_;
  Passivation passivation_;
  Activations activations_;
  NegativeCache unknown_;
  SpaceSaving busiest_;
  TenantTally tally_;
  Expiries expiries_;
  LeasesOut leases_;
  Explanations explanations_;
  SharedPolicies policies_;
  FirstUses first_uses_;
  std::vector<DeniedUse> denied_uses_;
  std::map<TenantId, std::uint32_t> seats_;  ///< Taken for members who are not there yet.
  Happenings happenings_;
  bool owner_ = true;
  bool charged_ = false;  ///< By the checks that are being decided.
  DecidedChecks decided_;
  std::uint64_t activated_ = 0;
  bool crowded_ = false;
  std::minstd_rand random_;
};

}  // namespace sluice
