// SPDX-License-Identifier: Apache-2.0
// How tenants come to be resident, change and go; deciding is in hosting.cpp.
#include <optional>
#include <utility>

#include "actors/runtime/hosting.hpp"

namespace sluice {

void Hosting::loaded(std::vector<LoadedTenant>& tenants, const Now& now,
                     std::vector<CheckBatch*>& finished) {
  activations_.end_load();
  for (LoadedTenant& loaded : tenants) {
    if (!loaded.found.ok()) {
      const Fault& fault = loaded.found.fault();
      turn_away(activations_.failed(loaded.id), Outcome::unavailable, fault, finished);
      continue;
    }
    std::optional<StoredTenant>& stored = loaded.found.value();
    auto waiting =
        activations_.loaded(loaded.id, stored ? std::optional{stored->version} : std::nullopt);
    if (!waiting) {
      continue;
    }
    if (stored) {
      admit(std::move(*stored), loaded.id, std::move(*waiting), now, finished);
    } else {
      unknown_.remember(loaded.id, now.steady);
      turn_away(*waiting, Outcome::unknown_tenant,
                {FaultCode::not_found, "tenant " + to_string(loaded.id) + " does not exist"},
                finished);
    }
  }
  report_events();
}

void Hosting::admit(StoredTenant stored, TenantId id, Waiting waiting, const Now& now,
                    std::vector<CheckBatch*>& finished) {
  crowded_ = !passivation_.make_room();
  if (crowded_) {
    turn_away(waiting, Outcome::unavailable,
              {FaultCode::unavailable, "resident_tenants_max is reached"}, finished);
    return;
  }
  HostedTenant& hosted = table_.insert(id, std::move(stored.plan), stored.counters, now);
  ++activated_;
  for (const auto& [batch, item] : waiting.checks) {
    decide_resident(hosted, batch->checks[item], now, batch->decisions[item]);
    finished.push_back(batch);
  }
  for (const auto& caller : waiting.usages) {
    caller.answer(TenantUsage{id, hosted.tenant.usage(now), now.wall});
  }
}

void Hosting::turn_away(const Waiting& waiting, Outcome outcome, const Fault& fault,
                        std::vector<CheckBatch*>& finished) {
  for (const auto& [batch, item] : waiting.checks) {
    answer(batch->decisions[item], outcome);
    finished.push_back(batch);
  }
  for (const auto& caller : waiting.usages) {
    caller.answer(fault);
  }
}

void Hosting::give_up_waiting(std::vector<CheckBatch*>& finished) {
  turn_away(activations_.give_up(), Outcome::unavailable,
            {FaultCode::unavailable, "the server is stopping"}, finished);
}

void Hosting::amended(TenantId tenant, Version version, std::shared_ptr<const Plan> plan,
                      const Now& now) {
  unknown_.forget(tenant);
  activations_.changed(tenant, version);
  if (HostedTenant* hosted = table_.find(tenant)) {
    hosted->tenant.adopt(std::move(plan), now);
    write_behind_.changed(*hosted);
  }
}

void Hosting::removed(TenantId tenant) {
  activations_.removed(tenant);
  if (HostedTenant* hosted = table_.find(tenant)) {
    table_.erase(*hosted);
  }
}

}  // namespace sluice
