// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/explanation.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/happenings.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit_state.hpp"
#include "actors/tenant/limit_usage.hpp"
#include "actors/tenant/live_page.hpp"
#include "actors/tenant/plan.hpp"
#include "actors/tenant/seats.hpp"
#include "actors/tenant/sharing/shares.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "actors/tenant/spending.hpp"
#include "actors/tenant/standing.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/usage.hpp"
#include "actors/tenant/usage_values.hpp"

namespace sluice {

/// The state of a tenant as it is stored.
struct TenantState {
  std::vector<Counter> counters{};
  std::vector<UsageBucket> open_usage{};
  std::vector<Entry> entries{};
  std::vector<EntryId> forgotten{};  ///< Entries that are no more.

  void clear() {
    counters.clear();
    open_usage.clear();
    entries.clear();
    forgotten.clear();
  }
};

/// Owns what one tenant has spent and decides what it may spend.
///
/// Role       The tenant actor without its mailbox: a pure state machine. Same calls in the same
///            order give the same answers. It reads no clock, logs nothing and does no I/O.
/// Threading  Confined to its host; needs no lock.
/// Ownership  Owns its counters; shares its plan. Returns copies.
/// Units      Amounts in the unit of their meter.
/// Errors     None. A refusal is an outcome.
/// Cost       `decide` is O(limits of the charged meters), allocates nothing (but for what happens
///            rarely: a threshold fires, a minute or a window ends), and divides only where a rate
///            is reported or a window slides. A refusal looks at a few ends of what is open to say
///            when to try again. A tenant takes 80 bytes, 32 for each limit and 40 for
///            each meter. Labels, ids and holds cost memory and time only where there are some.
class Tenant {
public:
  /// A tenant with stored counters; a limit without one starts unused at `now`. Counters and usage
  /// that the plan has no limit for are ignored. A stored arrival time that lies further ahead than
  /// a full burst (the wall clock was stepped back) is cut to a full burst.
  Tenant(TenantId id, std::shared_ptr<const Plan> plan, std::span<const Counter> counters,
         std::span<const UsageBucket> open_usage, std::span<const Entry> entries, const Now& now);

  /// Decides the check and, if it is allowed and not a peek, takes every amount from every limit of
  /// its meter; otherwise takes nothing. Amounts of charges on the same meter are added up. A meter
  /// without limits is allowed. The numbers are those after the check: a peek, which takes nothing,
  /// reports what it found. A state that changed, be it only that a window had ended and started
  /// again, is marked as neither journalled nor saved.
  ///
  /// Best effort takes of its one charge what fits (`granted`), and is refused only if nothing
  /// does. `record` is never refused. `release` gives back to the gauges of its meters, each of
  /// which must have one, and never goes below zero; `granted` is the least that one had to give.
  /// Under the id of a check that was allowed it gives back what that took instead, of all limits
  /// that counted it, once: all that still counts, in windows that are still open.
  ///
  /// Reservations hold amounts beside what is used of windows; a rate is charged when it is
  /// reserved, and gets back what is not used. One that is due ends before the next decision, or
  /// when `end_overdue` is called. What is in flight is only reserved: a meter with such a limit
  /// refuses other charges. What is known by an id or by labels is found in `Happenings::entries`
  /// when it changed.
  ///
  /// `Decision::retry_after` is the earliest moment at which all limits could pass if nothing else
  /// is asked: what is open ends by itself, and counts as its limits say. Where very many are to
  /// end before, it is when to ask again.
  ///
  /// A lease takes a share of what every limit of its meter has left, at most what is wanted, the
  /// smaller the less there is, and nothing near the end; it is held until it is reported as used.
  ///
  /// Credit is given, taken back and reset as `Check::credit` says, under the id of its grant. What
  /// was given before under this id is said again; the reading is that of its limit.
  /// A check that is refused by limits, or that asks for it, is explained
  /// (`Happenings::considered`), and is decided as if it was not. What goes on with a reservation,
  /// leases, and what was decided before are not.
  ///
  /// A tenant that may not spend is refused before any limit is looked at, and nothing is counted.
  /// What happened before is counted all the same: `record`, `release`, `commit` and `cancel` go
  /// on, and so does what is told again. `extend` and `lease` are refused, as they ask for time to
  /// spend more; what is out is settled by `commit`, or by time.
  ///
  /// A check that names a resource (`Check::shared`) is first decided by sharing: the policy, the
  /// grant that this tenant holds, and the conditions. What that refuses is `access_denied` by
  /// `Decision::sharing`, charges nothing, and is counted as denied under the grant. What limits
  /// allow then is counted as one use, with its units, in the same step; a reservation when it is
  /// made, its units when it is settled. An owner uses what is its own like anything else. `record`
  /// asks for no more than a grant to count under. Best effort takes no more than limits of cost
  /// and usage leave. Without a grant a use of a public policy is a `first_use` if nothing else but
  /// that is in the way. A reservation is extended only as long as its grant stands.
  ///
  /// Limits with labels are met in a counter for the values of this request. When the tenant has
  /// `Cells::live_max` of them in use, a request that needs another one is `invalid`.
  Effect decide(const Check& check, const Now& now, Decision& decision, Happenings& happenings);

  /// Does what time alone brings about: overrides end, and so do reservations and leases, up to
  /// `overdue_at_once` of them, the rest when it is called again, so that no turn becomes long.
  /// None is overdue while `next_expiry` lies ahead.
  Effect end_overdue(const Now& now, Happenings& happenings);
  [[nodiscard]] std::optional<Instant> next_expiry() const;
  static constexpr std::size_t overdue_at_once = 12;
  /// With labels, each of them may change many counters.
  static constexpr std::size_t labelled_overdue_at_once = 3;

  /// Takes over new rules at `now`. Limits that are in both (by id) keep what was used: a window
  /// its count, and a rate the units that are missing from its burst, the started one as a whole if
  /// the pace changed. Thresholds (by percent) that fired in this window do not fire again. With a
  /// new calendar, a window that is open ends where the new one holding `now` ends.
  /// Windows that are over are closed, and so is the usage of meters that have no limit any more.
  /// Everything is marked as neither journalled nor saved.
  void adopt(std::shared_ptr<const Plan> plan, const Now& now, Happenings& happenings);

  /// Whether it may spend, from now on; at first it may.
  void stand(Standing standing) noexcept { spending_.standing() = standing; }

  /// So many members there are from now on: each takes one of every gauge on that meter which looks
  /// at no labels. They count like what is used, but nothing gives them back.
  void seat(Seats seats);
  [[nodiscard]] std::uint32_t members() const noexcept;
  /// Tells the thresholds that these gauges reach with their members, once each, and counts what is
  /// above their size. Apart from `seat`, since who takes a place may not come.
  Effect note_members(const Now& now, Happenings& happenings);
  /// Whether one more would fit: every gauge that refuses has room for it.
  [[nodiscard]] bool has_seat(MeterId meter, const Now& now) const;

  /// What it holds of what others share, from now on, and what is so of it. Counts of grants that
  /// are gone become history once their periods are over.
  Effect share(std::span<const SharingGrant> grants, ConsumerFacts facts, Happenings& happenings);
  /// Null if it never held a grant.
  [[nodiscard]] const Shares* shares() const noexcept;
  static constexpr std::size_t ended_shares_at_once = 16;

  /// Every limit with its numbers at `now`, in the plan's order.
  [[nodiscard]] std::vector<LimitUsage> usage(const Now& now) const;
  /// Counters of limits by label at `now`, and reservations and leases that are open. A fault:
  /// there is no such limit, or it counts by no label. Each looks at all that there are.
  [[nodiscard]] Result<CounterPage> counters(const CounterQuery& query, const Now& now) const;
  [[nodiscard]] HoldPage holds(const HoldQuery& query, const Now& now) const;

  /// Appends the state of every limit and meter, as it is to be stored.
  void snapshot(const Now& now, TenantState& out) const;
  /// Appends what changed since last taken for the journal, but for entries; or for the store.
  void take_unjournalled(const Now& now, TenantState& out);
  void take_unsaved(const Now& now, TenantState& out);
  /// Nothing of it is known to be in the journal or store any more. Returns `values_to_journal`.
  std::uint32_t mark_unjournalled();
  void mark_unsaved();
  using EntryVisit = std::function<void(const Entry&)>;
  /// Calls `visit` with each count of sharing that changed since it was last taken so: many uses of
  /// a turn are one entry, unlike what `Happenings::entries` has. `told` is what it is called with,
  /// and has nothing but what it had of an earlier one.
  void take_unjournalled_uses(Entry& told, const EntryVisit& visit);
  /// Appends each part of a bucket that changed since it was last taken so.
  void take_unjournalled_values(std::vector<UsageBucket>& out);
  void each_entry(const Now& now, const EntryVisit& visit) const;
  /// Calls `visit` with each reservation and lease that is open.
  void each_open_entry(const EntryVisit& visit) const;
  /// Calls `visit` with each entry that the store may not have as it is.
  void each_unsaved_entry(const Now& now, const EntryVisit& visit) const;
  /// Calls `visit` with what stands for each entry that is no more, if the store may have it.
  void each_forgotten_entry(const Now& now, const EntryVisit& visit) const;

  [[nodiscard]] TenantId id() const noexcept { return id_; }
  [[nodiscard]] const Plan& plan() const noexcept { return *plan_; }
  /// Asks the processor to fetch what `decide` will read.
  void prefetch() const noexcept {
    spending_.prefetch(plan_->planned().size(), plan_->meters().size());
  }
  /// What an id or labels need beyond that, each a step further than the one before.
  void prefetch_rare() const noexcept;
  void prefetch_lists(const Check& check) const noexcept;
  void prefetch_entries(const Check& check) const noexcept;
  /// Bytes held for this tenant alone, without the shared plan.
  [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(Tenant) + spending_.bytes(); }

private:
  Effect decide_afresh(const Check& check, const Now& now, Decision& decision,
                       Happenings& happenings);
  bool prepare(const Check& check, const Now& now, Decision& decision);
  bool meet(const Check& check, const Now& now, Decision& decision);
  void meet_again(const Entry& entry, const Now& now);
  Effect take(const Check& check, const Now& now, Decision& decision, Happenings& happenings);
  Effect take_what_there_is(const Check& check, const Now& now, Decision& decision,
                            Happenings& happenings);
  Effect give_back(std::span<const Charge> charges, const Now& now, Decision& decision,
                   Happenings& happenings);
  // Giving back what a check took (tenant_refund.cpp).
  Effect refund(const Entry& answer, const Check& check, const Now& now, Decision& decision,
                Happenings& happenings);
  [[nodiscard]] Amount take_back(std::uint32_t slot, Amount amount, const LimitState::Past& past,
                                 const Now& now, Happenings& happenings);
  void note_taken(const Check& check, Entry& entry) const;
  // Takes the amount from one limit. What of it is above the size, unless the limit is a shadow.
  OverSize charge(std::uint32_t slot, LimitState& state, Amount amount, const Now& now,
                  Decision& decision, Happenings& happenings) {
    const Taken taken = spending_.rare() == nullptr
                            ? state.take(plan_->planned()[slot], amount, now)
                            : take_beside_members(slot, state, amount, now);
    if (taken.reached != ThresholdMask{} || taken.over > Amount{}) [[unlikely]] {
      return tell(slot, taken, now, decision, happenings);
    }
    return OverSize{};
  }
  OverSize tell(std::uint32_t slot, const Taken& taken, const Now& now, Decision& decision,
                Happenings& happenings) const;
  // Why (tenant_explain.cpp).
  Effect explain(std::span<const Charge> charges, const Now& now, Happenings& happenings);
  // The resources of others (tenant_share.cpp).
  Effect decide_shared(const Check& check, const Now& now, Decision& decision,
                       Happenings& happenings);
  Effect decide_by_limits(const Check& check, const Now& now, Decision& decision,
                          Happenings& happenings);
  struct Asked {
    const SharedUse& use;
    Mode mode;
    Amount units;
  };
  [[nodiscard]] ShareVerdict share_verdict(const Asked& asked, const Shares::Held* held,
                                           const Now& now) const;
  /// Whether limits would refuse what is asked; of best effort, all of it.
  [[nodiscard]] bool limits_refuse(const Check& check, const Now& now, Effect& effect,
                                   Happenings& happenings);
  [[nodiscard]] Amount most_that_fits(const Check& check, const Shares::Held* held,
                                      const Now& now) const;
  Effect deny_use(const Check& check, ShareVerdict verdict, Shares::Held* held, const Now& now,
                  Decision& decision, Happenings& happenings);
  void count_use(const Check& check, Shares::Held& held, Amount units, const Now& now,
                 Happenings& happenings);
  [[nodiscard]] std::optional<SharedHold> hold_of(const Check& check) const;
  /// Whether what was reserved under a grant may go on.
  [[nodiscard]] ShareVerdict verdict_on(const SharedHold& hold, const Now& now) const;
  void settle_use(const Entry& entry, const Now& now, Happenings& happenings);
  void hold_uses_again();
  [[nodiscard]] Shares::Counting counting(const Now& now, Happenings& happenings) const;
  [[nodiscard]] Amount units_under(PolicyId policy, const Shares::Held* held, const Now& now) const;
  [[nodiscard]] ConsideredLimit consider(std::uint32_t slot, Amount amount, const Now& now) const;
  // Reservations, and checks with an id (tenant_reserve.cpp).
  Effect decide_once(const Check& check, const Now& now, Decision& decision,
                     Happenings& happenings);
  Effect decide_first(const Check& check, const Now& now, Decision& decision,
                      Happenings& happenings);
  Effect extend(Entry& entry, const Check& check, const Now& now, Decision& decision,
                Happenings& happenings);
  Effect settle(Entry& entry, const Check& check, const Now& now, Decision& decision,
                Happenings& happenings);
  // Leases (tenant_lease.cpp).
  Effect lease(Entry* entry, const Check& check, const Now& now, Decision& decision,
               Happenings& happenings);
  Effect deny_lease(Entry* entry, const Charge& used, const Now& now, Decision& decision,
                    Happenings& happenings);
  void show_leases(std::vector<LimitUsage>& usage) const;
  Effect return_lease(Entry& entry, const Check& check, const Now& now, Decision& decision,
                      Happenings& happenings);
  Effect expire_lease(Entry& entry, const Now& now, Decision& decision, Happenings& happenings);
  struct LeaseEnd {
    EntryState state;
    Amount used;
    Outcome outcome = Outcome::allowed;
  };
  Effect end_lease(Entry& entry, const LeaseEnd& how, const Now& now, Decision& decision,
                   Happenings& happenings);
  void report(Entry& entry, Amount used, EntryState state, const Now& now, Decision& decision,
              Happenings& happenings);
  [[nodiscard]] Amount slice(MeterId meter, Amount want, const Now& now) const;
  void take_slice(Entry& entry, Amount slice, const Now& now, Happenings& happenings);
  // Prepaid credit (tenant_credit.cpp).
  Effect change_credit(const Check& check, const Now& now, Decision& decision,
                       Happenings& happenings);
  Effect make_credit_change(const Check& check, const Now& now, Decision& decision,
                            Happenings& happenings);
  Effect give_credit(EntryId id, const GiveCredit& give, const Now& now, Decision& decision,
                     Happenings& happenings);
  Effect void_credit(EntryId id, const Now& now, Decision& decision, Happenings& happenings);
  Effect reset_credit(const ResetCredit& reset, const Now& now, Decision& decision,
                      Happenings& happenings);
  [[nodiscard]] std::optional<std::uint32_t> credit_slot(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint32_t> credit_slot(LimitId limit) const;
  void settle_credit(std::uint32_t slot, const Now& now, Happenings& happenings);
  [[nodiscard]] bool make_place_for_grant(const Now& now, Happenings& happenings);
  [[nodiscard]] Amount take_credit_back(std::uint32_t slot, Amount amount, WallTime begun,
                                        const Now& now, Happenings& happenings);
  void tell_credit_rows(const std::vector<ClosedWindow>& rows, Happenings& happenings) const;
  Effect mark_credit(std::uint32_t slot, const Now& now, Decision& decision,
                     Happenings& happenings);
  [[nodiscard]] WallTime credit_resets_at(std::uint32_t slot) const;
  struct CreditView {
    CreditCount count;
    WallTime resets_at{};
    std::vector<Grant> grants{};
  };
  // As if time had gone on.
  [[nodiscard]] CreditView credit_at(std::uint32_t slot, const Now& now) const;
  void restore(std::span<const Entry> entries, const Now& now);
  void open_accounts(std::span<const Counter> counters, std::span<const Entry> entries,
                     const Now& now);
  void adopt_accounts(const Now& now);
  void renew_accounts();
  [[nodiscard]] Duration ttl_of(Duration asked, std::span<const Charge> charges) const;
  Effect end(Entry& entry, EntryState state, const Now& now, Decision& decision,
             Happenings& happenings);
  void hold_again(const Now& now, Slots fresh);
  // Members (tenant_members.cpp): the ledger holds them, and they are told as used.
  [[nodiscard]] Slots seat_slots(MeterId meter) const noexcept;
  [[nodiscard]] Amount seated(std::uint32_t slot) const noexcept;
  Taken take_beside_members(std::uint32_t slot, LimitState& state, Amount amount, const Now& now);
  void show_members(std::uint32_t slot, LimitReading& reading) const;
  Rare& rare();
  // Where the request at hand meets a limit, and what is held there; no state if it does not apply.
  struct Met {
    LimitState* state;
    Amount held{};
  };
  [[nodiscard]] Met met(std::uint32_t slot) noexcept {
    return spending_.rare() == nullptr ? Met{&spending_.limit(slot)} : met_beside(slot);
  }
  [[nodiscard]] Met met_beside(std::uint32_t slot) noexcept;
  // What the labels of the request at hand make of a limit.
  [[nodiscard]] bool applies(std::uint32_t slot) const noexcept {
    return !plan_->planned()[slot].labelled || applies_to_labels(slot);
  }
  [[nodiscard]] bool applies_to_labels(std::uint32_t slot) const noexcept;
  [[nodiscard]] LimitState& state(std::uint32_t slot) noexcept {
    return plan_->planned()[slot].labelled ? labelled_state(slot) : spending_.limit(slot);
  }
  [[nodiscard]] const LimitState& state(std::uint32_t slot) const noexcept {
    return const_cast<Tenant*>(this)->state(slot);
  }
  [[nodiscard]] LimitState& labelled_state(std::uint32_t slot) noexcept;
  [[nodiscard]] Amount held(std::uint32_t slot) const noexcept {
    return spending_.rare() == nullptr ? Amount{} : held_by_reservations(slot);
  }
  [[nodiscard]] Amount held_by_reservations(std::uint32_t slot) const noexcept;
  void hold(std::uint32_t slot, Amount amount);
  void hold(std::uint32_t slot, Amount amount, const Now& now, Happenings& happenings);
  void let_go(std::uint32_t slot, Amount amount);
  template <class Visit>
  void each_limit_met(std::span<const Charge> charges, Visit&& visit) const;
  // When a refused amount could pass (tenant_wait.cpp).
  class Prospect;
  [[nodiscard]] Duration wait(std::uint32_t slot, Amount amount, const Now& now) const;

  void read_tightest(const Entry& entry, const Now& now, Decision& decision) const;
  void read(std::uint32_t slot, const Now& now, Decision& decision) const;
  Effect mark(Slots changed, Slots counted, const Now& now, Happenings& happenings);
  void tell_cells(Slots changed, const Now& now, Happenings& happenings);
  void carry_usage(const Plan& plan, const Now& now, Spending& to, Happenings& happenings);
  // A window that has ended starts again, and credit is settled. Returns whether that was so.
  bool bring_up_to(const Now& now, std::uint32_t slot, Happenings& happenings) {
    return bring_up_to(now, slot, state(slot), happenings);
  }
  bool bring_up_to(const Now& now, std::uint32_t slot, LimitState& state, Happenings& happenings) {
    const PlannedLimit& limit = plan_->planned()[slot];
    if (state.over(limit, now)) [[unlikely]] {
      start_again(now, slot, happenings);
      return true;
    }
    state.slide(limit, now);
    return false;
  }
  void start_again(const Now& now, std::uint32_t slot, Happenings& happenings);
  bool count(std::uint32_t slot, const CountedCheck& check, const Now& now, Happenings& happenings);
  void restore_values(std::span<const UsageBucket> open_usage);
  void ask_for_values();
  [[nodiscard]] EntryId counter_met(std::uint32_t slot) const;
  void announce(std::uint32_t slot, ThresholdMask reached, const Now& now,
                Happenings& happenings) const;
  void append(Slots slots, const Now& now, TenantState& out) const;

  TenantId id_;
  std::shared_ptr<const Plan> plan_;
  Spending spending_;  ///< For each of the plan's limits and meters, in their orders.
};

static_assert(sizeof(Tenant) == 40);

}  // namespace sluice
