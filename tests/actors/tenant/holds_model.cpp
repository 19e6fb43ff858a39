// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/holds_model.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace sluice {
namespace {

constexpr Duration remembered = std::chrono::hours{24};

const RateRule* rate_of(const Limit& limit) {
  return std::get_if<RateRule>(&limit.rule);
}

/// Of windows of both kinds; nothing if there is none.
std::optional<Amount> size_of(const Limit& limit) {
  if (const auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
    return sliding->size;
  }
  return std::get<WindowRule>(limit.rule).size;
}

Duration length_of(const Limit& limit) {
  if (const auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
    return sliding->span;
  }
  const Period period = std::get<WindowRule>(limit.rule).period;
  return period == Period::minute ? Duration{std::chrono::minutes{1}}
         : period == Period::hour ? Duration{std::chrono::hours{1}}
         : period == Period::day  ? Duration{std::chrono::hours{24}}
                                  : Duration::max();
}

Parts per_of(const RateRule& rate) {
  return static_cast<std::uint64_t>(rate.per.count());
}
Parts full_of(const RateRule& rate) {
  return rate.burst.raw() * per_of(rate);
}
Parts earned(const RateRule& rate, Duration time) {
  return Parts{rate.amount.raw()} * static_cast<std::uint64_t>(time.count());
}

/// All that is asked of a meter; nothing if it is not mentioned.
std::optional<Amount> asked_of(MeterId meter, std::span<const Charge> charges) {
  std::optional<Amount> sum;
  for (const Charge& charge : charges) {
    if (charge.meter == meter) {
      sum = sum.value_or(Amount{}) + charge.amount;
    }
  }
  return sum;
}

bool same_charges(std::span<const Charge> a, std::span<const Charge> b) {
  return std::ranges::equal(a, b, [](const Charge& one, const Charge& other) {
    return one.meter == other.meter && one.amount == other.amount;
  });
}

/// Writes what the charges say was used; whether all of their meters were reserved.
bool say_used(std::vector<HeldCharge>& parts, std::span<const Charge> charges) {
  for (HeldCharge& part : parts) {
    part.used = asked_of(part.meter, charges).value_or(part.used);
  }
  return std::ranges::all_of(charges, [&](const Charge& charge) {
    return std::ranges::find(parts, charge.meter, &HeldCharge::meter) != parts.end();
  });
}

}  // namespace

void HoldsModel::adopt(std::span<const Limit> limits, const Now& now) {
  std::vector<Count> counts;
  for (const Limit& limit : limits) {
    const auto before =
        std::ranges::find(counts_, limit.id, [](const Count& c) { return c.limit.id; });
    Count& count = counts.emplace_back(
        before == counts_.end() ? Count{limit, now.wall, {}, 0, now.steady} : *before);
    count.limit = limit;
    count.latest = std::max(count.latest, now.wall);
    if (const RateRule* rate = rate_of(limit)) {
      count.owed = std::min(owed(count, now.steady), full_of(*rate));
      count.owed_at = now.steady;
    }
  }
  counts_ = std::move(counts);
}

HoldsModel::Asked* HoldsModel::find(EntryId id) {
  const auto found = std::ranges::find(asked_, id, &Asked::id);
  return found == asked_.end() ? nullptr : &*found;
}

HoldsModel::Answer HoldsModel::decide(const Check& check, const Now& now) {
  let_time_end(now);
  if (check.id == EntryId{} || check.mode == Mode::peek) {
    return take(check, now);
  }
  const bool settles = check.mode == Mode::commit || check.mode == Mode::cancel;
  if (!settles && check.mode != Mode::extend) {
    return take_once(check, now);
  }
  Asked* const asked = find(check.id);
  if (asked == nullptr || asked->state == EntryState::answered) {
    return Answer{Outcome::no_such_hold};
  }
  return settles ? settle(*asked, check, now) : extend(*asked, check, now);
}

HoldsModel::Answer HoldsModel::take_once(const Check& check, const Now& now) {
  if (const Asked* asked = find(check.id)) {
    const bool same = asked->mode == check.mode && asked->ttl == check.ttl &&
                      same_charges(asked->charges, check.charges);
    return same ? Answer{asked->first.outcome, true} : Answer{Outcome::conflict};
  }
  const Answer answer = take(check, now);
  Asked asked{
      check.id, check.mode,           check.ttl,  {check.charges.begin(), check.charges.end()},
      answer,   EntryState::answered, now.steady, now.steady + remembered,
      {}};
  if (check.mode == Mode::reserve && answer.outcome == Outcome::allowed) {
    asked.state = EntryState::held;
    asked.due = now.steady + check.ttl;
    for (const Charge& charge : check.charges) {
      if (std::ranges::find(asked.parts, charge.meter, &HeldCharge::meter) == asked.parts.end()) {
        asked.parts.push_back({charge.meter, *asked_of(charge.meter, check.charges), Amount{}});
      }
    }
  }
  asked_.push_back(std::move(asked));
  return answer;
}

HoldsModel::Answer HoldsModel::extend(Asked& asked, const Check& check, const Now& now) {
  if (asked.state != EntryState::held) {
    return Answer{asked.state == EntryState::expired ? Outcome::hold_expired : Outcome::conflict};
  }
  std::vector<HeldCharge> parts = asked.parts;
  if (!say_used(parts, check.charges)) {
    return Answer{Outcome::invalid};
  }
  asked.parts = std::move(parts);
  asked.due = now.steady + check.ttl;
  return Answer{};
}

HoldsModel::Answer HoldsModel::settle(Asked& asked, const Check& check, const Now& now) {
  if (asked.state == EntryState::expired) {
    return Answer{Outcome::hold_expired};
  }
  const bool commits = check.mode == Mode::commit;
  std::vector<HeldCharge> parts = asked.parts;
  for (HeldCharge& part : parts) {
    part.used = commits ? part.held : Amount{};
  }
  if (!say_used(parts, check.charges)) {
    return Answer{Outcome::invalid};
  }
  const EntryState state = commits ? EntryState::committed : EntryState::cancelled;
  if (asked.state != EntryState::held) {
    const bool same = asked.state == state && asked.parts == parts;
    return same ? Answer{Outcome::allowed, true} : Answer{Outcome::conflict};
  }
  asked.parts = std::move(parts);
  return Answer{Outcome::allowed, false, end(asked, state, now)};
}

/// Whether more was used than was held.
bool HoldsModel::end(Asked& asked, EntryState state, const Now& now) {
  bool overrun = false;
  for (const HeldCharge& part : asked.parts) {
    overrun |= part.used > part.held;
    for (Count& count : counts_) {
      if (count.limit.meter != part.meter) {
        continue;
      }
      count.latest = std::max(count.latest, now.wall);
      const RateRule* rate = rate_of(count.limit);
      if (rate == nullptr) {
        use(count, part.used, now);
        continue;
      }
      // What was not used comes back, but for what came back by itself meanwhile.
      const Parts owes = owed(count, now.steady);
      const Parts spare = std::min(excess(part.held, part.used).raw() * per_of(*rate), owes);
      count.owed = owes - (spare - std::min(spare, earned(*rate, now.steady - asked.begun)));
      count.owed_at = now.steady;
      use(count, excess(part.used, part.held), now);
    }
  }
  asked.state = state;
  asked.due = now.steady + remembered;
  return overrun;
}

void HoldsModel::let_time_end(const Now& now) {
  std::erase_if(asked_, [&](const Asked& asked) {
    return asked.state != EntryState::held && asked.due <= now.steady;
  });
  std::vector<Asked*> overdue;
  for (Asked& asked : asked_) {
    if (asked.state == EntryState::held && asked.due <= now.steady) {
      overdue.push_back(&asked);
    }
  }
  std::ranges::sort(overdue, {}, [](const Asked* a) { return std::tuple{a->due, a->id}; });
  for (Asked* asked : overdue) {
    end(*asked, EntryState::expired, now);
  }
}

HoldsModel::Answer HoldsModel::take(const Check& check, const Now& now) {
  Answer answer;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (const auto amount = asked_of(counts_[i].limit.meter, check.charges)) {
      counts_[i].latest = std::max(counts_[i].latest, now.wall);
      if (check.mode != Mode::record && !fits(i, *amount, now)) {
        answer.outcome = Outcome::denied;
      }
    }
  }
  if (answer.outcome == Outcome::denied || check.mode == Mode::peek) {
    return answer;
  }
  for (Count& count : counts_) {
    const auto amount = asked_of(count.limit.meter, check.charges);
    if (amount && (check.mode != Mode::reserve || rate_of(count.limit) != nullptr)) {
      use(count, *amount, now);
    }
  }
  return answer;
}

bool HoldsModel::fits(std::size_t limit, Amount amount, const Now& now) const {
  const Count& count = counts_[limit];
  if (amount == Amount{} || count.limit.enforcement == Enforcement::alert) {
    return true;
  }
  if (const RateRule* rate = rate_of(count.limit)) {
    return owed(count, now.steady) + amount.raw() * per_of(*rate) <= full_of(*rate);
  }
  const auto size = size_of(count.limit);
  return !size || used(limit, now) + held(limit) + amount <= *size;
}

void HoldsModel::use(Count& count, Amount amount, const Now& now) {
  if (const RateRule* rate = rate_of(count.limit)) {
    const Parts owes = owed(count, now.steady) + amount.raw() * per_of(*rate);
    count.owed = std::min(owes, full_of(*rate));
    count.owed_at = now.steady;
  } else {
    count.list.push_back({count.latest, amount});
  }
}

Parts HoldsModel::owed(const Count& count, Instant now) {
  const Parts came_back = earned(*rate_of(count.limit), now - count.owed_at);
  return count.owed - std::min(count.owed, came_back);
}

Amount HoldsModel::used_in(const Count& count, std::int64_t number, Duration length) {
  Amount sum;
  for (const Used& used : count.list) {
    sum = used.at.time_since_epoch() / length == number ? sum + used.amount : sum;
  }
  return sum;
}

Amount HoldsModel::used(std::size_t limit, const Now& now) const {
  const Count& count = counts_.at(limit);
  if (const RateRule* rate = rate_of(count.limit)) {
    return excess(rate->burst, remaining(limit, now));
  }
  const Duration length = length_of(count.limit);
  const std::int64_t number = std::max(now.wall, count.latest).time_since_epoch() / length;
  const Amount present = used_in(count, number, length);
  if (!std::holds_alternative<SlidingRule>(count.limit.rule)) {
    return present;
  }
  const Amount previous = used_in(count, number - 1, length);
  const Duration rest = std::min(WallTime{length * (number + 1)} - now.wall, length);
  const Parts share = divide_up(Parts{previous.raw()} * static_cast<std::uint64_t>(rest.count()),
                                static_cast<std::uint64_t>(length.count()));
  return present + Amount{static_cast<std::uint64_t>(share)};
}

Amount HoldsModel::held(std::size_t limit) const {
  Amount sum;
  for (const Asked& asked : asked_) {
    for (const HeldCharge& part : asked.parts) {
      const bool holds =
          asked.state == EntryState::held && rate_of(counts_[limit].limit) == nullptr;
      sum = holds && part.meter == counts_[limit].limit.meter ? sum + part.held : sum;
    }
  }
  return sum;
}

Amount HoldsModel::remaining(std::size_t limit, const Now& now) const {
  const Count& count = counts_.at(limit);
  if (const RateRule* rate = rate_of(count.limit)) {
    const Parts left = full_of(*rate) - owed(count, now.steady);
    return Amount{static_cast<std::uint64_t>(left / per_of(*rate))};
  }
  return excess(size_of(count.limit).value_or(Amount::max()), used(limit, now) + held(limit));
}

}  // namespace sluice
