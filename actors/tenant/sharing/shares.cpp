// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/shares.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/sharing/price.hpp"

namespace sluice {
namespace {

/// So that it is none of the hashes that counters by labels are named by.
constexpr std::uint64_t use_seed = 0x73'68'61'72'65'64;

void saturating_add(std::uint64_t& count, std::uint64_t more) {
  constexpr std::uint64_t most = Amount::max_raw;  // What every store can hold.
  count = count > most - std::min(more, most) ? most : count + more;
}

}  // namespace

EntryId entry_id_of(SharingId grant) noexcept {
  const std::array<std::uint64_t, 2> words{grant.high, grant.low};
  return {reserved_id_high, XXH64(words.data(), sizeof words, use_seed)};
}

void Shares::restore(const SharedCount& count) {
  if (Held* const known = find_ended(count.open.grant)) {
    known->count = count;
    return;
  }
  ended_.push_back(
      Held{.grant = {.id = count.open.grant, .policy = count.open.policy, .owner = count.owner},
           .count = count});
}

void Shares::adopt(std::span<const SharingGrant> grants, ConsumerFacts facts) {
  facts_ = std::move(facts);
  std::vector<Held> held;
  held.reserve(grants.size());
  for (const SharingGrant& grant : grants) {
    held.push_back(taken_over(grant));
  }
  for (Held& left : grants_) {
    const bool is_over = std::ranges::none_of(
        grants, [&](const SharingGrant& grant) { return grant.id == left.grant.id; });
    if (is_over && (left.used() || left.reservations > 0)) {
      ended_.push_back(std::move(left));
    }
  }
  std::ranges::sort(held, {}, [](const Held& one) { return one.grant.policy; });
  grants_ = std::move(held);
  mark_again();
}

Shares::Held Shares::taken_over(const SharingGrant& grant) {
  Held held;
  const auto same =
      std::ranges::find(grants_, grant.id, [](const Held& one) { return one.grant.id; });
  if (same != grants_.end()) {
    held = *same;
  } else if (Held* const ended = find_ended(grant.id)) {
    held = *ended;
    ended_.erase(ended_.begin() + (ended - ended_.data()));
  }
  held.grant = grant;
  held.count.open.grant = grant.id;
  held.count.open.policy = grant.policy;
  held.count.owner = grant.owner;
  return held;
}

Shares::Held* Shares::find(PolicyId policy) noexcept {
  const auto found = std::ranges::lower_bound(grants_, policy, {},
                                              [](const Held& held) { return held.grant.policy; });
  return found == grants_.end() || found->grant.policy != policy ? nullptr : &*found;
}

Amount Shares::units_under(PolicyId policy, const Held* held, WallTime at) const noexcept {
  Amount units = held == nullptr ? Amount{} : held->units_at(at);
  for (const Held& ended : ended_) {
    units = ended.grant.policy == policy ? units + ended.units_at(at) : units;
  }
  return units;
}

Shares::Held* Shares::find_ended(SharingId grant) noexcept {
  const auto found =
      std::ranges::find(ended_, grant, [](const Held& held) { return held.grant.id; });
  return found == ended_.end() ? nullptr : &*found;
}

Shares::Held& Shares::find(const SharedHold& hold) {
  if (Held* const stands = find(hold.policy); stands != nullptr && stands->grant.id == hold.grant) {
    return *stands;
  }
  if (Held* const ended = find_ended(hold.grant)) {
    return *ended;
  }
  restore(SharedCount{.open = {.grant = hold.grant, .policy = hold.policy},
                      .owner = hold.owner,
                      .period = hold.period});
  return ended_.back();
}

void Shares::clear_holds() noexcept {
  for (auto* const some : {&grants_, &ended_}) {
    for (Held& held : *some) {
      held.held = Amount{};
      held.reservations = 0;
    }
  }
}

// Hours and periods begin together with days, so an hour is in one period.
bool Shares::roll(Held& held, BillingPeriod period, const Counting& counting) {
  SharedCount& count = held.count;
  const Hour hour = hour_of(counting.at);
  const bool is_new_period = counting.at >= count.period_ends;
  bool closed = false;
  if (hour > count.open.hour && (is_new_period || !counting.keep_open || count.open.none())) {
    if (!count.open.none()) {
      counting.closed.push_back({counting.consumer, count.owner, count.open});
      closed = true;
    }
    count.open = {.grant = count.open.grant, .policy = count.open.policy, .hour = hour};
  }
  if (is_new_period) {
    count.period = period;
    count.period_ends = billing_period_at(period, counting.at).end;
    count.units = Amount{};
  }
  return closed;
}

Shares::Counted Shares::use(Held& held, BillingPeriod period, std::uint64_t uses, Amount units,
                            const Counting& counting) {
  const bool closed = roll(held, period, counting);
  SharedCount& count = held.count;
  SLUICE_INVARIANT(count.open.hour != Hour{});
  saturating_add(count.open.uses, uses);
  count.open.units = count.open.units + units;
  count.units = count.units + units;
  mark(held, &Held::to_save, to_save_);
  return {closed, mark(held, &Held::to_journal, to_journal_)};
}

Shares::Counted Shares::deny(Held& held, BillingPeriod period, const Counting& counting) {
  const bool closed = roll(held, period, counting);
  saturating_add(held.count.open.denied, 1);
  mark(held, &Held::to_save, to_save_);
  // What was closed is in nobody's hands but ours.
  return {closed, closed && mark(held, &Held::to_journal, to_journal_)};
}

bool Shares::close_ended(TenantId consumer, WallTime now, std::size_t count_max,
                         std::vector<SharedHourRow>& closed) {
  const std::size_t before = ended_.size();
  std::erase_if(ended_, [&](const Held& held) {
    const bool counts = held.count.units > Amount{} && now < held.count.period_ends;
    if (held.reservations > 0 || counts || count_max == 0) {
      return false;
    }
    --count_max;
    if (!held.count.open.none()) {
      closed.push_back({consumer, held.count.owner, held.count.open});
    }
    gone_.push_back(entry_id_of(held.grant.id));
    return true;
  });
  return ended_.size() < before;
}

void Shares::describe(const Held& held, Entry& entry) {
  entry.id = entry_id_of(held.grant.id);
  entry.state = EntryState::shared;
  entry.begun = held.grant.granted_at;
  entry.use = held.count;
}

Entry Shares::entry_of(const Held& held) {
  Entry entry;
  describe(held, entry);
  return entry;
}

void Shares::take_unsaved(std::vector<Entry>& entries, std::vector<EntryId>& forgotten) {
  take_marked(to_save_, &Held::to_save,
              [&entries](const Held& held) { entries.push_back(entry_of(held)); });
  gone_last_ = std::exchange(gone_, {});
  forgotten.insert(forgotten.end(), gone_last_.begin(), gone_last_.end());
}

void Shares::mark_unsaved() {
  gone_.insert(gone_.end(), gone_last_.begin(), gone_last_.end());
  gone_last_.clear();
  for (auto* const some : {&grants_, &ended_}) {
    for (Held& held : *some) {
      held.to_save |= held.used();
    }
  }
  mark_again();
}

bool Shares::mark(Held& held, Mark mark, std::vector<std::uint32_t>& marked) {
  if (held.*mark) {
    return false;
  }
  held.*mark = true;
  const bool stands = &held >= grants_.data() && &held < grants_.data() + grants_.size();
  if (stands) {
    marked.push_back(static_cast<std::uint32_t>(&held - grants_.data()));
  }
  return true;
}

void Shares::mark_again() {
  to_journal_.clear();
  to_save_.clear();
  for (std::uint32_t place = 0; place < grants_.size(); ++place) {
    if (grants_[place].to_journal) {
      to_journal_.push_back(place);
    }
    if (grants_[place].to_save) {
      to_save_.push_back(place);
    }
  }
}

}  // namespace sluice
