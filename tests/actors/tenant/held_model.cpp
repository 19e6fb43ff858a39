// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/held_model.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

void HeldModel::adopt(std::vector<Limit> limits) {
  for (const Limit& limit : limits) {
    const auto before = std::ranges::find(limits_, limit.id, &Limit::id);
    if (before->rule != limit.rule) {
      std::erase_if(paces_, [&](const Pace& pace) { return pace.limit == limit.id; });
    }
  }
  limits_ = std::move(limits);
}

// A paced limit holds up the next for the share of the rest of the minute that this took of what
// was left above the soft limit.
void HeldModel::give_out(const Charge& charge, const Labels& labels) {
  for (const Limit& limit : limits_) {
    if (limit.meter != charge.meter || !applies(limit, labels) ||
        limit.enforcement != Enforcement::throttle) {
      continue;
    }
    const Amount before = used(limit, labels) + held(limit, labels);
    const Amount from = std::max(before, *limit.soft_limit);
    const Amount left = excess(size(limit), from);
    const Amount taken = std::min(excess(before + charge.amount, from), left);
    if (taken > Amount{}) {
      const Duration rest =
          std::chrono::minutes{1} - now_.time_since_epoch() % std::chrono::minutes{1};
      const Parts wait =
          divide_up(Parts{taken.raw()} * static_cast<std::uint64_t>(rest.count()), left.raw());
      paces_.push_back(
          {limit.id, key(limit, labels), now_, now_ + Duration{static_cast<std::int64_t>(wait)}});
    }
  }
  flows_.push_back({now_, labels, charge.meter, Amount{}, charge.amount});
}

// What is given back was taken last: it takes back what it holds up of the rest of the minute.
void HeldModel::unpace(const Limit& limit, const Labels& labels, Amount amount, Amount back) {
  const Pace* const last = pace_of(limit, labels);
  if (limit.enforcement != Enforcement::throttle || last == nullptr || last->until <= now_) {
    return;
  }
  const Amount taken = used(limit, labels) + held(limit, labels);
  const Amount from = std::max(excess(taken, amount), *limit.soft_limit);
  const auto paced = [&](Amount sum) { return excess(std::min(sum, size(limit)), from); };
  const Amount less = excess(paced(taken), paced(excess(taken, back)));
  if (less > Amount{}) {
    const Duration rest =
        std::chrono::minutes{1} - now_.time_since_epoch() % std::chrono::minutes{1};
    const Parts share = Parts{less.raw()} * static_cast<std::uint64_t>(rest.count()) /
                        excess(size(limit), from).raw();
    const WallTime until = last->until - Duration{static_cast<std::int64_t>(share)};
    paces_.push_back({limit.id, key(limit, labels), now_, std::max(now_, until)});
  }
}

void HeldModel::spend(const Charge& charge, const Labels& labels, bool by_expiry) {
  spent_.push_back({now_, labels, charge, false, by_expiry});
}

void HeldModel::settle(const Out& out, std::size_t which, Amount counts, bool by_expiry) {
  const Charge& held = out.held[which];
  for (const Limit& limit : limits_) {
    if (limit.meter == held.meter && applies(limit, out.labels)) {
      const Amount counted = by_expiry && limit.releases_on_expiry ? Amount{} : counts;
      unpace(limit, out.labels, held.amount, excess(held.amount, counted));
    }
  }
  spend({held.meter, counts}, out.labels, by_expiry);
  flows_.push_back(
      {now_, out.labels, held.meter, held.amount, counts, now_ - out.begun, by_expiry});
}

void HeldModel::pass(Duration time) {
  now_ += time;
  std::vector<std::pair<WallTime, std::uint64_t>> overdue;
  for (const auto& [id, out] : out_) {
    if (out.due <= now_) {
      overdue.emplace_back(out.due, id);
    }
  }
  std::ranges::sort(overdue);
  for (const auto& [due, id] : overdue) {
    const Out& out = out_.at(id);
    for (std::size_t i = 0; i < out.held.size(); ++i) {
      settle(out, i, out.is_lease ? out.held[i].amount : out.used[i], true);
    }
    out_.erase(id);
  }
}

HeldModel::Answer HeldModel::charge(const std::vector<Charge>& charges, const Labels& labels) {
  const bool is_possible = std::ranges::none_of(charges, [this](const Charge& charge) {
    return charge.amount > Amount{} && is_only_reserved(charge.meter);
  });
  if (!is_possible || !fits(charges, labels)) {
    return false;
  }
  for (const Charge& charge : charges) {
    give_out(charge, labels);
    spend(charge, labels);
  }
  return true;
}

HeldModel::Answer HeldModel::record(const std::vector<Charge>& charges, const Labels& labels) {
  for (const Charge& charge : charges) {
    flows_.push_back({now_, labels, charge.meter, Amount{}, charge.amount});
    spend(charge, labels);
  }
  return true;
}

std::optional<Amount> HeldModel::best_effort(const Charge& charge, const Labels& labels) {
  if (charge.amount > Amount{} && is_only_reserved(charge.meter)) {
    return std::nullopt;
  }
  const Amount taken = std::min(charge.amount, room(charge.meter, labels));
  give_out({charge.meter, taken}, labels);
  spend({charge.meter, taken}, labels);
  return taken;
}

std::optional<Amount> HeldModel::release(const Charge& charge, const Labels& labels) {
  const auto is_gauge = [&](const Limit& limit) {
    const auto* window = std::get_if<WindowRule>(&limit.rule);
    return limit.meter == charge.meter && window != nullptr && window->period == Period::never;
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

HeldModel::Answer HeldModel::once(std::uint64_t id, const std::vector<Charge>& charges,
                                  const Labels& labels) {
  const std::size_t before = spent_.size();
  const Answer answer = charge(charges, labels);
  for (std::size_t i = before; i < spent_.size(); ++i) {
    spent_[i].id = id;
  }
  return answer;
}

Amount HeldModel::given_back(const Limit& limit, const Spent& spent) const {
  if (const auto* window = std::get_if<WindowRule>(&limit.rule)) {
    const bool is_past = minute_of(spent.at) != minute_of(now_);
    return window->period == Period::never
               ? std::min(spent.charge.amount, used(limit, spent.labels))
           : is_past ? Amount{}
                     : spent.charge.amount;
  }
  if (const auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
    const auto number = [&](WallTime at) { return at.time_since_epoch() / sliding->span; };
    return number(spent.at) + 1 < number(now_) ? Amount{} : spent.charge.amount;
  }
  return spent.charge.amount;
}

std::optional<Amount> HeldModel::refund(std::uint64_t id) {
  if (const auto made = refunds_.find(id); made != refunds_.end()) {
    return made->second;
  }
  std::optional<Amount> given;
  for (std::size_t i = 0, count = spent_.size(); i < count; ++i) {
    if (spent_[i].id != id) {
      continue;
    }
    Amount least = spent_[i].charge.amount;
    for (const Limit& limit : limits_) {
      if (limit.meter == spent_[i].charge.meter && applies(limit, spent_[i].labels)) {
        const Amount back = given_back(limit, spent_[i]);
        unpace(limit, spent_[i].labels, back, back);
        least = std::min(least, back);
      }
    }
    given = std::min(given.value_or(least), least);
    spent_[i].refunded = true;
    // To gauges it goes as if it was released now.
    spent_.push_back({now_, spent_[i].labels, spent_[i].charge, true});
    const auto& [at, labels, charge, back, by_expiry, of, refunded] = spent_[i];
    flows_.push_back({now_, labels, charge.meter, charge.amount, Amount{}, now_ - at});
  }
  if (given) {
    refunds_[id] = *given;
  }
  return given;
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
  for (const Charge& charge : charges) {
    give_out(charge, labels);
  }
  out_[id] = {labels, charges, std::vector<Amount>(charges.size()), due(charges, ttl), now_};
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
  for (std::size_t i = 0; i < out.held.size(); ++i) {
    settle(out, i, out.is_lease ? excess(used, out.used.front()) : used);
  }
  out_.erase(id);
  return true;
}

HeldModel::Answer HeldModel::cancel(std::uint64_t id) {
  const auto found = out_.find(id);
  if (found == out_.end()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < found->second.held.size(); ++i) {
    settle(found->second, i, Amount{});
  }
  out_.erase(found);
  return true;
}

std::optional<Amount> HeldModel::lease(std::uint64_t id, MeterId meter, Amount want,
                                       const Labels& labels, Duration ttl) {
  if (is_only_reserved(meter)) {
    return std::nullopt;
  }
  const Amount slice = std::min(want, Amount{room(meter, labels).raw() / 8});
  if (slice > Amount{} || want == Amount{}) {
    give_out({meter, slice}, labels);
    out_[id] = {labels, {{meter, slice}}, {Amount{}}, now_ + ttl, now_, true};
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
  flows_.push_back({now_, out.labels, held.meter, std::min(more, held.amount), more});
  out.used.front() = used;
  held.amount = excess(held.amount, more);
  const Amount wanted = excess(want, held.amount);
  const Amount slice = std::min(wanted, Amount{room(held.meter, out.labels).raw() / 8});
  give_out({held.meter, slice}, out.labels);
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
