// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/limit.hpp"
#include "ops/sluicectl/amount_text.hpp"

namespace sluice::ctl {

/// What a limit measures, as somebody wrote it, before the unit of its meter is known.
struct RuleWish {
  std::optional<std::string> size;    ///< An amount, or `unlimited`.
  std::optional<std::string> period;  ///< `minute` to `year`, or `never`.
  std::optional<std::string> rate;
  std::optional<std::string> per;
  std::optional<std::string> burst;
  std::optional<std::string> refill;       ///< `greedy` or `interval`.
  std::optional<std::string> sliding;      ///< `100/1m`.
  std::optional<std::string> concurrency;  ///< `10/30s`.
  std::optional<std::string> credit;       ///< A period.
  friend bool operator==(const RuleWish&, const RuleWish&) = default;
};

/// Works the wish out; a fault begins with the option that is wrong. What the server checks as well
/// (bounds) is left to it.
[[nodiscard]] Result<Rule> rule_from(const RuleWish& wish, AmountUnit unit);

/// Reads an amount, or a share of the rule's size such as `80%`.
[[nodiscard]] Result<Amount> parse_soft_limit(std::string_view text, const Rule& rule,
                                              AmountUnit unit);

[[nodiscard]] Result<Percent> parse_percent(std::string_view text);

[[nodiscard]] std::optional<Period> period_from(std::string_view text);

/// Everything up to the separator, which is dropped; all of it if there is none.
[[nodiscard]] std::string_view take_until(std::string_view& text, char separator);

/// A fault of the command line that begins with the option.
[[nodiscard]] Fault wrong_option(std::string_view option, std::string_view why);

/// The same result, with a fault that begins with the option.
template <class T>
Result<T> named(std::string_view option, Result<T> result) {
  if (!result.ok()) {
    return wrong_option(option, result.fault().context);
  }
  return result;
}

}  // namespace sluice::ctl
