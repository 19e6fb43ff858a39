// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "actors/tenant/limit.hpp"

namespace sluice {

/// What people and stores call the choices that a limit has.

[[nodiscard]] std::string_view name_of(Period period);
[[nodiscard]] std::string_view name_of(Enforcement enforcement);
[[nodiscard]] std::string_view name_of(Refill refill);

/// The choice that is called so, of those up to `last`.
template <class Enum>
[[nodiscard]] std::optional<Enum> choice_named(std::string_view name, Enum last) {
  for (std::uint8_t raw = 0; raw <= static_cast<std::uint8_t>(last); ++raw) {
    if (name_of(static_cast<Enum>(raw)) == name) {
      return static_cast<Enum>(raw);
    }
  }
  return std::nullopt;
}

}  // namespace sluice
