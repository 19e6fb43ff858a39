// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace sluice::auth {

using Bytes = std::span<const std::byte>;

[[nodiscard]] std::array<std::byte, 32> sha256(Bytes bytes);

/// From the system's generator. Without one this process must not go on.
void fill_random(std::span<std::byte> bytes);

/// Takes as long wherever the two differ. Of different lengths they are different.
[[nodiscard]] bool equal_in_constant_time(Bytes a, Bytes b);

}  // namespace sluice::auth
