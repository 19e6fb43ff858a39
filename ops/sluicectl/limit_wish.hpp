// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/meter.hpp"
#include "ops/sluicectl/rule_wish.hpp"

namespace sluice::ctl {

/// A limit as somebody wrote it, before the unit of its meter is known.
struct LimitWish : RuleWish {
  std::string name;
  std::string meter;
  std::string enforcement = "block";  ///< Or `alert`, `throttle`, `overage`.
  bool shadow = false;
  std::optional<std::string> soft;           ///< An amount, or a share of the size such as `80%`.
  std::optional<std::string> thresholds;     ///< `80,90,100`, or `none`.
  std::optional<std::string> overage_price;  ///< `150000/1GB`.
  std::optional<std::string> overage_cap;
  std::optional<std::string> by;          ///< `user,team`.
  std::optional<std::string> history_by;  ///< The same.
  std::vector<std::string> when;          ///< `model=a|b`, `team!=x`.
  bool release_on_expiry = false;
  friend bool operator==(const LimitWish&, const LimitWish&) = default;
};

/// Reads the short form `NAME=METER:SIZE/PERIOD` of a window or `NAME=METER:AMOUNT/DURATION` of a
/// rate, which `,sliding` behind it makes a sliding window, and `,concurrent` a limit on what is in
/// flight, or `NAME=METER:credit/PERIOD` of credit; with an enforcement such as `,alert`, and
/// `,burst=N`, `,refill=interval`, `,soft=80%`, `,thresholds=80+90+100`, `,price=150000/1GB`,
/// `,cap=N`, `,shadow`, `,by=user+team`, `,when=model=a|b` (several times),
/// `,history-by=user+team`, `,release-on-expiry`.
[[nodiscard]] Result<LimitWish> parse_limit_wish(std::string_view text);

/// Works the wish out; a fault begins with the option of `limit set` that is wrong. What the server
/// checks as well (names, order of thresholds, bounds) is left to it.
[[nodiscard]] Result<Limit> limit_from(const LimitWish& wish, const Meter& meter);

[[nodiscard]] std::optional<Enforcement> enforcement_from(std::string_view text);

}  // namespace sluice::ctl
