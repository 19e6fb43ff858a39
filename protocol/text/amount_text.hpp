// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/meter.hpp"

namespace sluice::text {

/// How people write the amounts of a meter; it follows from the meter's unit.
enum class AmountUnit : std::uint8_t {
  count,    ///< `10`, `10k`, `1.5M`, `2Gi`: powers of 1000, or with `i` of 1024.
  bytes,    ///< As a count, and with a `B`: `1GB` is 10^9 bytes, `1GiB` is 2^30.
  seconds,  ///< As a count, and `90s`, `30m`, `10h`, `2d`, or several: `1h30m`.
};

[[nodiscard]] AmountUnit amount_unit_of(const Meter& meter);

/// Reads an amount. It must come out as a whole number of units (`1.5k` does, `1.5` does not), up
/// to 2^63-1; a fault says what is wrong and shows how to write it.
[[nodiscard]] Result<Amount> parse_amount(std::string_view text, AmountUnit unit);

/// At most three digits and a unit, as `999`, `1.23M`, `1.5GB`, `10h30m`; what is left over is cut
/// off and never rounded up, so that nothing looks full that is not.
[[nodiscard]] std::string format_amount(Amount amount, AmountUnit unit);

}  // namespace sluice::text
