// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/limit.hpp"
#include "ops/sluicectl/amount_text.hpp"

namespace sluice::ctl {

/// Reads what units above a limit cost, as `150000/1GB`: millionths of the tenant's currency for an
/// amount of the meter. Terms without a cap.
[[nodiscard]] Result<OverageTerms> parse_overage_price(std::string_view text, AmountUnit unit);

/// Millionths of a currency as a decimal number of the whole, exactly: 150000 is `0.15`.
[[nodiscard]] std::string format_price(std::uint64_t micros);

/// `0.15 / 1GB`, and `, at most 5GB` with a cap.
[[nodiscard]] std::string format_overage(const OverageTerms& terms, AmountUnit unit);

}  // namespace sluice::ctl
