// SPDX-License-Identifier: Apache-2.0
// What is promised of rates: what was acknowledged of one fits into a bucket that is filled as fast
// as can be, and emptied by nothing else.
#include <algorithm>

#include "tests/sim/model.hpp"
#include "tests/sim/trace.hpp"

namespace sluice::sim {

// Their buckets may be full again.
void Model::forget_rates() {
  journal_lost_ = true;
  check_rates();
  for (auto& [id, tenant] : tenants_) {
    for (auto& [limit, model] : tenant.limits) {
      for (Admission& admission : model.admissions) {
        admission.acknowledged = false;
      }
    }
  }
}

void Model::check_rates() const {
  for (const auto& [id, tenant] : tenants_) {
    for (const auto& [limit_id, limit] : tenant.limits) {
      if (limit.rate) {
        check_rate(id, limit_id, limit);
      }
    }
  }
}

void Model::check_rate(TenantId tenant, LimitId id, const LimitModel& limit) {
  const std::int64_t per = limit.rate->per.count();
  const auto amount = static_cast<std::int64_t>(limit.rate->amount.raw());
  const std::int64_t full = static_cast<std::int64_t>(limit.rate->burst.raw()) * per;
  const bool has_steps = limit.rate->refill == Refill::interval;
  std::int64_t level = full;
  Duration before{};
  for (const Admission& admission : limit.admissions) {
    if (has_steps && !admission.acknowledged) {
      continue;  // Its step may be lost.
    }
    const Duration at = has_steps ? admission.step.time_since_epoch() : admission.at;
    expect(!has_steps || (at >= before && at % limit.rate->per == Duration{}), "tenant ",
           number_of(tenant), " rate ", id.raw(), " was refilled at ", at.count(), " after ",
           before.count());
    const std::int64_t passed = (at - before).count();
    level = passed >= full / amount ? full : std::min(full, level + passed * amount);
    before = at;
    if (admission.acknowledged) {
      level -= static_cast<std::int64_t>(admission.amount) * per;
      expect(level >= 0, "tenant ", number_of(tenant), " rate ", id.raw(),
             " admitted more than it may");
    }
  }
}

}  // namespace sluice::sim
