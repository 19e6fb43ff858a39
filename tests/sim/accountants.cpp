// SPDX-License-Identifier: Apache-2.0
// What accountants hear of; what must be so in the end is in accountants_check.cpp.
#include "tests/sim/accountants.hpp"

#include "actors/tenant/sharing/price.hpp"
#include "tests/sim/trace.hpp"

namespace sluice::sim {

void Accountants::closed(Epoch epoch, const StatementClosing& closing) {
  for (const StatementLine& line : closing.lines) {
    expect(line.amount_micros == line.owner_micros + line.platform_micros, "a line of grant ",
           line.grant.low, " is divided into more or less than it has");
    expect(line.period.end + statement_margin <= latest_, "a line of grant ", line.grant.low,
           " is made while its period may still be used");
    const auto [known, is_new] =
        lines_.try_emplace({line.period.start, line.grant}, Line{line, epoch});
    if (is_new) {
      note(line);
    } else {
      check_again(known->second, line, epoch);
    }
  }
  if (!closing.mark) {
    return;
  }
  const auto [before, is_first] = marks_.try_emplace(closing.mark->task, closing.mark->next);
  const Window next = billing_period_at(period_of(closing.mark->task), before->second);
  expect(is_first || closing.mark->next == next.end,
         "a period of the books is done twice, or one is left out");
  before->second = closing.mark->next;
  probes_.hit(Probe::period_closed);
}

void Accountants::check_again(const Line& known, const StatementLine& line, Epoch epoch) const {
  probes_.hit(known.epoch == epoch ? Probe::period_closed_again_after_unknown
                                   : Probe::period_closed_after_crash);
  StatementLine same = line;
  same.closed_at = known.line.closed_at;
  expect(!is_exact() || same == known.line, "a line of grant ", line.grant.low,
         " is made again, and is another one");
}

void Accountants::note(const StatementLine& line) const {
  for (const auto& [id, grant] : sharers_.grants()) {
    if (id != line.grant && grant.terms.policy == line.policy && grant.consumer == line.consumer &&
        find(line.period, id) != nullptr) {
      probes_.hit(Probe::line_after_another_grant);
    }
  }
}

void Accountants::paid(const Payout& payout, std::span<const UnpaidLine> lines) {
  std::map<PolicyId, std::uint64_t> due;
  std::uint64_t amount = 0;
  for (const UnpaidLine& one : lines) {
    const auto found = lines_.find({one.period_start, one.grant});
    expect(found != lines_.end() && !found->second.is_paid, "a line of grant ", one.grant.low,
           " is paid twice, or was never made");
    const StatementLine& line = found->second.line;
    expect(line.owner == payout.key.owner && line.currency == payout.key.currency &&
               line.owner_micros == one.owner_micros && line.period.end <= payout.through,
           "a line of grant ", one.grant.low, " is in a payout that it does not belong to");
    due[line.policy] += line.owner_micros;
    amount += line.owner_micros;
  }
  expect(amount == payout.amount_micros && amount > 0, "a payout is of ", payout.amount_micros,
         ", and its lines of ", amount);
  for (const auto& [policy, part] : due) {
    const auto pool = unpaid(policy, payout.key.currency, payout.through);
    std::uint64_t all = 0;
    for (const StatementLine* const line : pool) {
      all += line->owner_micros;
    }
    expect(pool.back()->schedule == payout.schedule && all >= pool.back()->minimum_payout_micros,
           "policy ", policy.low, " is paid ", all, " of at least ",
           pool.back()->minimum_payout_micros, ", or at the wrong time");
  }
  for (const UnpaidLine& one : lines) {
    lines_.at({one.period_start, one.grant}).is_paid = true;
  }
  probes_.hit(Probe::payout_made);
}

const StatementLine* Accountants::find(const Window& period, SharingId grant) const {
  const auto found = lines_.find({period.start, grant});
  return found == lines_.end() ? nullptr : &found->second.line;
}

std::vector<const StatementLine*> Accountants::unpaid(PolicyId policy, const std::string& currency,
                                                      WallTime through) const {
  std::vector<const StatementLine*> lines;
  for (const auto& [key, one] : lines_) {
    const StatementLine& line = one.line;
    if (!one.is_paid && line.owner_micros > 0 && line.policy == policy &&
        line.currency == currency && line.period.end <= through) {
      lines.push_back(&line);
    }
  }
  return lines;
}

}  // namespace sluice::sim
