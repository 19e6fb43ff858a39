// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/sharing/pricing.hpp"

namespace sluice {

/// What both stores keep of the bands of a price: `1000:4 10000:3 *:2` is up to which unit at which
/// price, and the price of all further ones. Empty without bands.
///
/// Role       Pure functions.
/// Errors     What is read is refused if it is not what is written.
/// Cost       An allocation for each band.

[[nodiscard]] std::string bands_text(const std::vector<PriceBand>& bands);
[[nodiscard]] std::optional<std::vector<PriceBand>> parse_bands(std::string_view text);

}  // namespace sluice
