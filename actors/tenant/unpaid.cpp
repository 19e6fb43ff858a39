// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/unpaid.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "actors/tenant/text.hpp"

namespace sluice {
namespace {

std::optional<UnpaidPayment> parse_unpaid_line(std::string_view line) {
  std::int64_t ns = 0;
  const char* const end = line.data() + line.size();
  const auto [stopped, wrong] = std::from_chars(line.data(), end, ns);
  if (wrong != std::errc{} || stopped == end || *stopped != ' ') {
    return std::nullopt;
  }
  const auto digits = static_cast<std::size_t>(stopped - line.data());
  const std::string_view reference = line.substr(digits + 1);
  if (object_to_prose(reference, payment_reference_characters_max)) {
    return std::nullopt;
  }
  return UnpaidPayment{std::string{reference}, WallTime{Duration{ns}}};
}

}  // namespace

std::string unpaid_text(const UnpaidPayments& unpaid) {
  std::string text;
  for (const UnpaidPayment& payment : unpaid) {
    text.append(std::to_string(payment.suspends_at.time_since_epoch().count()));
    text.append(1, ' ').append(payment.reference).append(1, '\n');
  }
  return text;
}

std::optional<UnpaidPayments> parse_unpaid(std::string_view text) {
  UnpaidPayments unpaid;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == text.npos || unpaid.size() == unpaid_payments_max) {
      return std::nullopt;
    }
    auto payment = parse_unpaid_line(text.substr(0, end));
    if (!payment) {
      return std::nullopt;
    }
    unpaid.push_back(*std::move(payment));
    text.remove_prefix(end + 1);
  }
  const bool in_order = std::ranges::is_sorted(unpaid, {}, &UnpaidPayment::suspends_at);
  return in_order ? std::optional{std::move(unpaid)} : std::nullopt;
}

}  // namespace sluice
