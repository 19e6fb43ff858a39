// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/shared_uses.hpp"

#include <chrono>

namespace sluice {

std::int64_t hour_from(WallTime instant) noexcept {
  return std::chrono::ceil<std::chrono::hours>(instant.time_since_epoch()).count();
}

}  // namespace sluice
