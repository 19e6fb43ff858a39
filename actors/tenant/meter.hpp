// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"

namespace sluice {

/// Something countable. `name` is `[a-z][a-z0-9_]{0,62}`; `unit` says what an amount of 1 is.
struct Meter {
  MeterId id;
  std::string name;
  std::string unit;
  friend bool operator==(const Meter&, const Meter&) = default;
};

/// All meters of a server, in the order of their ids, which are dense from 1 and never reused.
using MeterTable = std::vector<Meter>;

inline constexpr std::size_t meters_max = 1024;

/// The meters that a new store starts with.
[[nodiscard]] const MeterTable& default_meters();

/// Checks the name and unit of a meter that somebody wants to define; a fault names the field.
[[nodiscard]] Result<Done> validate_meter(std::string_view name, std::string_view unit);

}  // namespace sluice
