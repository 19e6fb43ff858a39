// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/sharing/conditions.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/price.hpp"
#include "actors/tenant/sharing/statement.hpp"
#include "actors/tenant/tier.hpp"

namespace sluice {

/// A policy made ready for deciding uses, shared by all who decide and never changed.
struct ReadyPolicy {
  SharingPolicy policy{};
  ReadyConditions conditions{};
  /// False for one that is damaged: it admits nobody.
  bool usable = true;
  /// What it costs from when on, ascending; none: from ever on as the policy says.
  std::vector<SharingTerms> terms{};

  /// By what the period is billed that holds the instant.
  [[nodiscard]] const Pricing& pricing_at(WallTime at) const noexcept {
    if (terms.size() < 2) {
      return policy.pricing;
    }
    return terms_at(terms, billing_period_at(policy.pricing.period, at).start)->pricing;
  }
  /// So many units a use has that charges this: what is charged on the meter of its pricing, or one
  /// if there is none.
  [[nodiscard]] Amount units_of(std::span<const Charge> charges) const noexcept {
    if (!policy.pricing.meter) {
      return Amount{1};
    }
    Amount units;
    for (const Charge& charge : charges) {
      units = charge.meter == *policy.pricing.meter ? units + charge.amount : units;
    }
    return units;
  }
};

/// `tiers` is what conditions on the rank of a tier go by; whoever keeps the policy makes it ready
/// again when the catalogue changes. `terms` are its own.
[[nodiscard]] inline std::shared_ptr<const ReadyPolicy> made_ready(
    SharingPolicy policy, const TierCatalogue& tiers = {}, std::vector<SharingTerms> terms = {}) {
  auto conditions = ReadyConditions::of(policy.conditions, tiers);
  const bool usable = conditions.ok();
  return std::make_shared<const ReadyPolicy>(
      ReadyPolicy{std::move(policy), usable ? std::move(conditions).value() : ReadyConditions{},
                  usable, std::move(terms)});
}

}  // namespace sluice
