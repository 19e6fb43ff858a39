// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "actors/tenant/ids.hpp"

namespace sluice {

/// How many of a meter are taken by members, who are no usage that anybody counts: the tenant's
/// definition knows how many there are.
struct Seats {
  MeterId meter{};  ///< None: there is no such meter.
  std::uint32_t members = 0;
  friend bool operator==(const Seats&, const Seats&) = default;
};

}  // namespace sluice
