// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "actors/tenant/sharing/access.hpp"

namespace sluice::sim {

/// What owners and consumers wish of a server, and how they hear what became of it.
struct PolicyToPut {
  PolicyWish wish;
  PolicyId fresh;
  std::function<void(Result<SharingPolicy>)> answer;
};
struct PolicyToRemove {
  TenantId owner;
  PolicyId policy;
  std::function<void(Result<SharingPolicy>)> answer;
};
struct AccessToChange {
  AccessWish wish;
  std::function<void(Result<SharingRequest>)> answer;
};

}  // namespace sluice::sim
