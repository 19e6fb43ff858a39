// SPDX-License-Identifier: Apache-2.0
// What people are told of counters by label and of what is open.
#include <algorithm>
#include <utility>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/rare.hpp"
#include "actors/tenant/tenant.hpp"

namespace sluice {
namespace {

/// The first ones behind a cursor, by id.
template <class T>
class FirstById {
public:
  FirstById(EntryId after, std::size_t most) : after_(after), most_(most) {
    SLUICE_INVARIANT(most >= 1 && most <= live_page_size_max);
  }
  [[nodiscard]] bool wants(EntryId id) const { return id > after_; }
  void add(const T& item) { found_.push_back(&item); }
  /// Whether there are more than those.
  [[nodiscard]] bool more() const { return found_.size() > most_; }
  [[nodiscard]] std::vector<const T*> take() {
    const auto end = found_.begin() + static_cast<std::ptrdiff_t>(std::min(most_, found_.size()));
    const auto by_id = [](const T* item) { return item->id; };
    std::ranges::partial_sort(found_, end, {}, by_id);
    found_.erase(end, found_.end());
    return std::exchange(found_, {});
  }

private:
  EntryId after_;
  std::size_t most_;
  std::vector<const T*> found_;
};

/// Whether a request with these labels is meant.
bool has_labels(const std::vector<OwnedLabel>& labels, const std::vector<OwnedLabel>& wanted) {
  return std::ranges::all_of(wanted, [&labels](const OwnedLabel& label) {
    const auto same = std::ranges::find(labels, label.name, &OwnedLabel::name);
    return same == labels.end() ? label.value.empty() : same->value == label.value;
  });
}

/// Whether a counter of these values of a limit's labels is meant.
bool counts_labels(const Limit& rules, const LabelValues& values,
                   const std::vector<OwnedLabel>& wanted) {
  std::size_t met = 0;
  values.each([&, name = rules.per.begin()](std::string_view value) mutable {
    const auto label = std::ranges::find(wanted, *name, &OwnedLabel::name);
    met += static_cast<std::size_t>(label != wanted.end() && label->value == value);
    ++name;
  });
  return met == wanted.size();
}

const Limit& rules_counted(const Plan& plan, LimitId id) {
  const auto found = std::ranges::find(plan.limits(), id, &Limit::id);
  SLUICE_INVARIANT(found != plan.limits().end());
  return *found;
}

std::vector<OwnedLabel> counted_labels(const Limit& rules, const LabelValues& values) {
  std::vector<OwnedLabel> labels;
  values.each([&, name = rules.per.begin()](std::string_view value) mutable {
    labels.push_back({*name, std::string{value}});
    ++name;
  });
  return labels;
}

LabelCounter told_of(const Cells::Cell& cell, const Plan& plan, const Now& now) {
  const Limit& rules = rules_counted(plan, cell.limit);
  const PlannedLimit& limit =
      plan.planned()[static_cast<std::size_t>(&rules - plan.limits().data())];
  LimitState state = cell.state;
  state.roll(limit, plan.calendar(), now);
  LabelCounter told{.id = cell.id,
                    .limit = rules.name,
                    .labels = counted_labels(rules, cell.values),
                    .reading = {}};
  state.read(limit, cell.held, now, told.reading);
  told.idle = cell.held == Amount{} && state.at_rest(limit, now);
  return told;
}

OpenHold told_of(const Entry& entry) {
  return {.id = entry.id,
          .kind = entry.state == EntryState::leased ? HoldKind::lease : HoldKind::reservation,
          .made_at = entry.begun,
          .expires_at = entry.due,
          .charges = entry.charges,
          .labels = entry.labels,
          .policy = entry.under ? entry.under->policy : PolicyId{}};
}

}  // namespace

Result<CounterPage> Tenant::counters(const CounterQuery& query, const Now& now) const {
  const auto named = std::ranges::find(plan_->limits(), query.limit, &Limit::name);
  if (!query.limit.empty() && named == plan_->limits().end()) {
    return Fault{FaultCode::not_found, "limit: there is none of this name"};
  }
  if (!query.limit.empty() && named->per.empty()) {
    return Fault{FaultCode::invalid_argument, "limit: this one counts by no label"};
  }
  CounterPage page{.at = now.wall};
  const Rare* const rare = spending_.rare();
  if (rare == nullptr) {
    return page;
  }
  FirstById<Cells::Cell> first{query.after, query.page_size};
  rare->cells.each_cell([&](const Cells::Cell& cell) {
    const bool is_of_limit = query.limit.empty() || cell.limit == named->id;
    if (is_of_limit && first.wants(cell.id) &&
        counts_labels(rules_counted(*plan_, cell.limit), cell.values, query.labels)) {
      first.add(cell);
    }
  });
  page.more = first.more();
  for (const Cells::Cell* const cell : first.take()) {
    page.counters.push_back(told_of(*cell, *plan_, now));
  }
  return page;
}

HoldPage Tenant::holds(const HoldQuery& query, const Now& now) const {
  HoldPage page{.at = now.wall};
  const Rare* const rare = spending_.rare();
  if (rare == nullptr) {
    return page;
  }
  FirstById<Entry> first{query.after, query.page_size};
  rare->ledger.each_open([&](const Entry& entry) {
    if (first.wants(entry.id) && has_labels(entry.labels, query.labels)) {
      first.add(entry);
    }
  });
  page.more = first.more();
  for (const Entry* const entry : first.take()) {
    page.holds.push_back(told_of(*entry));
  }
  return page;
}

}  // namespace sluice
