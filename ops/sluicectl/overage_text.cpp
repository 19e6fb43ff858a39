// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/overage_text.hpp"

#include <fmt/format.h>

namespace sluice::ctl {
namespace {

constexpr std::uint64_t micros_in_one = 1'000'000;

}  // namespace

Result<OverageTerms> parse_overage_price(std::string_view text, AmountUnit unit) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return Fault{FaultCode::invalid_argument,
                 fmt::format("'{}' is not a price; write for example 150000/1k: millionths of the "
                             "currency for an amount",
                             text)};
  }
  const auto price = parse_amount(text.substr(0, slash), AmountUnit::count);
  if (!price.ok()) {
    return price.fault();
  }
  const auto per = parse_amount(text.substr(slash + 1), unit);
  if (!per.ok()) {
    return per.fault();
  }
  return OverageTerms{price.value().raw(), per.value(), std::nullopt};
}

std::string format_price(std::uint64_t micros) {
  const std::uint64_t rest = micros % micros_in_one;
  std::string text = fmt::format("{}", micros / micros_in_one);
  if (rest > 0) {
    text += fmt::format(".{:06}", rest);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text;
}

std::string format_overage(const OverageTerms& terms, AmountUnit unit) {
  const std::string price =
      fmt::format("{} / {}", format_price(terms.price_micros), format_amount(terms.per, unit));
  return terms.cap ? fmt::format("{}, at most {}", price, format_amount(*terms.cap, unit)) : price;
}

}  // namespace sluice::ctl
