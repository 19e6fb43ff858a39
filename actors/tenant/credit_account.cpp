// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/credit_account.hpp"

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/recurrence.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sluice {
namespace {

bool burns_before(const Grant& a, const Grant& b) {
  const auto key = [](const Grant& grant) {
    return std::tie(grant.terms.priority, grant.terms.expires_at, grant.given_at, grant.id);
  };
  return key(a) < key(b);
}

WallTime reset_after(WallTime instant, const CreditAccount::Of& of) {
  return of.calendar->window_at(of.terms->period, instant).end;
}

/// The period that ends here used so much, and owes nothing any more but what it keeps.
void close_period(CreditCount& count, WallTime at, Amount forgiven, const CreditAccount::Of& of,
                  CreditAccount::Rows& rows) {
  if (count.used > Amount{} || forgiven > Amount{}) {
    rows.push_back(
        {of.limit, of.meter, at, count.used, forgiven, of.terms->price(forgiven), EntryId{}});
  }
  count.used = Amount{};
  count.owed = excess(count.owed, forgiven);
}

}  // namespace

void CreditAccount::Line::set_balance(Amount balance) noexcept {
  changed |= balance != grant.balance;
  grant.balance = balance;
}

// The latest start up to the instant, and the one after it.
void CreditAccount::Line::find_starts(const Calendar& calendar, WallTime instant) {
  const GrantTerms& terms = grant.terms;
  if (next_start > instant) {
    return;
  }
  if (instant < terms.effective_at) {
    next_start = terms.effective_at;
    return;
  }
  last_start = terms.effective_at;
  next_start = wall_time_never;
  if (terms.recurrence) {
    const auto [last, next] = recurring_at(*terms.recurrence, calendar, instant);
    last_start = std::max(last_start, last);
    next_start = next;
  }
}

Amount CreditAccount::Line::rolled_over(Amount balance) const noexcept {
  const Rollover& rollover = grant.terms.rollover;
  return std::min(rollover.max, std::max(rollover.min, balance));
}

CreditAccount::Line& CreditAccount::put(Grant grant) {
  const auto place = std::lower_bound(
      lines_.begin(), lines_.end(), grant,
      [](const Line& one, const Grant& other) { return burns_before(one.grant, other); });
  if (place != lines_.end() && place->grant.id == grant.id) {
    *place = Line{.grant = std::move(grant)};
    return *place;
  }
  return *lines_.insert(place, Line{.grant = std::move(grant)});
}

std::vector<CreditAccount::Line>::iterator CreditAccount::place_of(EntryId id) {
  return std::ranges::find(lines_, id, [](const Line& line) { return line.grant.id; });
}

void CreditAccount::restore(Grant grant, const Of& of) {
  put(std::move(grant)).find_starts(*of.calendar, settled_at_);
}

void CreditAccount::adopt(CreditCount& count, const Of& of) {
  for (Line& line : lines_) {
    line.last_start = line.next_start = WallTime::min();
    line.find_starts(*of.calendar, settled_at_);
  }
  resets_at_ = reset_after(settled_at_, of);
  count.balance = std::min(count.balance, balance());
  count.until = next_change(of, !lines_.empty());
}

void CreditAccount::forget(EntryId id) {
  if (const auto place = place_of(id); place != lines_.end()) {
    lines_.erase(place);
  }
}

const Grant* CreditAccount::find(EntryId id) const noexcept {
  const auto place = const_cast<CreditAccount*>(this)->place_of(id);
  return place == lines_.end() ? nullptr : &place->grant;
}

Amount CreditAccount::balance() const noexcept {
  Amount balance;
  for (const Line& line : lines_) {
    balance = balance + line.grant.balance;
  }
  return balance;
}

void CreditAccount::burn(Amount amount) {
  for (Line& line : lines_) {
    if (amount == Amount{}) {
      return;
    }
    const Amount part = std::min(amount, line.grant.balance);
    line.set_balance(excess(line.grant.balance, part));
    line.grant.paid = line.grant.paid + part;
    amount = excess(amount, part);
  }
}

void CreditAccount::pay_what_is_owed(CreditCount& count) {
  const Amount part = std::min(count.owed, balance());
  burn(part);
  count.owed = excess(count.owed, part);
}

void CreditAccount::tell_paid(WallTime at, const Of& of, Rows& rows) {
  for (Line& line : lines_) {
    Grant& grant = line.grant;
    if (grant.paid > grant.told) {
      rows.push_back(
          {of.limit, of.meter, at, excess(grant.paid, grant.told), Amount{}, 0, grant.id});
      grant.told = grant.paid;
      line.changed = true;
    }
  }
}

bool CreditAccount::has_untold() const noexcept {
  return std::ranges::any_of(lines_,
                             [](const Line& line) { return line.grant.paid > line.grant.told; });
}

// A grant that starts is full, whatever happened to it before; and since nothing is spent, several
// resets in a row do what one does.
void CreditAccount::pass(WallTime to, const Of& of) {
  for (Line& line : lines_) {
    line.find_starts(*of.calendar, to);
    const bool starts = line.last_start > settled_at_;
    const WallTime from = starts ? line.last_start : settled_at_;
    if (starts) {
      line.set_balance(line.grant.terms.amount);
    }
    const WallTime resets = starts ? reset_after(from, of) : resets_at_;
    if (resets <= to && line.pays_at(from) && line.pays_at(resets)) {
      line.set_balance(line.rolled_over(line.grant.balance));
    }
    if (line.grant.ends_at() <= to) {
      line.set_balance(Amount{});
    }
  }
  settled_at_ = to;
  resets_at_ = resets_at_ <= to ? reset_after(to, of) : resets_at_;
}

void CreditAccount::go_on(CreditCount& count, const Of& of, WallTime now, Rows& rows) {
  burn(excess(balance(), count.balance));
  bool told = false;
  for (WallTime change = next_change(of, has_untold()); change <= now;
       change = next_change(of, has_untold())) {
    if (!std::exchange(told, true)) {
      tell_paid(change, of, rows);  // What is paid from here on is told the next time.
    }
    // While nothing is owed, what happens in between can be told from the end.
    const WallTime to = count.owed > Amount{} ? change : now;
    if (resets_at_ <= to) {
      close_period(count, resets_at_, count.owed, of, rows);
    }
    pass(to, of);
    pay_what_is_owed(count);
  }
  settled_at_ = std::max(settled_at_, now);
  finish(count, of);
}

void CreditAccount::give(Grant grant, CreditCount& count, const Of& of) {
  grant.terms.effective_at = std::max(grant.terms.effective_at, settled_at_);
  grant.given_at = settled_at_;
  for (const Line& line : lines_) {  // The order in which they are spent goes by this.
    grant.given_at = std::max(grant.given_at, line.grant.given_at + Duration{1});
  }
  Line& line = put(std::move(grant));
  line.find_starts(*of.calendar, settled_at_);
  line.grant.balance = line.pays_at(settled_at_) ? line.grant.terms.amount : Amount{};
  line.changed = true;
  pay_what_is_owed(count);
  finish(count, of);
}

void CreditAccount::void_grant(EntryId id, CreditCount& count, const Of& of, Rows& rows) {
  const auto line = place_of(id);
  SLUICE_INVARIANT(line != lines_.end());
  tell_apart(count, of, rows);
  line->grant.voided_at = settled_at_;
  line->set_balance(Amount{});
  line->changed = true;
  finish(count, of);
}

// What starts at this very moment does so after the reset, unless it had started before it was
// asked for.
void CreditAccount::reset(bool keeps_overage, CreditCount& count, const Of& of, WallTime now,
                          Rows& rows) {
  const bool comes_now = settled_at_ < now;
  go_on(count, of, now, rows);
  tell_apart(count, of, rows);
  close_period(count, settled_at_, keeps_overage ? Amount{} : count.owed, of, rows);
  for (Line& line : lines_) {
    const bool starts_now = comes_now && line.last_start == now;
    if (line.pays_at(settled_at_) && !starts_now) {
      line.set_balance(line.rolled_over(line.grant.balance));
    }
  }
  pay_what_is_owed(count);
  finish(count, of);
}

Amount CreditAccount::take_back(Amount amount, WallTime begun, CreditCount& count, const Of& of) {
  if (begun < of.calendar->window_at(of.terms->period, settled_at_).start) {
    return Amount{};
  }
  amount = std::min(amount, count.used);
  const Amount owed = std::min(amount, count.owed);
  count.owed = excess(count.owed, owed);
  Amount rest = excess(amount, owed);
  for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
    Grant& grant = line->grant;
    if (line->pays_at(settled_at_)) {
      const Amount part = std::min(
          {rest, excess(grant.paid, grant.told), excess(grant.terms.amount, grant.balance)});
      line->set_balance(grant.balance + part);
      grant.paid = excess(grant.paid, part);
      rest = excess(rest, part);
    }
  }
  const Amount given = excess(amount, rest);
  count.used = excess(count.used, given);
  finish(count, of);
  return given;
}

bool CreditAccount::is_spent(const Grant& grant) const noexcept {
  const bool has_begun = grant.terms.effective_at <= settled_at_;
  const bool comes_back = grant.terms.recurrence || grant.terms.rollover.min > Amount{};
  const bool is_used_up = has_begun && grant.balance == Amount{} && !comes_back;
  return is_used_up || grant.ends_at() <= settled_at_;
}

void CreditAccount::tell_apart(CreditCount& count, const Of& of, Rows& rows) {
  go_on(count, of, settled_at_ + Duration{1}, rows);
  tell_paid(settled_at_, of, rows);
}

WallTime CreditAccount::next_change(const Of& of, bool with_days) const {
  WallTime change = resets_at_;
  if (with_days) {
    change = std::min(change, of.calendar->window_at(Period::day, settled_at_).end);
  }
  for (const Line& line : lines_) {
    for (const WallTime at : {line.next_start, line.grant.ends_at()}) {
      change = at > settled_at_ ? std::min(change, at) : change;
    }
  }
  return change;
}

void CreditAccount::finish(CreditCount& count, const Of& of) {
  count.balance = balance();
  count.until = next_change(of, !lines_.empty());
}

// Tells of nothing, unlike `go_on`.
void CreditAccount::look_ahead(CreditCount& count, const Of& of, WallTime to) {
  while (settled_at_ < to) {
    const WallTime next = count.owed > Amount{} ? std::min(to, next_change(of, false)) : to;
    if (resets_at_ <= next) {
      count.owed = Amount{};
    }
    pass(next, of);
    pay_what_is_owed(count);
  }
  count.balance = balance();
}

std::optional<WallTime> CreditAccount::next_fit(const CreditCount& count, Amount held,
                                                Amount amount, const Of& of) const {
  CreditAccount ahead = *this;
  CreditCount then = count;
  ahead.burn(excess(balance(), count.balance));
  for (;;) {
    const WallTime at = ahead.settled_at_;
    WallTime next = resets_at_ > at ? resets_at_ : wall_time_never;
    for (const Line& line : lines_) {
      next = line.next_start > at ? std::min(next, line.next_start) : next;
    }
    if (next == wall_time_never) {
      return std::nullopt;
    }
    ahead.look_ahead(then, of, next);
    if (then.verdict(*of.terms, held, amount) == Verdict::fits) {
      return next;
    }
  }
}

}  // namespace sluice
