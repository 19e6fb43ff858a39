// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "actors/tenant/calendar.hpp"
#include "actors/tenant/credit_count.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// The grants of one limit, and which of them pays.
///
/// Role       A pure state machine beside a `CreditCount`. That takes charges between two changes;
///            here they are laid on the grants in burn order (lower priority number, then earlier
///            expiry, then earlier given), and time goes on over the changes. How often that is
///            done makes no difference, but for the times in history.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  Owns the grants. Refers to nothing.
/// Units      Of the limit's meter. Everything goes by the wall; a grant pays from when it is
///            effective until just before it ends. At one instant grants end first, then a period
///            is reset, then grants start or recur, and then they pay what is owed.
/// Errors     None; what is given must be valid.
/// Cost       Everything is O(grants); `go_on` once more for each time that grants start while
///            something is owed, and `next_fit`, which copies the account, for that and for each
///            grant that starts. A recurrence costs some microseconds when it comes round.
/// Source     The rules of burning, rollover and overage are those of OpenMeter
///            (openmeter/credit/engine).
class CreditAccount {
public:
  /// The limit that the grants are of, with the calendar that counts.
  struct Of {
    LimitId limit;
    MeterId meter;
    const CreditTerms* terms;
    const Calendar* calendar;
  };
  using Rows = std::vector<ClosedWindow>;

  /// Up to then nothing was spent of grants that it does not know yet.
  explicit CreditAccount(WallTime settled_at) : settled_at_(settled_at) {}
  /// A grant as it was when the account was settled; a later one with the same id takes its place.
  void restore(Grant grant, const Of& of);
  /// It goes on under this limit and calendar, be it that all grants are there, or others than
  /// before: which instants recur is asked again.
  void adopt(CreditCount& count, const Of& of);

  /// Lays what was spent on the grants and lets time pass up to `now`, if that lies ahead. Appends
  /// what a period that ended used in all, and what each grant paid up to the first change: at most
  /// a row for each grant, and one.
  void go_on(CreditCount& count, const Of& of, WallTime now, Rows& rows);

  /// Goes on, and starts the period again.
  void reset(bool keeps_overage, CreditCount& count, const Of& of, WallTime now, Rows& rows);

  // These speak of the moment up to which it went on. The count is as it was left then.

  /// At this moment; what is given after another one at the same moment, a nanosecond after it.
  void give(Grant grant, CreditCount& count, const Of& of);
  void void_grant(EntryId id, CreditCount& count, const Of& of, Rows& rows);
  /// The next moment at which so much fits beside what is held if nothing else is spent, as far as
  /// the next start of each grant and the end of the period bring it.
  [[nodiscard]] std::optional<WallTime> next_fit(const CreditCount& count, Amount held,
                                                 Amount amount, const Of& of) const;
  /// Gives back what was used at `begun`: first what is owed, then what grants paid, the last one
  /// first. What history has, or another period, stays paid. How much was given back.
  Amount take_back(Amount amount, WallTime begun, CreditCount& count, const Of& of);
  /// Tells what grants paid so far, of an instant of which nothing else is told.
  void tell_apart(CreditCount& count, const Of& of, Rows& rows);
  /// The grant must be spent for good (`is_spent`), and what it paid be told.
  void forget(EntryId id);
  /// Whether nothing of the grant can be had any more: it ended, or it was used up and is never
  /// filled again.
  [[nodiscard]] bool is_spent(const Grant& grant) const noexcept;

  [[nodiscard]] WallTime settled_at() const noexcept { return settled_at_; }
  /// What the grants have left.
  [[nodiscard]] Amount balance() const noexcept;
  /// When the period that is open ends.
  [[nodiscard]] WallTime resets_at() const noexcept { return resets_at_; }
  [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }
  [[nodiscard]] const Grant* find(EntryId id) const noexcept;
  /// In burn order.
  template <class Visit>
  void each(Visit&& visit) const {
    for (const Line& line : lines_) {
      visit(line.grant);
    }
  }
  /// Calls `visit` with each grant that changed since this was called last.
  template <class Visit>
  void take_changed(Visit&& visit) {
    for (Line& line : lines_) {
      if (std::exchange(line.changed, false)) {
        visit(line.grant);
      }
    }
  }

private:
  struct Line {
    Grant grant;
    WallTime last_start = WallTime::min();  ///< When it was full last.
    WallTime next_start = WallTime::min();  ///< When it will be again; if past, not yet known.
    bool changed = false;

    void set_balance(Amount balance) noexcept;
    void find_starts(const Calendar& calendar, WallTime instant);
    [[nodiscard]] bool pays_at(WallTime instant) const noexcept {
      return grant.terms.effective_at <= instant && instant < grant.ends_at();
    }
    [[nodiscard]] Amount rolled_over(Amount balance) const noexcept;
  };

  Line& put(Grant grant);
  [[nodiscard]] std::vector<Line>::iterator place_of(EntryId id);
  void burn(Amount amount);
  void pay_what_is_owed(CreditCount& count);
  void pass(WallTime to, const Of& of);
  void tell_paid(WallTime at, const Of& of, Rows& rows);
  [[nodiscard]] bool has_untold() const noexcept;
  [[nodiscard]] WallTime next_change(const Of& of, bool with_days) const;
  void look_ahead(CreditCount& count, const Of& of, WallTime to);
  void finish(CreditCount& count, const Of& of);

  WallTime settled_at_;
  WallTime resets_at_ = wall_time_never;
  std::vector<Line> lines_;  ///< In burn order.
};

}  // namespace sluice
