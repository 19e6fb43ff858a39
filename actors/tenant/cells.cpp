// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/cells.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

/// No UUID of any version that callers make has this half, and none is taken from them.
constexpr std::uint64_t id_high = reserved_id_high;

std::string_view value_of(std::span<const Label> labels, std::string_view name) {
  const auto found = std::ranges::find(labels, name, &Label::name);
  return found == labels.end() ? std::string_view{} : found->value;
}

bool is_met(const Condition& condition, std::span<const Label> labels) {
  const std::string_view value = value_of(labels, condition.label);
  const bool is_one = std::ranges::find(condition.values, value) != condition.values.end();
  return is_one != condition.negated;
}

std::uint64_t hash_of(const Cells::Key& key) {
  std::uint64_t hash = key.limit.raw();
  for (const std::string& value : key.values) {
    hash = XXH64(value.data(), value.size(), hash);
  }
  return hash;
}

const PlannedLimit& limit_of(const Plan& plan, LimitId id) {
  const auto planned = plan.planned();
  const auto found = std::ranges::find(planned, id, &PlannedLimit::id);
  SLUICE_INVARIANT(found != planned.end());
  return *found;
}

const Limit& rules_of(const Plan& plan, const PlannedLimit& limit) {
  return plan.limits()[static_cast<std::size_t>(&limit - plan.planned().data())];
}

const PlannedLimit* find_labelled(const Plan& plan, LimitId id) {
  const auto planned = plan.planned();
  const auto found = std::ranges::find(planned, id, &PlannedLimit::id);
  return found == planned.end() || rules_of(plan, *found).per.empty() ? nullptr : &*found;
}

}  // namespace

bool Cells::meet(std::span<const Charge> charges, std::span<const Label> labels, const Plan& plan,
                 const Now& now) {
  bool has_place = true;
  for (const std::uint32_t slot : plan.labelled()) {
    const Limit& rules = plan.limits()[slot];
    Met& met = met_[slot];
    met = Met{};
    if (std::ranges::find(charges, rules.meter, &Charge::meter) == charges.end()) {
      continue;
    }
    met.applies = std::ranges::all_of(
        rules.when, [labels](const Condition& condition) { return is_met(condition, labels); });
    if (!met.applies || rules.per.empty()) {
      continue;
    }
    Key key{rules.id, {}};
    for (const std::string& name : rules.per) {
      key.values.emplace_back(value_of(labels, name));
    }
    met.cell = find_or_make(std::move(key), plan.planned()[slot], plan, now);
    met.applies = met.cell != nullptr;
    has_place &= met.applies;
  }
  return has_place;
}

Cells::Counters::value_type* Cells::find_or_make(Key key, const PlannedLimit& limit,
                                                 const Plan& plan, const Now& now) {
  if (const auto found = counters_.find(key); found != counters_.end()) {
    return &*found;
  }
  if (counters_.size() >= live_max) {
    forget_at_rest(plan, now);
    if (counters_.size() >= live_max) {
      return nullptr;
    }
  }
  EntryId id{id_high, hash_of(key)};
  while (!ids_.try_emplace(id, limit.id).second) {
    ++id.low;
  }
  const auto [place, made] = counters_.try_emplace(
      std::move(key), Cell{LimitState::fresh(limit, plan.calendar(), now), Amount{}, id});
  SLUICE_INVARIANT(made);
  return &*place;
}

// All of them at once: after that, as many new ones come as were forgotten before it happens again.
// What the request at hand has met already stays. If there was none, time alone brings none to rest
// before the first of their windows ends, or the first of their bursts is full.
void Cells::forget_at_rest(const Plan& plan, const Now& now) {
  if (now.wall < none_at_rest_before_.wall && now.steady < none_at_rest_before_.steady) {
    return;
  }
  WallTime first = wall_time_never;
  for (auto cell = counters_.begin(); cell != counters_.end();) {
    const PlannedLimit& limit = limit_of(plan, cell->first.limit);
    const bool is_met =
        std::ranges::any_of(met_, [&](const Met& met) { return met.cell == &*cell; });
    const bool goes =
        !is_met && cell->second.held == Amount{} && cell->second.state.at_rest(limit, now);
    if (goes) {
      cell = forget(cell);
      continue;
    }
    first = std::min(first, cell->second.state.window(limit, plan.calendar(), now).end);
    ++cell;
  }
  none_at_rest_before_ = {};
  if (counters_.size() >= live_max) {
    constexpr Duration long_enough = std::chrono::hours{1};
    const WallTime soon =
        now.wall < wall_time_never - long_enough ? now.wall + long_enough : wall_time_never;
    none_at_rest_before_.wall = std::min(first, soon);
    none_at_rest_before_.steady = now.steady + (none_at_rest_before_.wall - now.wall);
  }
}

Cells::Counters::iterator Cells::forget(Counters::iterator cell) {
  ids_.erase(cell->second.id);
  unsaved_.erase(cell->first);
  gone_.push_back(cell->second.id);
  return counters_.erase(cell);
}

void Cells::restore(const Entry& entry, const Plan& plan, const Now& now) {
  SLUICE_INVARIANT(entry.state == EntryState::counting && entry.counter);
  const PlannedLimit* limit = find_labelled(plan, entry.counter->limit);
  const auto same_name = [](const std::string& name, const OwnedLabel& label) {
    return name == label.name;
  };
  if (limit == nullptr ||
      !std::ranges::equal(rules_of(plan, *limit).per, entry.labels, same_name)) {
    gone_.push_back(entry.id);
    return;
  }
  Key key{limit->id, {}};
  for (const OwnedLabel& label : entry.labels) {
    key.values.push_back(label.value);
  }
  if (const auto before = counters_.find(key); before != counters_.end()) {
    ids_.erase(before->second.id);
  }
  ids_.insert_or_assign(entry.id, limit->id);
  counters_.insert_or_assign(
      std::move(key), Cell{LimitState::restored(*limit, *entry.counter, now), Amount{}, entry.id});
}

void Cells::adopt(const Plan& from, const Plan& to, const Now& now) {
  met_.assign(to.planned().size(), Met{});
  none_at_rest_before_ = {};
  for (auto cell = counters_.begin(); cell != counters_.end();) {
    const PlannedLimit& before = limit_of(from, cell->first.limit);
    const PlannedLimit* after = find_labelled(to, before.id);
    if (after == nullptr || after->terms.index() != before.terms.index() ||
        rules_of(from, before).per != rules_of(to, *after).per) {
      cell = forget(cell);
      continue;
    }
    LimitState& state = cell->second.state;
    state.roll(before, from.calendar(), now);
    state = state.carried(before, from.calendar(), *after, to.calendar(), now);
    unsaved_.insert(cell->first);
    ++cell;
  }
}

void Cells::clear_holds(std::size_t limits) {
  met_.assign(limits, Met{});
  none_at_rest_before_ = {};
  for (auto& [key, cell] : counters_) {
    cell.held = Amount{};
  }
}

Entry Cells::entry_of(const Counters::value_type& cell, const Plan& plan, const Now& now) {
  const PlannedLimit& limit = limit_of(plan, cell.first.limit);
  const std::vector<std::string>& names = rules_of(plan, limit).per;
  Entry entry;
  entry.id = cell.second.id;
  entry.state = EntryState::counting;
  entry.counter = cell.second.state.counter(limit, now);
  for (std::size_t i = 0; i < names.size(); ++i) {
    entry.labels.push_back({names[i], cell.first.values[i]});
  }
  return entry;
}

const Entry& Cells::tell(const Counters::value_type& cell, const Plan& plan, const Now& now) {
  unsaved_.insert(cell.first);
  if (cell.second.held == Amount{} &&
      cell.second.state.at_rest(limit_of(plan, cell.first.limit), now)) {
    none_at_rest_before_ = {};
  }
  told_.push_back(std::make_unique<Entry>(entry_of(cell, plan, now)));
  return *told_.back();
}

void Cells::take_unsaved(const Plan& plan, const Now& now, std::vector<Entry>& entries,
                         std::vector<EntryId>& forgotten) {
  gone_last_ = std::exchange(gone_, {});
  // One that came back under its old id is there again, though not as the store knows it.
  std::set<EntryId> back;
  std::ranges::copy_if(gone_last_, std::inserter(back, back.end()),
                       [this](EntryId id) { return ids_.contains(id); });
  std::erase_if(gone_last_, [&back](EntryId id) { return back.contains(id); });
  for (auto cell = counters_.begin(); cell != counters_.end() && !back.empty(); ++cell) {
    if (back.erase(cell->second.id) > 0) {
      unsaved_.insert(cell->first);
    }
  }
  for (const Key& key : unsaved_) {
    entries.push_back(entry_of(*counters_.find(key), plan, now));
  }
  unsaved_.clear();
  forgotten.insert(forgotten.end(), gone_last_.begin(), gone_last_.end());
}

void Cells::mark_unsaved() {
  gone_.insert(gone_.end(), gone_last_.begin(), gone_last_.end());
  for (const auto& [key, cell] : counters_) {
    unsaved_.insert(key);
  }
}

}  // namespace sluice
