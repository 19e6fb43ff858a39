// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/plan_catalogue.hpp"

#include <absl/hash/hash.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice {

namespace {

/// Need not look at everything: plans that differ only in what is left out here are told apart by
/// comparing them.
std::size_t hash_of(const TenantDefinition& definition) {
  std::size_t hash = absl::HashOf(definition.timezone, definition.billing_anchor_day.raw());
  for (const Limit& limit : definition.limits) {
    hash = absl::HashOf(hash, limit.id.raw(), limit.name, limit.meter.raw(), limit.rule.index());
    if (const auto* window = std::get_if<WindowRule>(&limit.rule)) {
      hash = absl::HashOf(hash, window->size ? window->size->raw() : 0, window->period);
    } else if (const auto* rate = std::get_if<RateRule>(&limit.rule)) {
      hash = absl::HashOf(hash, rate->amount.raw(), rate->per.count(), rate->burst.raw(),
                          rate->refill);
    }
  }
  return hash;
}

}  // namespace

Result<std::shared_ptr<const Plan>> PlanCatalogue::plan_of(const TenantDefinition& definition) {
  auto made = Plan::of(definition);
  if (!made.ok()) {
    return made;
  }
  const std::size_t hash = hash_of(definition);
  const std::scoped_lock lock{mutex_};
  const auto [begin, end] = plans_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    if (auto plan = it->second.lock(); plan && *plan == *made.value()) {
      return plan;
    }
  }
  if (plans_.size() >= clean_at_) {
    clean();
  }
  plans_.emplace(hash, made.value());
  return made;
}

std::size_t PlanCatalogue::size() const {
  const std::scoped_lock lock{mutex_};
  return plans_.size();
}

void PlanCatalogue::clean() {
  std::erase_if(plans_, [](const auto& entry) { return entry.second.expired(); });
  clean_at_ = std::max<std::size_t>(64, 2 * plans_.size());
}

}  // namespace sluice
