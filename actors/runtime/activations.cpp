// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/activations.hpp"

#include <algorithm>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice {

Activations::Activations(Bounds bounds, HashSeed seed)
    : bounds_(bounds), activations_(0, TenantHash{seed}) {}

bool Activations::wait(TenantId tenant, WaitingCheck check) {
  Activation* activation = room_for(tenant);
  if (activation == nullptr) {
    return false;
  }
  activation->waiting.checks.push_back(check);
  ++waiting_;
  return true;
}

bool Activations::wait(TenantId tenant, TenantCall call) {
  Activation* activation = room_for(tenant);
  if (activation == nullptr) {
    return false;
  }
  activation->waiting.calls.push_back(std::move(call));
  ++waiting_;
  return true;
}

bool Activations::wait(TenantId tenant, SeatCall seat) {
  Activation* activation = room_for(tenant);
  if (activation == nullptr) {
    return false;
  }
  activation->waiting.seats.push_back(std::move(seat));
  ++waiting_;
  return true;
}

std::vector<TenantId> Activations::begin_load() {
  std::vector<TenantId> ids;
  if (to_load_.empty() || loads_ >= bounds_.loads_max) {
    return ids;
  }
  ++loads_;
  ids.assign(to_load_.begin(),
             to_load_.begin() + static_cast<std::ptrdiff_t>(
                                    std::min(to_load_.size(), bounds_.tenants_per_load_max)));
  to_load_.erase(to_load_.begin(), to_load_.begin() + static_cast<std::ptrdiff_t>(ids.size()));
  for (const TenantId id : ids) {
    // What was learned before the load is sent, the store knows when it reads.
    Activation& activation = activations_.at(id);
    activation.removed = false;
    activation.at_least.reset();
  }
  return ids;
}

void Activations::end_load() {
  SLUICE_INVARIANT(loads_ > 0);
  --loads_;
}

void Activations::changed(TenantId tenant, Version version) {
  if (const auto found = activations_.find(tenant); found != activations_.end()) {
    found->second.at_least = version;
  }
}

void Activations::removed(TenantId tenant) {
  if (const auto found = activations_.find(tenant); found != activations_.end()) {
    found->second.removed = true;
    found->second.at_least.reset();
  }
}

std::optional<Waiting> Activations::loaded(TenantId tenant, std::optional<Version> version) {
  const Activation& activation = activations_.at(tenant);
  const bool stale = version
                         ? activation.removed || *version < activation.at_least.value_or(*version)
                         : activation.at_least.has_value();
  if (stale) {
    to_load_.push_back(tenant);
    return std::nullopt;
  }
  return finish(tenant);
}

Waiting Activations::failed(TenantId tenant) {
  return finish(tenant);
}

Waiting Activations::give_up() {
  Waiting all;
  for (auto& [tenant, activation] : activations_) {
    auto& [checks, calls, seats] = activation.waiting;
    all.checks.insert(all.checks.end(), checks.begin(), checks.end());
    all.calls.insert(all.calls.end(), calls.begin(), calls.end());
    all.seats.insert(all.seats.end(), seats.begin(), seats.end());
  }
  activations_.clear();
  to_load_.clear();
  waiting_ = 0;
  return all;
}

Activations::Activation* Activations::room_for(TenantId tenant) {
  if (waiting_ >= bounds_.waiting_max) {
    return nullptr;
  }
  const auto [place, added] = activations_.try_emplace(tenant);
  if (added) {
    to_load_.push_back(tenant);
  }
  const Waiting& waiting = place->second.waiting;
  const bool room = waiting.size() < bounds_.waiting_per_tenant_max;
  return room ? &place->second : nullptr;
}

Waiting Activations::finish(TenantId tenant) {
  const auto found = activations_.find(tenant);
  SLUICE_INVARIANT(found != activations_.end());
  Waiting waiting = std::move(found->second.waiting);
  activations_.erase(found);
  waiting_ -= waiting.size();
  return waiting;
}

}  // namespace sluice
