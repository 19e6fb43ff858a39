// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/books.hpp"

#include <date/date.h>

#include <algorithm>
#include <string>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/sharing/price.hpp"

namespace sluice {
namespace {

/// The period that the task sees to next.
Window next_period(const BooksProgress& progress, BooksTask task) {
  const auto mark = std::ranges::find(progress.marks, task, &BooksMark::task);
  const WallTime at = mark != progress.marks.end() ? mark->next : progress.begun.value();
  return billing_period_at(period_of(task), at);
}

/// Whether all lines of periods that ended by then have been made.
bool closed_until(const BooksProgress& progress, WallTime end) {
  return std::ranges::all_of(books_tasks, [&](BooksTask task) {
    return !closes(task) || next_period(progress, task).end > end;
  });
}

bool may_be_seen_to(const BooksProgress& progress, const BooksStep& step, WallTime saved_until) {
  if (!closes(step.task)) {
    return step.period.end <= saved_until && closed_until(progress, step.period.end);
  }
  return step.period.end <= wall_time_never - statement_margin &&
         step.period.end + statement_margin <= saved_until;
}

Result<Done> validate_page_size(std::size_t page_size) {
  if (page_size < 1 || page_size > statement_page_size_max) {
    return Fault{FaultCode::invalid_argument, "page_size: must be from 1 to 1000"};
  }
  return Done{};
}

}  // namespace

BillingPeriod period_of(BooksTask task) noexcept {
  switch (task) {
    case BooksTask::close_days:
    case BooksTask::pay_daily:
      return BillingPeriod::day;
    case BooksTask::close_weeks:
    case BooksTask::pay_weekly:
      return BillingPeriod::week;
    case BooksTask::close_months:
    case BooksTask::pay_monthly:
      return BillingPeriod::month;
  }
  invariant_broken("a task of the books", __FILE__, __LINE__);
}

PayoutSchedule schedule_of(BooksTask task) noexcept {
  SLUICE_INVARIANT(!closes(task));
  switch (period_of(task)) {
    case BillingPeriod::day:
      return PayoutSchedule::daily;
    case BillingPeriod::week:
      return PayoutSchedule::weekly;
    case BillingPeriod::month:
      return PayoutSchedule::monthly;
  }
  invariant_broken("a billing period", __FILE__, __LINE__);
}

std::optional<BooksStep> next_step(const BooksProgress& progress, WallTime saved_until) {
  std::optional<BooksStep> earliest;
  if (!progress.begun) {
    return earliest;
  }
  for (const BooksTask task :
       books_tasks) {  // In this order, so that of one moment lines come first.
    const BooksStep step{task, next_period(progress, task)};
    const bool is_earlier = !earliest || step.period.end < earliest->period.end;
    if (is_earlier && may_be_seen_to(progress, step, saved_until)) {
      earliest = step;
    }
  }
  return earliest;
}

std::vector<Window> open_periods(const BooksProgress& progress, BillingPeriod period,
                                 WallTime now) {
  const Window current = billing_period_at(period, now);
  if (!progress.begun) {
    return {current};
  }
  const auto task = static_cast<BooksTask>(period);
  static_assert(static_cast<int>(BooksTask::close_weeks) == static_cast<int>(BillingPeriod::week));
  if (next_period(progress, task).start >= current.start) {
    return {current};
  }
  return {billing_period_at(period, current.start - Duration{1}), current};
}

bool only_these_are_open(const BooksProgress& progress, WallTime now) {
  return !progress.begun || std::ranges::all_of(books_tasks, [&](BooksTask task) {
    return !closes(task) || next_period(progress, task).start >=
                                open_periods(progress, period_of(task), now).front().start;
  });
}

Fault not_yet_billed(WallTime until) {
  const date::sys_seconds at{std::chrono::ceil<std::chrono::seconds>(until.time_since_epoch())};
  return {
      FaultCode::conflict,
      std::string{"sharing: what is owed for it is not billed yet; purge the tenant after "}.append(
          date::format("%FT%TZ", at))};
}

Result<Done> validate(const StatementQuery& query) {
  if (query.from > query.to) {
    return Fault{FaultCode::invalid_argument, "to: must not be before from"};
  }
  return validate_page_size(query.page_size);
}

Result<Done> validate(const PayoutQuery& query) {
  if (!query.currency.empty() && !is_currency(query.currency)) {
    return Fault{FaultCode::invalid_argument, "currency: must be three capital letters"};
  }
  return validate_page_size(query.page_size);
}

}  // namespace sluice
