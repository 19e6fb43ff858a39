// SPDX-License-Identifier: Apache-2.0
// The history of a tenant's meters by labels.
#include "actors/tenant/rare.hpp"
#include "actors/tenant/tenant.hpp"

#include <memory>

namespace sluice {

// Parts of another minute than their meter's bucket are closed already: they stay behind where a
// bucket goes on.
void Tenant::restore_values(std::span<const UsageBucket> open_usage) {
  for (const UsageBucket& bucket : open_usage) {
    const Plan::SlotRange slots = plan_->slots_of(bucket.meter);
    if (bucket.part.is_whole() || slots.begin == slots.end) {
      continue;
    }
    const std::uint32_t place = plan_->planned()[slots.begin].meter_place;
    if (spending_.usage(place).minute == bucket.minute) {
      std::unique_ptr<UsageValues>& values = rare().values;
      if (values == nullptr) {
        values = std::make_unique<UsageValues>();
      }
      values->restore(bucket);
    }
  }
  ask_for_values();
}

void Tenant::ask_for_values() {
  const Rare* const known = spending_.rare();
  if (plan_->history().empty() && (known == nullptr || known->values == nullptr)) {
    return;
  }
  std::unique_ptr<UsageValues>& values = rare().values;
  if (values == nullptr) {
    values = std::make_unique<UsageValues>();
  }
  values->adopt(*plan_);
  if (values->empty()) {
    values.reset();
  }
}

void Tenant::take_unjournalled_values(std::vector<UsageBucket>& out) {
  const Rare* const rare = spending_.rare();
  if (rare != nullptr && rare->values != nullptr) {
    rare->values->take_unjournalled(out);
  }
}

}  // namespace sluice
