// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/plan.hpp"

namespace sluice {

/// Lets tenants with equal rules share one plan.
///
/// Role       An index of the plans in use; it keeps none alive.
/// Threading  Any thread; locks. Only the actors that talk to the store ask it.
/// Ownership  Refers weakly to the plans.
/// Units      None.
/// Errors     As `Plan::of`.
/// Cost       One plan is built for each call, and thrown away if an equal one is in use. The index
///            holds at most twice as many entries as there were plans in use at the last cleaning.
class PlanCatalogue {
public:
  [[nodiscard]] Result<std::shared_ptr<const Plan>> plan_of(const TenantDefinition& definition);

  [[nodiscard]] std::size_t size() const;

private:
  void clean();

  mutable std::mutex mutex_;
  std::unordered_multimap<std::size_t, std::weak_ptr<const Plan>> plans_;
  std::size_t clean_at_ = 64;
};

}  // namespace sluice
