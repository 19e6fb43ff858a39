// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/time.hpp"

namespace sluice {

/// Where time comes from. Implementations may be read from any thread.
class Clock {
public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Now now() const noexcept = 0;
};

}  // namespace sluice
