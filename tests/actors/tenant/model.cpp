// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/model.hpp"

#include <algorithm>
#include <optional>

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

Duration length_of(Period period) {
  switch (period) {
    case Period::minute:
      return std::chrono::minutes{1};
    case Period::hour:
      return std::chrono::hours{1};
    case Period::day:
      return std::chrono::hours{24};
    case Period::never:
    case Period::week:
    case Period::month:
    case Period::year:
      break;
  }
  SLUICE_INVARIANT(false);
}

/// Sizes of windows of both kinds.
std::optional<Amount> size_of(const Limit& limit) {
  if (const auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
    return sliding->size;
  }
  const auto* window = std::get_if<WindowRule>(&limit.rule);
  return window == nullptr ? std::nullopt : window->size;
}

bool is_gauge(const Limit& limit) {
  const auto* window = std::get_if<WindowRule>(&limit.rule);
  return window != nullptr && window->period == Period::never;
}

/// The most that may ever be used; nothing if there is no such amount.
std::optional<Amount> most(const Limit& limit) {
  const auto size = size_of(limit);
  const bool denies = limit.enforcement == Enforcement::block ||
                      (limit.enforcement == Enforcement::throttle && !limit.overage);
  if (!size || (!denies && (!limit.overage || !limit.overage->cap))) {
    return std::nullopt;
  }
  return denies ? *size : *size + *limit.overage->cap;
}

}  // namespace

Model::Model(std::vector<Limit> limits, Now start) {
  for (Limit& limit : limits) {
    histories_.push_back(History{std::move(limit), start.wall, {}});
  }
}

Amount Model::used_of(const History& history, WallTime now) {
  if (std::holds_alternative<SlidingRule>(history.limit.rule)) {
    return used_of_sliding(history, now);
  }
  const Period period = std::get<WindowRule>(history.limit.rule).period;
  const std::int64_t open = window_number(period, std::max(now, history.latest));
  Amount used;
  for (const Taken& taken : history.taken) {
    if (window_number(period, taken.window_time) == open) {
      used = taken.back ? excess(used, taken.amount) : used + taken.amount;
    }
  }
  return used;
}

Amount Model::used_of_sliding(const History& history, WallTime now) {
  const Duration span = std::get<SlidingRule>(history.limit.rule).span;
  const auto number = [span](WallTime instant) { return instant.time_since_epoch() / span; };
  const std::int64_t present = number(std::max(now, history.latest));
  Amount current;
  Amount previous;
  for (const Taken& taken : history.taken) {
    current = number(taken.window_time) == present ? current + taken.amount : current;
    previous = number(taken.window_time) == present - 1 ? previous + taken.amount : previous;
  }
  const Duration rest = std::min(WallTime{span * (present + 1)} - now, span);
  const Parts share = divide_up(Parts{previous.raw()} * static_cast<std::uint64_t>(rest.count()),
                                static_cast<std::uint64_t>(span.count()));
  return current + Amount{static_cast<std::uint64_t>(share)};
}

// Each taking holds the next ones up for the share of the rest of the window that it took of what
// was left.
WallTime Model::paced_until(const History& history, WallTime now) {
  const auto& window = std::get<WindowRule>(history.limit.rule);
  const std::int64_t open = window_number(window.period, std::max(now, history.latest));
  const WallTime end{length_of(window.period) * (open + 1)};
  const std::uint64_t size = window.size->raw();
  const std::uint64_t soft = history.limit.soft_limit->raw();
  WallTime until{};
  std::uint64_t used = 0;
  for (const Taken& taken : history.taken) {
    if (window_number(window.period, taken.window_time) != open) {
      continue;
    }
    const std::uint64_t after = (Amount{used} + taken.amount).raw();
    const std::uint64_t from = std::max(used, soft);
    if (after > from && from < size) {
      const Parts rest = static_cast<std::uint64_t>((end - taken.at.wall).count());
      const Parts wait = divide_up(rest * (std::min(after, size) - from), size - from);
      until = taken.at.wall + Duration{static_cast<std::int64_t>(wait)};
    }
    used = after;
  }
  return until;
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
  last = history.taken.empty() ? now : history.taken.front().at.steady;
  for (const Taken& taken : history.taken) {
    refill_until(taken.at.steady);
    const Parts cost = Parts{taken.amount.raw()} * static_cast<std::uint64_t>(rate.per.count());
    level -= std::min(level, cost);
  }
  refill_until(now);
  return level;
}

Model::Verdict Model::verdict(const History& history, Amount amount, Now now) {
  const Limit& limit = history.limit;
  if (amount == Amount{}) {
    return Verdict::fits;
  }
  if (const auto* rate = std::get_if<RateRule>(&limit.rule)) {
    const Parts cost = Parts{amount.raw()} * static_cast<std::uint64_t>(rate->per.count());
    const bool fits = limit.enforcement == Enforcement::alert || cost <= level(history, now.steady);
    return fits ? Verdict::fits : Verdict::full;
  }
  const Amount used = used_of(history, now.wall);
  const auto limit_of_use = most(limit);
  if (limit_of_use && (amount > *limit_of_use || used > excess(*limit_of_use, amount))) {
    return Verdict::full;
  }
  const bool paced = limit.enforcement == Enforcement::throttle && used >= *limit.soft_limit &&
                     used < *size_of(limit) && paced_until(history, now.wall) > now.wall;
  return paced ? Verdict::early : Verdict::fits;
}

bool Model::all_fit(MeterId meter, Amount amount, Now now) const {
  return std::ranges::all_of(histories_, [&](const History& history) {
    return history.limit.meter != meter || history.limit.shadow ||
           verdict(history, amount, now) == Verdict::fits;
  });
}

Amount Model::take(History& history, Amount amount, Now now) {
  const auto size = size_of(history.limit);
  const Amount before = size ? used_of(history, now.wall) : Amount{};
  history.taken.push_back(Taken{now, history.latest, amount});
  return size ? excess(before + amount, std::max(before, *size)) : Amount{};
}

Model::Answer Model::give_back(const std::vector<Charge>& charges, Now now) {
  Answer answer;
  answer.granted = charges.empty() ? Amount{} : Amount::max();
  const auto has_gauge = [&](const Charge& charge) {
    return std::ranges::any_of(histories_, [&](const History& history) {
      return history.limit.meter == charge.meter && is_gauge(history.limit);
    });
  };
  if (!std::ranges::all_of(charges, has_gauge)) {
    return Answer{.outcome = Outcome::invalid, .granted = {}, .overage = {}};
  }
  for (History& history : histories_) {
    const MeterId meter = history.limit.meter;
    if (!meets(meter, charges)) {
      continue;
    }
    history.latest = std::max(history.latest, now.wall);
    if (is_gauge(history.limit)) {
      const Amount given = std::min(sum_for(meter, charges), used_of(history, now.wall));
      history.taken.push_back(Taken{now, history.latest, given, true});
      answer.granted = std::min(answer.granted, given);
    }
  }
  return answer;
}

Model::Answer Model::decide(std::vector<Charge> charges, Mode mode, Now now) {
  if (mode == Mode::release) {
    return give_back(charges, now);
  }
  if (mode == Mode::best_effort && charges.size() != 1) {
    return Answer{.outcome = Outcome::invalid, .granted = {}, .overage = {}};
  }
  for (History& history : histories_) {
    if (meets(history.limit.meter, charges)) {
      history.latest = std::max(history.latest, now.wall);
    }
  }
  Amount most_there_is;
  if (mode == Mode::best_effort) {
    Charge& charge = charges.front();
    if (!all_fit(charge.meter, charge.amount, now)) {
      // Sizes and caps that are drawn are small.
      std::uint64_t fitting = std::min<std::uint64_t>(charge.amount.raw(), 100);
      while (fitting > 1 && !all_fit(charge.meter, Amount{fitting}, now)) {
        --fitting;
      }
      charge.amount = Amount{fitting};
    }
    most_there_is = charge.amount;
  }
  Answer answer;
  for (const History& history : histories_) {
    const Verdict found = meets(history.limit.meter, charges)
                              ? verdict(history, sum_for(history.limit.meter, charges), now)
                              : Verdict::fits;
    if (found == Verdict::fits) {
      continue;
    }
    if (history.limit.shadow) {
      ++answer.would_deny;
    } else if (mode != Mode::record && answer.outcome != Outcome::denied) {
      answer.outcome = found == Verdict::full ? Outcome::denied : Outcome::throttled;
    }
  }
  if (answer.outcome != Outcome::allowed || mode == Mode::peek) {
    return answer;
  }
  answer.granted = most_there_is;
  for (History& history : histories_) {
    if (meets(history.limit.meter, charges)) {
      const Amount over = take(history, sum_for(history.limit.meter, charges), now);
      answer.overage = history.limit.shadow ? answer.overage : std::max(answer.overage, over);
    }
  }
  return answer;
}

Amount Model::used(std::size_t limit, Now now) const {
  const History& history = histories_.at(limit);
  if (const auto* rate = std::get_if<RateRule>(&history.limit.rule)) {
    return excess(rate->burst, remaining(limit, now));
  }
  return used_of(history, now.wall);
}

Amount Model::remaining(std::size_t limit, Now now) const {
  const History& history = histories_.at(limit);
  if (const auto* rate = std::get_if<RateRule>(&history.limit.rule)) {
    const auto per = static_cast<std::uint64_t>(rate->per.count());
    return Amount{static_cast<std::uint64_t>(level(history, now.steady) / per)};
  }
  return excess(size_of(history.limit).value_or(Amount::max()), used_of(history, now.wall));
}

}  // namespace sluice
