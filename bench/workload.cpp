// SPDX-License-Identifier: Apache-2.0
#include "bench/workload.hpp"

#include <utility>

namespace sluice::bench {

Workload::Workload(LimitPreset preset, TenantDraw draw, Charge charge)
    : preset_(preset),
      draw_(std::move(draw)),
      charges_{charge},
      charges_per_check_(1),
      varies_(false) {}

Workload::Workload(LimitPreset preset, TenantDraw draw, MeterId requests, MeterId tokens,
                   std::span<const TraceRequest> trace)
    : preset_(preset), draw_(std::move(draw)), charges_per_check_(2), varies_(true) {
  charges_.reserve(trace.size() * charges_per_check_);
  for (const TraceRequest& request : trace) {
    charges_.push_back({requests, Amount{1}});
    charges_.push_back({tokens, request.tokens});
  }
}

void Workload::tell_users_apart(std::size_t users) {
  for (std::size_t user = 0; user < users; ++user) {
    users_.push_back("u" + std::to_string(user));
  }
  for (const std::string& user : users_) {
    labels_.push_back({user_label, user});
  }
}

std::vector<MeterId> Workload::meters() const {
  std::vector<MeterId> meters;
  for (const Charge& charge : charges(RequestIndex{0})) {
    meters.push_back(charge.meter);
  }
  return meters;
}

}  // namespace sluice::bench
