// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Tenants that time was to do something to, which could not be done: when to try again.
///
/// Role       Keeps what cannot work from being tried each second, and from being told each time.
/// Threading  Confined to the store's writer.
/// Units      Monotonic time.
/// Errors     None.
/// Bounds     `tenants_max`; another takes the place of one, which is then tried and told again.
/// Cost       A few steps in a tree.
class Postponed {
public:
  static constexpr std::size_t tenants_max = 1'024;
  static constexpr Duration first_delay = std::chrono::seconds{10};
  static constexpr Duration delay_max = std::chrono::hours{1};

  /// Whether it is too early to try again.
  [[nodiscard]] bool holds(TenantId tenant, Instant now) const {
    const auto found = tenants_.find(tenant);
    return found != tenants_.end() && now < found->second.until;
  }
  /// It was refused once more: waits twice as long as before. Returns whether the reason is new.
  [[nodiscard]] bool refuse(TenantId tenant, const Fault& fault, Instant now) {
    if (tenants_.size() >= tenants_max && !tenants_.contains(tenant)) {
      tenants_.erase(tenants_.begin());
    }
    Refused& refused = tenants_[tenant];
    refused.delay = std::clamp(2 * refused.delay, first_delay, delay_max);
    refused.until = now + refused.delay;
    return std::exchange(refused.reason, fault.context) != fault.context;
  }
  /// It was done, or the tenant is another one now.
  void forget(TenantId tenant) { tenants_.erase(tenant); }

private:
  struct Refused {
    Duration delay{};
    Instant until{};
    std::string reason;
  };
  std::map<TenantId, Refused> tenants_;
};

}  // namespace sluice
