// SPDX-License-Identifier: Apache-2.0
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
  const auto* window = std::get_if<WindowRule>(&rule);
  return window != nullptr ? *window->size : std::get<ConcurrencyRule>(rule).size;
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

Amount HeldModel::used(const Limit& limit, const Labels& labels) const {
  Amount used;
  for (const Spent& spent : spent_) {
    const bool is_past =
        is_window_of(limit, Period::minute) && minute_of(spent.at) != minute_of(now_);
    const bool is_released = spent.by_expiry && limit.releases_on_expiry;
    if (spent.charge.meter != limit.meter || !applies(limit, spent.labels) ||
        key(limit, spent.labels) != key(limit, labels) || is_past || is_released ||
        std::holds_alternative<ConcurrencyRule>(limit.rule)) {
      continue;
    }
    if (!spent.back) {
      used = used + spent.charge.amount;
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
      const bool counts = charge.meter == limit.meter && applies(limit, out.labels) &&
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

Amount HeldModel::room(MeterId meter, const Labels& labels) const {
  Amount room = Amount::max();
  for (const Limit& limit : limits_) {
    if (limit.meter == meter && !limit.shadow && applies(limit, labels)) {
      room = std::min(room, excess(size(limit), used(limit, labels) + held(limit, labels)));
    }
  }
  return room;
}

bool HeldModel::fits(const std::vector<Charge>& charges, const Labels& labels) const {
  return std::ranges::all_of(charges, [&](const Charge& charge) {
    return charge.amount == Amount{} || charge.amount <= room(charge.meter, labels);
  });
}

void HeldModel::spend(const Charge& charge, const Labels& labels, bool by_expiry) {
  spent_.push_back({now_, labels, charge, false, by_expiry});
}

void HeldModel::pass(Duration time) {
  now_ += time;
  std::erase_if(out_, [this](const auto& entry) {
    const Out& out = entry.second;
    if (out.due > now_) {
      return false;
    }
    for (std::size_t i = 0; i < out.held.size(); ++i) {
      const Amount left = out.is_lease ? out.held[i].amount : out.used[i];
      spend({out.held[i].meter, left}, out.labels, true);
    }
    return true;
  });
}

HeldModel::Answer HeldModel::charge(const std::vector<Charge>& charges, const Labels& labels) {
  const bool is_possible = std::ranges::none_of(charges, [this](const Charge& charge) {
    return charge.amount > Amount{} && is_only_reserved(charge.meter);
  });
  if (!is_possible || !fits(charges, labels)) {
    return false;
  }
  return record(charges, labels);
}

HeldModel::Answer HeldModel::record(const std::vector<Charge>& charges, const Labels& labels) {
  for (const Charge& charge : charges) {
    spend(charge, labels);
  }
  return true;
}

std::optional<Amount> HeldModel::best_effort(const Charge& charge, const Labels& labels) {
  if (charge.amount > Amount{} && is_only_reserved(charge.meter)) {
    return std::nullopt;
  }
  const Amount taken = std::min(charge.amount, room(charge.meter, labels));
  spend({charge.meter, taken}, labels);
  return taken;
}

std::optional<Amount> HeldModel::release(const Charge& charge, const Labels& labels) {
  const auto is_gauge = [&](const Limit& limit) {
    return limit.meter == charge.meter && is_window_of(limit, Period::never);
  };
  if (std::ranges::none_of(limits_, is_gauge)) {
    return std::nullopt;
  }
  std::optional<Amount> given;
  for (const Limit& limit : limits_) {
    if (is_gauge(limit) && applies(limit, labels)) {
      const Amount by_this = std::min(charge.amount, used(limit, labels));
      given = std::min(given.value_or(by_this), by_this);
    }
  }
  spent_.push_back({now_, labels, charge, true});
  return given.value_or(Amount{});
}

WallTime HeldModel::due(const std::vector<Charge>& charges, Duration ttl) const {
  for (const Limit& limit : limits_) {
    const auto* flight = std::get_if<ConcurrencyRule>(&limit.rule);
    const bool is_met = std::ranges::count(charges, limit.meter, &Charge::meter) > 0;
    ttl = flight != nullptr && is_met && !limit.shadow ? std::min(ttl, flight->ttl) : ttl;
  }
  return now_ + ttl;
}

HeldModel::Answer HeldModel::reserve(std::uint64_t id, const std::vector<Charge>& charges,
                                     const Labels& labels, Duration ttl) {
  if (!fits(charges, labels)) {
    return false;
  }
  out_[id] = {labels, charges, std::vector<Amount>(charges.size()), due(charges, ttl)};
  return true;
}

HeldModel::Answer HeldModel::extend(std::uint64_t id, Amount used, Duration ttl) {
  const auto found = out_.find(id);
  if (found == out_.end() || found->second.is_lease) {
    return false;
  }
  std::ranges::fill(found->second.used, used);
  found->second.due = due(found->second.held, ttl);
  return true;
}

HeldModel::Answer HeldModel::commit(std::uint64_t id, Amount used) {
  const auto found = out_.find(id);
  if (found == out_.end()) {
    return std::nullopt;
  }
  const Out out = found->second;
  if (out.is_lease && used < out.used.front()) {
    return false;
  }
  for (const Charge& charge : out.held) {
    spend({charge.meter, out.is_lease ? excess(used, out.used.front()) : used}, out.labels);
  }
  out_.erase(id);
  return true;
}

HeldModel::Answer HeldModel::cancel(std::uint64_t id) {
  return out_.erase(id) > 0 ? Answer{true} : std::nullopt;
}

std::optional<Amount> HeldModel::lease(std::uint64_t id, MeterId meter, Amount want,
                                       const Labels& labels, Duration ttl) {
  if (is_only_reserved(meter)) {
    return std::nullopt;
  }
  const Amount slice = std::min(want, Amount{room(meter, labels).raw() / 8});
  if (slice > Amount{} || want == Amount{}) {
    out_[id] = {labels, {{meter, slice}}, {Amount{}}, now_ + ttl, true};
  }
  return slice;
}

std::optional<Amount> HeldModel::renew(std::uint64_t id, Amount used, Amount want, Duration ttl) {
  const auto found = out_.find(id);
  if (found == out_.end() || !found->second.is_lease || used < found->second.used.front()) {
    return std::nullopt;
  }
  Out& out = found->second;
  Charge& held = out.held.front();
  const Amount more = excess(used, out.used.front());
  spend({held.meter, more}, out.labels);
  out.used.front() = used;
  held.amount = excess(held.amount, more);
  const Amount wanted = excess(want, held.amount);
  const Amount slice = std::min(wanted, Amount{room(held.meter, out.labels).raw() / 8});
  held.amount = held.amount + slice;
  const Amount is_out = held.amount;
  out.due = now_ + ttl;
  if (is_out == Amount{} && want > Amount{}) {
    out_.erase(id);
  }
  return is_out;
}

std::vector<Charge> HeldModel::out(std::uint64_t id) const {
  const auto found = out_.find(id);
  return found == out_.end() ? std::vector<Charge>{} : found->second.held;
}

Amount HeldModel::reported(std::uint64_t id) const {
  const auto found = out_.find(id);
  return found == out_.end() ? Amount{} : found->second.used.front();
}

}  // namespace sluice
