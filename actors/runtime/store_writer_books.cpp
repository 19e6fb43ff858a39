// SPDX-License-Identifier: Apache-2.0
// How periods are closed and owners paid.
//
// A period is closed once every host has said that what it decided before an hour after the
// period's end is in the store, open hours and all. A use is counted in the hour that the clock
// shows when it is counted, so after that none can fall into the period, unless the clock is
// stepped back by more than that hour. What comes of a reservation that began in the period and is
// committed later is counted when it is committed, and so belongs to the period of that moment.
//
// Each step may be repeated: lines are appended by their key, and what is in a payout is not unpaid
// any more. How far the task has come is written together with the last lines, so after a crash at
// any point the same step is done again, and comes to the same.
#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/sharing_reading.hpp"
#include "actors/runtime/store_writer.hpp"
#include "actors/tenant/sharing/audit_books.hpp"

namespace sluice {
namespace {

/// Owners that one message sees to: others wait so long.
constexpr std::size_t owners_paid_at_once = 16;

}  // namespace

void StoreWriter::see_to_books(SeeToBooks& wish) {
  clear_doubts();
  if (!books_ || !books_->begun) {
    auto progress = store_->books_progress();
    if (!progress.ok()) {
      report("books", progress.fault());
      return wish.ended();
    }
    books_ = std::move(progress).value();
  }
  const auto step = next_step(*books_, wish.saved_before);
  if (!step) {
    return wish.ended();
  }
  const auto seen = closes(step->task) ? close_some(*step, wish) : pay_some(*step, wish);
  if (!seen.ok()) {
    report("books", seen.fault());
    books_.reset();  // The next round begins the step again.
    return wish.ended();
  }
  if (seen.value()) {
    wish.after_grant.reset();
    wish.after_owner.reset();
  }
  caf::anon_send(caf::actor_cast<StoreWriterActor>(this), std::move(wish));
}

Result<bool> StoreWriter::close_some(const BooksStep& step, SeeToBooks& wish) {
  const GrantSpanQuery query{
      .billed = period_of(step.task), .window = step.period, .after = wish.after_grant};
  const auto grants = store_->grant_spans(query);
  if (!grants.ok()) {
    return grants.fault();
  }
  const auto costs = read_costs(*store_, grants.value(), step.period);
  if (!costs.ok()) {
    return costs.fault();
  }
  const bool last = grants.value().size() < query.count_max;
  StatementClosing closing{statement_lines(grants.value(), costs.value(), step.period), {}};
  for (StatementLine& line : closing.lines) {
    line.closed_at = shared_.surroundings.clock->now().wall;
  }
  if (last) {
    closing.mark = BooksMark{step.task, step.period.end};
  } else {
    wish.after_grant = grants.value().back().id;
  }
  const auto written = write_books(closing);
  return written.ok() ? Result<bool>{last} : written.fault();
}

Result<bool> StoreWriter::pay_some(const BooksStep& step, SeeToBooks& wish) {
  const auto pools = store_->unpaid_pools({step.period.end, wish.after_owner, owners_paid_at_once});
  if (!pools.ok()) {
    return pools.fault();
  }
  if (pools.value().empty()) {
    const auto written = write_books({{}, BooksMark{step.task, step.period.end}});
    return written.ok() ? Result<bool>{true} : written.fault();
  }
  bool all_paid = true;
  for (const DuePayout& due : due_payouts(pools.value(), schedule_of(step.task))) {
    const auto paid = pay_one(due, step);
    if (!paid.ok()) {
      return paid.fault();
    }
    all_paid = all_paid && paid.value();
  }
  // Who is owed more than one payout holds is looked at again.
  if (all_paid) {
    wish.after_owner = pools.value().back().owner;
  }
  return false;
}

Result<bool> StoreWriter::pay_one(const DuePayout& due, const BooksStep& step) {
  const auto lines = store_->unpaid_lines(due, step.period.end, payout_lines_max);
  if (!lines.ok()) {
    return lines.fault();
  }
  if (lines.value().empty()) {
    return true;
  }
  const auto latest =
      store_->payouts({.owner = due.owner, .currency = due.currency, .page_size = 1});
  if (!latest.ok()) {
    return latest.fault();
  }
  Payout payout = payout_of(due, schedule_of(step.task), step.period.end, lines.value(),
                            shared_.surroundings.clock->now().wall);
  const auto& before = latest.value().payouts;
  payout.key.number = before.empty() ? 1 : before.front().key.number + 1;
  const auto written =
      store_->pay_out(deed_of(audit_of_payout(payout), system_author()), payout, lines.value());
  return written.ok() ? Result<bool>{lines.value().size() < payout_lines_max} : written.fault();
}

Result<Done> StoreWriter::write_books(const StatementClosing& closing) {
  if (closing.lines.empty() && !closing.mark) {
    return Done{};
  }
  auto written = store_->close_statements(epoch_, closing);
  if (written.ok() && closing.mark) {
    std::erase_if(books_->marks,
                  [&](const BooksMark& mark) { return mark.task == closing.mark->task; });
    books_->marks.push_back(*closing.mark);
  }
  return written;
}

void StoreWriter::mark_payout_paid(MarkPayoutPaid& wish) {
  auto marked = [&]() -> Result<Payout> {
    if (const auto valid = validate_payout_reference(wish.reference); !valid.ok()) {
      return valid.fault();
    }
    return store_->mark_payout_paid(
        deed_of(audit_of_payout_paid(wish.key, wish.reference), std::move(wish.author)), wish.key,
        shared_.surroundings.clock->now().wall, wish.reference);
  }();
  if (!marked.ok()) {
    report("mark_payout_paid", marked.fault());
  }
  wish.caller.answer(std::move(marked));
}

}  // namespace sluice
