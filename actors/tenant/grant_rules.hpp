// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "actors/tenant/grant.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What is wrong with a grant that is to be given at this moment, naming the field; null: nothing.
[[nodiscard]] const char* object_to(const GrantTerms& terms, WallTime now) noexcept;

/// Of everything that makes two grants the same one.
[[nodiscard]] std::uint64_t digest_of(const GrantTerms& terms) noexcept;

}  // namespace sluice
