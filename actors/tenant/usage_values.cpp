// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/usage_values.hpp"

#include "actors/tenant/invariant.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace sluice {
namespace {

void count_one_more(std::uint32_t& count) {
  count += count < std::numeric_limits<std::uint32_t>::max() ? 1U : 0U;
}

std::uint32_t day_of(Minute minute) {
  constexpr std::uint32_t minutes_of_day = 24 * 60;
  return minute.raw() / minutes_of_day;
}

std::string_view labelled_value(std::span<const Label> labels, std::string_view name) {
  const auto found = std::ranges::find(labels, name, &Label::name);
  return found == labels.end() ? std::string_view{} : found->value;
}

}  // namespace

template <class Visit>
void UsageValues::each(Visit&& visit) {
  for (OfLabel& label : labels_) {
    for (Part& part : label.parts) {
      if (part.counts()) {
        visit(label, part);
      }
    }
  }
}

void UsageValues::adopt(const Plan& plan) {
  for (OfLabel& label : labels_) {
    label.is_asked = std::ranges::binary_search(plan.history(), label.of);
  }
  std::erase_if(labels_, [](const OfLabel& label) {
    return !label.is_asked && std::ranges::none_of(label.parts, &Part::counts);
  });
  for (const HistoryLabel& asked : plan.history()) {
    (void)of(asked);
  }
}

UsageValues::OfLabel& UsageValues::of(const HistoryLabel& label) {
  const auto found = std::ranges::find(labels_, label, &OfLabel::of);
  return found == labels_.end() ? labels_.emplace_back(OfLabel{label}) : *found;
}

// The rest of a day's values is one part, behind those that are told apart.
UsageValues::Part& UsageValues::part_for(OfLabel& label, std::string_view value) {
  const auto is_it = [value](const Part& part) {
    return !part.part->others && part.part->value == value;
  };
  if (const auto found = std::ranges::find_if(label.parts, is_it); found != label.parts.end()) {
    return *found;
  }
  const bool has_rest = !label.parts.empty() && label.parts.back().part->others;
  const std::size_t apart = label.parts.size() - (has_rest ? 1 : 0);
  if (apart < usage_values_max) {
    const PartRef part{{.label = label.of.label, .value = std::string{value}}};
    return *label.parts.insert(label.parts.begin() + static_cast<std::ptrdiff_t>(apart),
                               Part{.part = part});
  }
  if (!has_rest) {
    label.parts.push_back(Part{.part = PartRef{{.label = label.of.label, .others = true}}});
  }
  return label.parts.back();
}

void UsageValues::restore(const UsageBucket& bucket) {
  SLUICE_INVARIANT(!bucket.part.is_whole());
  OfLabel& label = of({bucket.meter, bucket.part->label});
  label.minute = bucket.minute;
  label.parts.push_back({bucket.part, bucket.used, bucket.allowed, bucket.denied, bucket.throttled,
                         bucket.overage, bucket.price_micros});
  // What comes back is told apart, and what it was told apart from stays behind it.
  std::stable_partition(label.parts.begin(), label.parts.end(),
                        [](const Part& part) { return !part.part->others; });
}

std::uint32_t UsageValues::count(MeterId meter, Minute minute, const CountedCheck& check) {
  std::uint32_t to_journal = 0;
  for (OfLabel& label : labels_) {
    if (label.of.meter != meter) {
      continue;
    }
    label.minute = minute;
    Part& part = part_for(label, labelled_value(check.labels, label.of.label));
    part.is_unsaved = true;
    if (check.outcome != Outcome::allowed) {
      count_one_more(check.outcome == Outcome::throttled ? part.throttled : part.denied);
      continue;
    }
    part.used = part.used + check.amount;
    part.overage = part.overage + check.over.units;
    part.price_micros = (Amount{part.price_micros} + Amount{check.over.price_micros}).raw();
    count_one_more(part.allowed);
    to_journal += std::exchange(part.is_unjournalled, true) ? 0U : 1U;
  }
  return to_journal;
}

void UsageValues::close(TenantId tenant, MeterId meter, Minute next,
                        std::vector<UsageRow>& closed) {
  for (OfLabel& label : labels_) {
    if (label.of.meter != meter) {
      continue;
    }
    for (Part& part : label.parts) {
      if (part.counts()) {
        closed.push_back({tenant, bucket_of(label, part)});
      }
      part = Part{.part = std::move(part.part)};
    }
    if (day_of(next) != day_of(label.minute)) {
      label.parts.clear();
    }
    label.minute = next;
  }
  std::erase_if(labels_, [meter](const OfLabel& label) {
    return label.of.meter == meter && !label.is_asked;
  });
}

UsageBucket UsageValues::bucket_of(const OfLabel& label, const Part& part) {
  return UsageBucket{label.of.meter, label.minute, part.used,         part.allowed, part.denied,
                     part.throttled, part.overage, part.price_micros, part.part};
}

void UsageValues::snapshot(std::vector<UsageBucket>& out) const {
  for (const OfLabel& label : labels_) {
    for (const Part& part : label.parts) {
      if (part.counts()) {
        out.push_back(bucket_of(label, part));
      }
    }
  }
}

void UsageValues::take_unjournalled(std::vector<UsageBucket>& out) {
  each([&out](const OfLabel& label, Part& part) {
    if (std::exchange(part.is_unjournalled, false)) {
      out.push_back(bucket_of(label, part));
    }
  });
}

void UsageValues::take_unsaved(std::vector<UsageBucket>& out) {
  each([&out](const OfLabel& label, Part& part) {
    if (std::exchange(part.is_unsaved, false)) {
      out.push_back(bucket_of(label, part));
    }
  });
}

std::uint32_t UsageValues::mark_unjournalled() {
  std::uint32_t count = 0;
  each([&count](const OfLabel&, Part& part) {
    part.is_unjournalled = true;
    ++count;
  });
  return count;
}

void UsageValues::mark_unsaved() {
  each([](const OfLabel&, Part& part) { part.is_unsaved = true; });
}

}  // namespace sluice
