// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/cells.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <iterator>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/prefetch.hpp"

namespace sluice {
namespace {

std::string_view value_of(std::span<const Label> labels, std::string_view name) {
  for (const Label& label : labels) {
    // Most that differ do so here: that costs less than to compare all.
    const bool may_be =
        !name.empty() && label.name.size() == name.size() && label.name.front() == name.front();
    if (may_be && label.name == name) {
      return label.value;
    }
  }
  return {};
}

bool is_met(const Condition& condition, std::span<const Label> labels) {
  const std::string_view value = value_of(labels, condition.label);
  const bool is_one = std::ranges::find(condition.values, value) != condition.values.end();
  return is_one != condition.negated;
}

/// What counters are stored under is made of this, so it stays as it is.
std::uint64_t id_hash_of(LimitId limit, const LabelValues& values) {
  std::uint64_t hash = limit.raw();
  values.each([&hash](std::string_view value) { hash = XXH64(value.data(), value.size(), hash); });
  return hash;
}

/// Of the limit and each value behind the other.
class CellHash {
public:
  CellHash(std::uint64_t secret, LimitId limit) : hash_(secret + limit.raw()) {}
  void add(std::string_view value) {
    hash_ = XXH3_64bits_withSeed(value.data(), value.size(), hash_);
  }
  [[nodiscard]] std::uint64_t get() const { return hash_; }

private:
  std::uint64_t hash_;
};

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

/// Whether these are the values that the labels have for these names.
bool has_values(const LabelValues& values, std::span<const std::string> names,
                std::span<const Label> labels) {
  bool same = true;
  values.each([&, name = names.begin()](std::string_view value) mutable {
    same = same && value == value_of(labels, *name);
    ++name;
  });
  return same;
}

}  // namespace

bool Cells::applies(const Limit& rules, std::span<const Label> labels) {
  return std::ranges::all_of(
      rules.when, [labels](const Condition& condition) { return is_met(condition, labels); });
}

bool Cells::meets_same(std::uint32_t slot, std::span<const Label> labels, const Plan& plan) const {
  const Limit& rules = plan.limits()[slot];
  const Cell* const cell = met_[slot].cell;
  return applies(rules, labels) && (cell == nullptr || has_values(cell->values, rules.per, labels));
}

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
    met.applies = applies(rules, labels);
    if (!met.applies || rules.per.empty()) {
      continue;
    }
    met.cell = find_or_make(rules, labels, plan.planned()[slot], plan, now);
    met.applies = met.cell != nullptr;
    has_place &= met.applies;
  }
  return has_place;
}

std::uint64_t Cells::hash_of(const Limit& rules, std::span<const Label> labels) const noexcept {
  CellHash hash{index_.secret(), rules.id};
  for (const std::string& name : rules.per) {
    hash.add(value_of(labels, name));
  }
  return hash.get();
}

void Cells::prefetch_index(std::span<const Label> labels, const Plan& plan) const noexcept {
  if (index_.is_small()) {
    return index_.prefetch_all();
  }
  for (const std::uint32_t slot : plan.labelled()) {
    index_.prefetch(hash_of(plan.limits()[slot], labels));
  }
}

void Cells::prefetch_counters(std::span<const Label> labels, const Plan& plan) const noexcept {
  for (const std::uint32_t slot : plan.labelled()) {
    const Number number = index_.likely(hash_of(plan.limits()[slot], labels));
    if (number != HashIndex::no_place) {
      prefetch_object(pool_[number]);
    }
  }
}

Cells::Cell* Cells::find_or_make(const Limit& rules, std::span<const Label> labels,
                                 const PlannedLimit& limit, const Plan& plan, const Now& now) {
  const std::uint64_t hash = hash_of(rules, labels);
  const Number found = index_.find(hash, [&](Number number) {
    const Cell& cell = pool_[number];
    return cell.limit == limit.id && has_values(cell.values, rules.per, labels);
  });
  if (found != HashIndex::no_place) {
    return &pool_[found];
  }
  if (index_.size() >= live_max) {
    forget_at_rest(plan, now);
    if (index_.size() >= live_max) {
      return nullptr;
    }
  }
  LabelValues values;
  for (const std::string& name : rules.per) {
    values.add(value_of(labels, name));
  }
  Cell& cell = make(limit.id, hash, std::move(values));
  cell.state = LimitState::fresh(limit, plan.calendar(), now);
  take_id(cell);
  return &cell;
}

Cells::Cell& Cells::make(LimitId limit, std::uint64_t hash, LabelValues values) {
  if (free_.empty()) {
    free_.push_back(static_cast<Number>(pool_.size()));
    pool_.emplace_back();
  }
  const Number number = free_.back();
  free_.pop_back();
  Cell& cell = pool_[number];
  const bool is_listed = cell.is_listed;
  cell = Cell{.limit = limit,
              .is_live = true,
              .is_listed = is_listed,
              .state = {},
              .hash = hash,
              .values = std::move(values)};
  index_.add(hash, number);
  return cell;
}

void Cells::take_id(Cell& cell) {
  cell.id = {reserved_id_high, id_hash_of(cell.limit, cell.values) | pages_end};
  while (!ids_.insert(cell.id).second) {
    cell.id.low = (cell.id.low + 1) | pages_end;
  }
}

Cells::Number Cells::number_of(const Cell& cell) const {
  return index_.find(cell.hash, [&](Number number) { return &pool_[number] == &cell; });
}

void Cells::mark_changed(Cell& cell) {
  cell.is_unsaved = true;
  if (!std::exchange(cell.is_listed, true)) {
    changed_.push_back(number_of(cell));
  }
}

// All of them at once: after that, as many new ones come as were forgotten before it happens again.
// What the request at hand has met already stays. If there was none, time alone brings none to rest
// before the first of their windows ends, or the first of their bursts is full.
void Cells::forget_at_rest(const Plan& plan, const Now& now) {
  if (now.wall < none_at_rest_before_.wall && now.steady < none_at_rest_before_.steady) {
    return;
  }
  WallTime first = wall_time_never;
  for (Cell& cell : pool_) {
    if (!cell.is_live) {
      continue;
    }
    const PlannedLimit& limit = limit_of(plan, cell.limit);
    const bool is_met =
        std::ranges::any_of(met_, [&](const Met& met) { return met.cell == &cell; });
    if (!is_met && cell.held == Amount{} && cell.state.at_rest(limit, now)) {
      forget(cell);
    } else {
      first = std::min(first, cell.state.window(limit, plan.calendar(), now).end);
    }
  }
  none_at_rest_before_ = {};
  if (index_.size() >= live_max) {
    constexpr Duration long_enough = std::chrono::hours{1};
    const WallTime soon =
        now.wall < wall_time_never - long_enough ? now.wall + long_enough : wall_time_never;
    none_at_rest_before_.wall = std::min(first, soon);
    none_at_rest_before_.steady = now.steady + (none_at_rest_before_.wall - now.wall);
  }
}

void Cells::forget(Cell& cell) {
  const Number number = number_of(cell);
  index_.erase(cell.hash, number);
  ids_.erase(cell.id);
  gone_.push_back(cell.id);
  cell.is_live = false;
  cell.is_unsaved = false;
  free_.push_back(number);
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
  CellHash hash{index_.secret(), limit->id};
  LabelValues values;
  for (const OwnedLabel& label : entry.labels) {
    hash.add(label.value);
    values.add(label.value);
  }
  const Number before = index_.find(hash.get(), [&](Number number) {
    return pool_[number].limit == limit->id && pool_[number].values == values;
  });
  const bool is_there = before != HashIndex::no_place;
  Cell& cell = is_there ? pool_[before] : make(limit->id, hash.get(), std::move(values));
  if (is_there) {
    ids_.erase(cell.id);
  }
  cell.state = LimitState::restored(*limit, *entry.counter, now);
  if (entry.id.low < pages_end) {  // As earlier versions might give them.
    gone_.push_back(entry.id);
    take_id(cell);
    mark_changed(cell);
  } else {
    cell.id = entry.id;
    ids_.insert(cell.id);
  }
}

void Cells::adopt(const Plan& from, const Plan& to, const Now& now) {
  met_.assign(to.planned().size(), Met{});
  none_at_rest_before_ = {};
  for (Cell& cell : pool_) {
    if (!cell.is_live) {
      continue;
    }
    const PlannedLimit& before = limit_of(from, cell.limit);
    const PlannedLimit* after = find_labelled(to, before.id);
    if (after == nullptr || after->terms.index() != before.terms.index() ||
        rules_of(from, before).per != rules_of(to, *after).per) {
      forget(cell);
      continue;
    }
    cell.state.roll(before, from.calendar(), now);
    cell.state = cell.state.carried(before, from.calendar(), *after, to.calendar(), now);
    mark_changed(cell);
  }
}

void Cells::clear_holds(std::size_t limits) {
  met_.assign(limits, Met{});
  none_at_rest_before_ = {};
  for (Cell& cell : pool_) {
    cell.held = Amount{};
  }
}

void Cells::describe(const Cell& cell, const PlannedLimit& limit, const Limit& rules,
                     const Now& now, Entry& entry) {
  entry.id = cell.id;
  entry.state = EntryState::counting;
  entry.counter = cell.state.counter(limit, now);
  entry.labels.resize(rules.per.size());
  cell.values.each([&, i = std::size_t{0}](std::string_view value) mutable {
    entry.labels[i].name = rules.per[i];
    entry.labels[i].value = value;
    ++i;
  });
}

Entry Cells::entry_of(const Cell& cell, const Plan& plan, const Now& now) {
  const PlannedLimit& limit = limit_of(plan, cell.limit);
  Entry entry;
  describe(cell, limit, rules_of(plan, limit), now, entry);
  return entry;
}

void Cells::tell(std::uint32_t slot, const Plan& plan, const Now& now, Entry& told) {
  Cell& cell = *met_[slot].cell;
  const PlannedLimit& limit = plan.planned()[slot];
  mark_changed(cell);
  if (cell.held == Amount{} && cell.state.at_rest(limit, now)) {
    none_at_rest_before_ = {};
  }
  describe(cell, limit, plan.limits()[slot], now, told);
}

void Cells::take_unsaved(const Plan& plan, const Now& now, std::vector<Entry>& entries,
                         std::vector<EntryId>& forgotten) {
  gone_last_ = std::exchange(gone_, {});
  // One that came back under its old id is there again, though not as the store knows it.
  std::set<EntryId> back;
  std::ranges::copy_if(gone_last_, std::inserter(back, back.end()),
                       [this](EntryId id) { return ids_.contains(id); });
  std::erase_if(gone_last_, [&back](EntryId id) { return back.contains(id); });
  for (auto cell = pool_.begin(); cell != pool_.end() && !back.empty(); ++cell) {
    if (cell->is_live && back.erase(cell->id) > 0) {
      mark_changed(*cell);
    }
  }
  for (const Number number : changed_) {
    Cell& cell = pool_[number];
    cell.is_listed = false;
    if (std::exchange(cell.is_unsaved, false)) {
      entries.push_back(entry_of(cell, plan, now));
    }
  }
  changed_.clear();
  forgotten.insert(forgotten.end(), gone_last_.begin(), gone_last_.end());
}

void Cells::mark_unsaved() {
  gone_.insert(gone_.end(), gone_last_.begin(), gone_last_.end());
  for (Cell& cell : pool_) {
    if (cell.is_live) {
      mark_changed(cell);
    }
  }
}

}  // namespace sluice
