// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/model.hpp"

#include <algorithm>

namespace sluice {
namespace {

Amount sum_for(MeterId meter, const std::vector<Charge>& charges) {
  Amount sum;
  for (const Charge& charge : charges) {
    sum = charge.meter == meter ? sum + charge.amount : sum;
  }
  return sum;
}

bool meets(MeterId meter, const std::vector<Charge>& charges) {
  return std::any_of(charges.begin(), charges.end(),
                     [&](const Charge& charge) { return charge.meter == meter; });
}

/// The number of the window that holds the instant, which is after 1970.
std::int64_t window_number(Period period, WallTime instant) {
  const Duration since_1970 = instant.time_since_epoch();
  switch (period) {
    case Period::minute:
      return since_1970 / std::chrono::minutes{1};
    case Period::hour:
      return since_1970 / std::chrono::hours{1};
    case Period::day:
      return since_1970 / std::chrono::hours{24};
    case Period::never:
      return 0;
    case Period::week:
    case Period::month:
    case Period::year:
      break;
  }
  SLUICE_INVARIANT(false);
}

}  // namespace

Model::Model(std::vector<Limit> limits, Now start) : start_(start.steady) {
  for (Limit& limit : limits) {
    histories_.push_back(History{std::move(limit), start.wall, {}});
  }
}

Amount Model::used_of_window(const History& history, WallTime now) {
  const Period period = std::get<WindowRule>(history.limit.rule).period;
  const std::int64_t open = window_number(period, std::max(now, history.latest));
  Amount used;
  for (const Taken& taken : history.taken) {
    used = window_number(period, taken.window_time) == open ? used + taken.amount : used;
  }
  return used;
}

Parts Model::level(const History& history, Instant now) {
  const auto& rate = std::get<RateRule>(history.limit.rule);
  const Parts full = Parts{rate.burst.raw()} * static_cast<std::uint64_t>(rate.per.count());
  Parts level = full;
  Instant last = now;
  const auto refill_until = [&](Instant instant) {
    const Parts elapsed = static_cast<std::uint64_t>((instant - last).count());
    level = std::min(full, level + elapsed * rate.amount.raw());
    last = instant;
  };
  last = history.taken.empty() ? now : history.taken.front().steady;
  for (const Taken& taken : history.taken) {
    refill_until(taken.steady);
    const Parts cost = Parts{taken.amount.raw()} * static_cast<std::uint64_t>(rate.per.count());
    level -= std::min(level, cost);
  }
  refill_until(now);
  return level;
}

bool Model::fits(const History& history, Amount amount, Now now) {
  if (history.limit.enforcement == Enforcement::alert || amount == Amount{}) {
    return true;
  }
  if (const auto* rate = std::get_if<RateRule>(&history.limit.rule)) {
    const Parts cost = Parts{amount.raw()} * static_cast<std::uint64_t>(rate->per.count());
    return cost <= level(history, now.steady);
  }
  const auto size = std::get<WindowRule>(history.limit.rule).size;
  return !size || (amount <= *size && used_of_window(history, now.wall) <= excess(*size, amount));
}

bool Model::decide(const std::vector<Charge>& charges, Mode mode, Now now) {
  bool allowed = true;
  for (History& history : histories_) {
    const MeterId meter = history.limit.meter;
    if (meets(meter, charges)) {
      history.latest = std::max(history.latest, now.wall);
      allowed = allowed && fits(history, sum_for(meter, charges), now);
    }
  }
  for (History& history : histories_) {
    if (allowed && mode == Mode::normal) {
      history.taken.push_back(
          Taken{now.steady, history.latest, sum_for(history.limit.meter, charges)});
    }
  }
  return allowed;
}

Amount Model::used(std::size_t limit, Now now) const {
  const History& history = histories_.at(limit);
  if (const auto* rate = std::get_if<RateRule>(&history.limit.rule)) {
    return excess(rate->burst, remaining(limit, now));
  }
  return used_of_window(history, now.wall);
}

Amount Model::remaining(std::size_t limit, Now now) const {
  const History& history = histories_.at(limit);
  if (const auto* rate = std::get_if<RateRule>(&history.limit.rule)) {
    const auto per = static_cast<std::uint64_t>(rate->per.count());
    return Amount{static_cast<std::uint64_t>(level(history, now.steady) / per)};
  }
  const auto size = std::get<WindowRule>(history.limit.rule).size;
  return excess(size.value_or(Amount::max()), used_of_window(history, now.wall));
}

}  // namespace sluice
