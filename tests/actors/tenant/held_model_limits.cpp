// SPDX-License-Identifier: Apache-2.0
// What limits have by the lists of the model, and what they have room for.
#include "tests/actors/tenant/held_model.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

std::string value(const HeldModel::Labels& labels, const std::string& name) {
  const auto found = std::ranges::find(labels, name, &Label::name);
  return found == labels.end() ? std::string{} : std::string{found->value};
}

bool is_window_of(const Limit& limit, Period period) {
  const auto* window = std::get_if<WindowRule>(&limit.rule);
  return window != nullptr && window->period == period;
}

Amount size_of(const Rule& rule) {
  if (const auto* window = std::get_if<WindowRule>(&rule)) {
    return *window->size;
  }
  if (const auto* sliding = std::get_if<SlidingRule>(&rule)) {
    return sliding->size;
  }
  if (const auto* rate = std::get_if<RateRule>(&rule)) {
    return rate->burst;
  }
  return std::get<ConcurrencyRule>(rule).size;
}

bool is_rate(const Limit& limit) {
  return std::holds_alternative<RateRule>(limit.rule);
}

Parts parts(const Limit& rate, Amount amount) {
  const auto per = static_cast<std::uint64_t>(std::get<RateRule>(rate.rule).per.count());
  return Parts{amount.raw()} * per;
}

Parts earned(const Limit& rate, Duration time) {
  const Amount amount = std::get<RateRule>(rate.rule).amount;
  return Parts{amount.raw()} * static_cast<std::uint64_t>(time.count());
}

}  // namespace

bool HeldModel::applies(const Limit& limit, const Labels& labels) const {
  return std::ranges::all_of(limit.when, [&](const Condition& condition) {
    const bool is_one = std::ranges::count(condition.values, value(labels, condition.label)) > 0;
    return is_one != condition.negated;
  });
}

std::vector<std::string> HeldModel::key(const Limit& limit, const Labels& labels) const {
  std::vector<std::string> key;
  for (const std::string& name : limit.per) {
    key.push_back(value(labels, name));
  }
  return key;
}

Amount HeldModel::size(const Limit& limit) const {
  const bool is_overridden = limit.instead && now_ < limit.instead->expires_at;
  return size_of(is_overridden ? limit.instead->rule : limit.rule);
}

Amount HeldModel::most(const Limit& limit) const {
  const bool is_priced = limit.enforcement == Enforcement::overage || limit.overage != std::nullopt;
  if (!is_priced) {
    return size(limit);
  }
  const bool is_capped = limit.overage && limit.overage->cap;
  return is_capped ? size(limit) + *limit.overage->cap : Amount::max();
}

bool HeldModel::counts_for(const Limit& limit, const Labels& labels, const Spent& spent) const {
  const bool is_released = spent.by_expiry && limit.releases_on_expiry;
  return spent.charge.meter == limit.meter && applies(limit, spent.labels) && !is_released &&
         key(limit, spent.labels) == key(limit, labels);
}

Amount HeldModel::used_of_sliding(const Limit& limit, const Labels& labels) const {
  const Duration span = std::get<SlidingRule>(limit.rule).span;
  const std::int64_t present = now_.time_since_epoch() / span;
  Amount current;
  Amount previous;
  for (const Spent& spent : spent_) {
    if (counts_for(limit, labels, spent) && !spent.back && !spent.refunded) {
      const std::int64_t number = spent.at.time_since_epoch() / span;
      current = number == present ? current + spent.charge.amount : current;
      previous = number == present - 1 ? previous + spent.charge.amount : previous;
    }
  }
  const Duration rest = span - now_.time_since_epoch() % span;
  const Parts share = divide_up(Parts{previous.raw()} * static_cast<std::uint64_t>(rest.count()),
                                static_cast<std::uint64_t>(span.count()));
  return current + Amount{static_cast<std::uint64_t>(share)};
}

// What a rate gave comes back in time; what was given and not used comes back at once, but for what
// came back by itself since.
Parts HeldModel::owed(const Limit& rate, const Labels& labels) const {
  const Parts full = parts(rate, size(rate));
  Parts owed = 0;
  WallTime last{};
  const auto flow_in_until = [&](WallTime at) {
    owed -= std::min(owed, earned(rate, at - last));
    last = at;
  };
  for (const Flow& flow : flows_) {
    if (flow.meter != rate.meter || !applies(rate, flow.labels) ||
        key(rate, flow.labels) != key(rate, labels)) {
      continue;
    }
    flow_in_until(flow.at);
    const Amount counts = flow.by_expiry && rate.releases_on_expiry ? Amount{} : flow.counts;
    const Parts spare = std::min(parts(rate, excess(flow.given, counts)), owed);
    owed -= spare - std::min(spare, earned(rate, flow.ago));
    owed = std::min(full, owed + parts(rate, excess(counts, flow.given)));
  }
  flow_in_until(now_);
  return owed;
}

Amount HeldModel::left_of(const Limit& rate, const Labels& labels) const {
  const Parts left = parts(rate, size(rate)) - owed(rate, labels);
  return Amount{static_cast<std::uint64_t>(left / parts(rate, Amount{1}))};
}

Amount HeldModel::used(const Limit& limit, const Labels& labels) const {
  if (is_rate(limit)) {
    return excess(size(limit), left_of(limit, labels));
  }
  if (std::holds_alternative<SlidingRule>(limit.rule)) {
    return used_of_sliding(limit, labels);
  }
  Amount used;
  for (const Spent& spent : spent_) {
    const bool is_past =
        is_window_of(limit, Period::minute) && minute_of(spent.at) != minute_of(now_);
    if (!counts_for(limit, labels, spent) || is_past ||
        std::holds_alternative<ConcurrencyRule>(limit.rule)) {
      continue;
    }
    if (!spent.back) {
      const bool counts = !spent.refunded || is_window_of(limit, Period::never);
      used = counts ? used + spent.charge.amount : used;
    } else if (is_window_of(limit, Period::never)) {
      used = excess(used, spent.charge.amount);
    }
  }
  return used;
}

Amount HeldModel::held(const Limit& limit, const Labels& labels) const {
  Amount held;
  for (const auto& [id, out] : out_) {
    for (const Charge& charge : out.held) {
      const bool counts = charge.meter == limit.meter && !is_rate(limit) &&
                          applies(limit, out.labels) &&
                          key(limit, out.labels) == key(limit, labels);
      held = counts ? held + charge.amount : held;
    }
  }
  return held;
}

bool HeldModel::is_only_reserved(MeterId meter) const {
  return std::ranges::any_of(limits_, [meter](const Limit& limit) {
    return limit.meter == meter && !limit.shadow &&
           std::holds_alternative<ConcurrencyRule>(limit.rule);
  });
}

bool HeldModel::is_held_up(const Limit& limit, const Labels& labels) const {
  const Amount taken = used(limit, labels) + held(limit, labels);
  if (limit.enforcement != Enforcement::throttle || taken < *limit.soft_limit ||
      taken >= size(limit)) {
    return false;
  }
  const Pace* const last = pace_of(limit, labels);
  return last != nullptr && last->until > now_;
}

const HeldModel::Pace* HeldModel::pace_of(const Limit& limit, const Labels& labels) const {
  const auto last = std::find_if(paces_.rbegin(), paces_.rend(), [&](const Pace& pace) {
    return pace.limit == limit.id && pace.key == key(limit, labels);
  });
  return last == paces_.rend() || minute_of(last->at) != minute_of(now_) ? nullptr : &*last;
}

Amount HeldModel::space(const Limit& limit, const Labels& labels) const {
  if (is_rate(limit)) {
    return left_of(limit, labels);
  }
  return most(limit) == Amount::max()
             ? Amount::max()
             : excess(most(limit), used(limit, labels) + held(limit, labels));
}

Amount HeldModel::room(const Limit& limit, const Labels& labels) const {
  return is_held_up(limit, labels) ? Amount{} : space(limit, labels);
}

bool HeldModel::is_only_early(const std::vector<Charge>& charges, const Labels& labels) const {
  return std::ranges::none_of(limits_, [&](const Limit& limit) {
    const auto charge = std::ranges::find(charges, limit.meter, &Charge::meter);
    return charge != charges.end() && !limit.shadow && applies(limit, labels) &&
           charge->amount > space(limit, labels) && charge->amount > Amount{};
  });
}

Amount HeldModel::room(MeterId meter, const Labels& labels) const {
  Amount room = Amount::max();
  for (const Limit& limit : limits_) {
    if (limit.meter == meter && !limit.shadow && applies(limit, labels)) {
      room = std::min(room, this->room(limit, labels));
    }
  }
  return room;
}

bool HeldModel::fits(const std::vector<Charge>& charges, const Labels& labels) const {
  return std::ranges::all_of(charges, [&](const Charge& charge) {
    return charge.amount == Amount{} || charge.amount <= room(charge.meter, labels);
  });
}

}  // namespace sluice
