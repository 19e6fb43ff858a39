// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/books_desk.hpp"

#include <algorithm>
#include <utility>

#include "actors/runtime/sharing_reading.hpp"
#include "actors/tenant/sharing/audit_books.hpp"

namespace sluice {

Result<Rest> BooksDesk::see_to(WallTime saved_before, WallTime now) {
  if (!progress_ || !progress_->begun) {
    auto progress = store_.books_progress();
    if (!progress.ok()) {
      return progress.fault();
    }
    progress_ = std::move(progress).value();
  }
  const auto step = next_step(*progress_, saved_before);
  if (!step) {
    work_.reset();
    return Rest::none;
  }
  if (!work_ || work_->step != *step) {
    work_ = UnderWay{.step = *step};
  }
  const auto done = closes(step->task) ? close_some(*work_, now) : pay_some(*work_, now);
  if (!done.ok()) {
    progress_.reset();
    work_.reset();
    return done.fault();
  }
  return Rest::some;
}

Result<Done> BooksDesk::close_some(UnderWay& work, WallTime now) {
  const Window& period = work.step.period;
  const GrantSpanQuery query{.billed = period_of(work.step.task),
                             .window = period,
                             .after = work.after_grant,
                             .count_max = pace_.grants_at_once};
  const auto grants = store_.grant_spans(query);
  if (!grants.ok()) {
    return grants.fault();
  }
  const auto costs = read_costs(store_, grants.value(), period);
  if (!costs.ok()) {
    return costs.fault();
  }
  StatementClosing closing{statement_lines(grants.value(), costs.value(), period, work.earlier),
                           {}};
  for (StatementLine& line : closing.lines) {
    line.closed_at = now;
  }
  if (grants.value().size() < query.count_max) {
    closing.mark = BooksMark{work.step.task, period.end};
  } else {
    work.after_grant = grants.value().back().id;
  }
  return write(closing);
}

Result<Done> BooksDesk::pay_some(UnderWay& work, WallTime now) {
  const BooksStep& step = work.step;
  const auto pools = store_.unpaid_pools({step.period.end, work.after_owner, pace_.owners_at_once});
  if (!pools.ok()) {
    return pools.fault();
  }
  if (pools.value().empty()) {
    return write({{}, BooksMark{step.task, step.period.end}});
  }
  bool all_paid = true;
  for (const DuePayout& due : due_payouts(pools.value(), schedule_of(step.task))) {
    const auto paid = pay_one(due, step, now);
    if (!paid.ok()) {
      return paid.fault();
    }
    all_paid = all_paid && paid.value();
  }
  // Who is owed more than one payout holds is looked at again.
  if (all_paid) {
    work.after_owner = pools.value().back().owner;
  }
  return Done{};
}

Result<bool> BooksDesk::pay_one(const DuePayout& due, const BooksStep& step, WallTime now) {
  const auto lines = store_.unpaid_lines(due, step.period.end, pace_.lines_per_payout);
  if (!lines.ok()) {
    return lines.fault();
  }
  if (lines.value().empty()) {
    return true;
  }
  const auto latest =
      store_.payouts({.owner = due.owner, .currency = due.currency, .page_size = 1});
  if (!latest.ok()) {
    return latest.fault();
  }
  Payout payout = payout_of(due, schedule_of(step.task), step.period.end, lines.value(), now);
  const auto& before = latest.value().payouts;
  payout.key.number = before.empty() ? 1 : before.front().key.number + 1;
  AuditDraft audit = audit_of_payout(payout);
  audit.at = now;
  audit.author = system_author();
  const auto written = store_.pay_out({epoch_, std::move(audit)}, payout, lines.value());
  return written.ok() ? Result<bool>{lines.value().size() < pace_.lines_per_payout}
                      : written.fault();
}

Result<Done> BooksDesk::write(const StatementClosing& closing) {
  if (closing.lines.empty() && !closing.mark) {
    return Done{};
  }
  auto written = store_.close_statements(epoch_, closing);
  if (written.ok() && closing.mark) {
    std::erase_if(progress_->marks,
                  [&](const BooksMark& mark) { return mark.task == closing.mark->task; });
    progress_->marks.push_back(*closing.mark);
    work_.reset();
  }
  return written;
}

}  // namespace sluice
