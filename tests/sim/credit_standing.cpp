// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/credit_standing.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "actors/tenant/grant_rules.hpp"
#include "actors/tenant/invariant.hpp"
#include "tests/sim/trace.hpp"

namespace sluice::sim {

namespace {

using namespace std::chrono_literals;

Duration length_of(Period period) {
  SLUICE_INVARIANT(period == Period::hour || period == Period::day || period == Period::never);
  return period == Period::never ? Duration{} : period == Period::hour ? Duration{1h} : 24h;
}

/// Of two instants, whether the one lies whole steps from the other.
bool in_step(WallTime at, WallTime anchor, Duration step) {
  return (at - anchor) % step == Duration{};
}

/// The first instant after this one that lies whole steps from the anchor.
WallTime next_step(WallTime after, WallTime anchor, Duration step) {
  const Duration past = (after - anchor) % step;
  return after - past + (past < Duration{} ? Duration{} : step);
}

Duration step_of(const Recurrence& recurrence) {
  return length_of(recurrence.period) * recurrence.every;
}

}  // namespace

CreditStanding::CreditStanding(const Limit& limit)
    : period_(length_of(std::get<CreditRule>(limit.rule).period)),
      overage_max_(limit.overage ? limit.overage->cap->raw() : 0) {}

CreditStanding::CreditStanding(const Limit& limit, const KeptCredit& kept,
                               std::optional<std::uint64_t> closed)
    : CreditStanding(limit) {
  closed_ = closed;
  for (const Grant& grant : kept.grants) {
    lines_.push_back({grant.id, grant.digest, grant.terms, grant.given_at, grant.voided_at,
                      grant.balance.raw(), grant.paid.raw()});
  }
  lay_by_order();
  if (kept.counter) {
    static_cast<void>(burn(balance() - std::min(balance(), kept.counter->previous.raw())));
    used_ = kept.counter->used.raw();
    owed_ = kept.counter->over.raw();
    clock_ = kept.counter->paced_until;
    last_event_ = is_untouched() ? last_event_ : clock_;
  }
}

bool CreditStanding::Line::is_active(WallTime at) const {
  return terms.effective_at <= at && at < ends_at();
}

bool CreditStanding::Line::starts(WallTime at) const {
  const bool recurs =
      terms.recurrence && in_step(at, terms.recurrence->anchor, step_of(*terms.recurrence));
  return is_active(at) && (at == terms.effective_at || recurs);
}

WallTime CreditStanding::Line::next_start(WallTime after) const {
  if (after < terms.effective_at) {
    return terms.effective_at;
  }
  return terms.recurrence && is_active(after)
             ? next_step(after, terms.recurrence->anchor, step_of(*terms.recurrence))
             : wall_time_never;
}

void CreditStanding::Line::roll_over() {
  left = std::min(terms.rollover.max.raw(), std::max(terms.rollover.min.raw(), left));
}

bool CreditStanding::is_reset(WallTime at) const {
  return period_ > Duration{} && in_step(at, WallTime{}, period_);
}

WallTime CreditStanding::next_event() const {
  WallTime next = period_ > Duration{} ? next_step(clock_, WallTime{}, period_) : wall_time_never;
  for (const Line& line : lines_) {
    if (line.ends_at() > clock_) {
      next = std::min({next, line.next_start(clock_), line.ends_at()});
    }
  }
  return next;
}

void CreditStanding::advance(WallTime to) {
  while (clock_ < to && !is_untouched()) {
    const WallTime next = next_event();
    if (next > to || next == wall_time_never) {
      break;
    }
    clock_ = last_event_ = next;
    happen(next);
  }
  clock_ = std::max(clock_, to);
}

// First grants end, then a period does, then grants start, and then they pay what is owed.
void CreditStanding::happen(WallTime at) {
  for (Line& line : lines_) {
    if (!line.is_active(at)) {
      events_.grant_ended |= line.left > 0;
      line.left = 0;
    }
    if (is_reset(at) && line.is_active(at) && line.terms.effective_at < at) {
      events_.grant_rolled_over |= line.left > 0;
      line.roll_over();
    }
    if (line.starts(at)) {
      events_.grant_recurred |= line.terms.effective_at < at;
      line.left = line.terms.amount.raw();
    }
  }
  if (is_reset(at)) {
    events_.period_ended |= used_ > 0;
    close_period(owed_);
  }
  pay_what_is_owed();
}

void CreditStanding::close_period(std::uint64_t forgiven) {
  if (closed_) {
    *closed_ += used_;
  }
  used_ = 0;
  owed_ -= forgiven;
}

void CreditStanding::pay_what_is_owed() {
  const std::uint64_t unpaid = burn(owed_);
  events_.overage_paid |= unpaid < owed_;
  owed_ = unpaid;
}

// What is left of the amount.
std::uint64_t CreditStanding::burn(std::uint64_t amount) {
  for (Line& line : lines_) {
    const std::uint64_t part = std::min(line.left, amount);
    line.left -= part;
    line.paid += part;
    amount -= part;
  }
  return amount;
}

void CreditStanding::lay_by_order() {
  std::ranges::sort(lines_, {}, [](const Line& line) {
    return std::tuple{line.terms.priority, line.terms.expires_at, line.given_at, line.id};
  });
}

std::uint64_t CreditStanding::balance() const {
  std::uint64_t balance = 0;
  for (const Line& line : lines_) {
    balance += line.left;
  }
  return balance;
}

std::uint64_t CreditStanding::room(std::uint64_t held) const {
  const std::uint64_t there = balance() + overage_max_;
  return there - std::min(there, held + owed_);
}

void CreditStanding::use(std::uint64_t amount) {
  used_ += amount;
  owed_ += burn(amount);
}

CreditStanding::Line* CreditStanding::find(EntryId id) {
  const auto found = std::ranges::find(lines_, id, &Line::id);
  return found == lines_.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> CreditStanding::given(EntryId id) const {
  const Line* const line = const_cast<CreditStanding*>(this)->find(id);
  return line == nullptr ? std::nullopt : std::optional{line->digest};
}

void CreditStanding::give(EntryId id, const GrantTerms& terms) {
  Line line{id, digest_of(terms), terms, clock_};
  line.terms.effective_at = std::max(terms.effective_at, clock_);
  for (const Line& other : lines_) {  // Given later is spent later.
    line.given_at = std::max(line.given_at, other.given_at + Duration{1});
  }
  line.left = line.is_active(clock_) ? terms.amount.raw() : 0;
  lines_.push_back(line);
  lay_by_order();
  last_event_ = clock_;
  pay_what_is_owed();
}

bool CreditStanding::void_grant(EntryId id, WallTime at) {
  Line& line = *find(id);
  if (line.voided_at != wall_time_never) {
    return true;
  }
  advance(at);
  advance_apart();
  line.voided_at = clock_;
  line.left = 0;
  return false;
}

void CreditStanding::reset(bool keeps_overage, WallTime at) {
  const bool comes_now = clock_ < at;
  advance(at);
  advance_apart();
  close_period(keeps_overage ? 0 : owed_);
  for (Line& line : lines_) {
    // What starts just now does so after the reset, unless it had started before.
    const bool starts_now = comes_now && line.starts(at);
    if (line.is_active(clock_) && !starts_now) {
      line.roll_over();
    }
  }
  pay_what_is_owed();
}

// So that history tells nothing else of the same instant.
void CreditStanding::advance_apart() {
  advance(clock_ + Duration{1});
  last_event_ = clock_;
}

std::string CreditStanding::difference(const KeptCredit& kept) {
  if (!kept.counter) {
    return is_untouched() && kept.grants.empty() ? "" : "there is no counter";
  }
  const Counter& counter = *kept.counter;
  advance(counter.paced_until);
  if (counter.paced_until < last_event_) {
    return text("it was settled ", (last_event_ - counter.paced_until).count(),
                " ns before something happened");
  }
  clock_ = counter.paced_until;
  if (counter.used.raw() != used_ || counter.over.raw() != owed_ ||
      counter.previous.raw() != balance()) {
    return text("used ", counter.used.raw(), ", owed ", counter.over.raw(), ", left ",
                counter.previous.raw(), " instead of ", used_, ", ", owed_, ", ", balance());
  }
  if (kept.grants.size() != lines_.size()) {
    return text(kept.grants.size(), " grants instead of ", lines_.size());
  }
  std::vector<Grant> grants = kept.grants;
  std::uint64_t unlaid = 0;
  for (const Grant& grant : grants) {
    unlaid += grant.balance.raw();
  }
  unlaid -= std::min(unlaid, counter.previous.raw());
  for (const Line& line : lines_) {
    const auto same = std::ranges::find(grants, line.id, &Grant::id);
    if (same == grants.end()) {
      return text("grant ", line.id.low, " is missing");
    }
    const std::uint64_t laid = std::min(unlaid, same->balance.raw());
    unlaid -= laid;
    if (auto problem = difference_of(*same, laid); !problem.empty()) {
      return problem;
    }
  }
  return "";
}

std::string CreditStanding::difference_of(const Grant& grant, std::uint64_t laid) const {
  const Line& line = *const_cast<CreditStanding*>(this)->find(grant.id);
  const std::uint64_t left = grant.balance.raw() - laid;
  const std::uint64_t paid = grant.paid.raw() + laid;
  if (left != line.left || paid != line.paid) {
    return text("grant ", grant.id.low, " has ", left, " left and paid ", paid, " instead of ",
                line.left, " and ", line.paid);
  }
  const bool is_as_given = grant.digest == line.digest && grant.terms == line.terms &&
                           grant.given_at == line.given_at && grant.voided_at == line.voided_at;
  return is_as_given ? "" : text("grant ", grant.id.low, " is not as it was given or voided");
}

}  // namespace sluice::sim
