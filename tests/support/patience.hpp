// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>

namespace sluice::test {

/// Waits, for a minute at the most, until it is so; whether it is.
[[nodiscard]] bool wait_until(const std::function<bool()>& is_so);

}  // namespace sluice::test
