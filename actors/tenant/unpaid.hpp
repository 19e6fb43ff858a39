// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/time.hpp"

namespace sluice {

/// A payment that failed, and for which its tenant has time until it is suspended.
struct UnpaidPayment {
  std::string reference;  ///< Which one, as the billing system calls it.
  WallTime suspends_at;   ///< From then on the tenant spends nothing.
  friend bool operator==(const UnpaidPayment&, const UnpaidPayment&) = default;
};

inline constexpr std::size_t payment_reference_characters_max = 100;
/// Of one tenant. It has no time for further ones: the earliest end counts, and that is known.
inline constexpr std::size_t unpaid_payments_max = 16;

/// In the order of their ends, and of one end in the order in which they failed.
using UnpaidPayments = std::vector<UnpaidPayment>;

/// As stores keep them: a line for each, nanoseconds and then the reference.
[[nodiscard]] std::string unpaid_text(const UnpaidPayments& unpaid);
/// Nothing if that is not what `unpaid_text` writes.
[[nodiscard]] std::optional<UnpaidPayments> parse_unpaid(std::string_view text);

}  // namespace sluice
