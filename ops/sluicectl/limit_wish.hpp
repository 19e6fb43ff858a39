// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/meter.hpp"

namespace sluice::ctl {

/// A limit as somebody wrote it, before the unit of its meter is known.
struct LimitWish {
  std::string name;
  std::string meter;
  std::optional<std::string> size;    ///< An amount, or `unlimited`.
  std::optional<std::string> period;  ///< `minute` to `year`, or `never`.
  std::optional<std::string> rate;
  std::optional<std::string> per;
  std::optional<std::string> burst;
  std::optional<std::string> sliding;  ///< `100/1m`.
  std::string enforcement = "block";   ///< Or `alert`, `throttle`, `overage`.
  bool shadow = false;
  std::optional<std::string> soft;           ///< An amount, or a share of the size such as `80%`.
  std::optional<std::string> thresholds;     ///< `80,90,100`, or `none`.
  std::optional<std::string> overage_price;  ///< `150000/1GB`.
  std::optional<std::string> overage_cap;
  friend bool operator==(const LimitWish&, const LimitWish&) = default;
};

/// Reads the short form `NAME=METER:SIZE/PERIOD` of a window or `NAME=METER:AMOUNT/DURATION` of a
/// rate, which `,sliding` behind it makes a sliding window; with an enforcement such as `,alert`,
/// and `,burst=N`, `,soft=80%`, `,thresholds=80+90+100`, `,price=150000/1GB`, `,cap=N`, `,shadow`.
[[nodiscard]] Result<LimitWish> parse_limit_wish(std::string_view text);

/// Works the wish out; a fault begins with the option of `limit set` that is wrong. What the server
/// checks as well (names, order of thresholds, bounds) is left to it.
[[nodiscard]] Result<Limit> limit_from(const LimitWish& wish, const Meter& meter);

[[nodiscard]] std::string_view to_string(Period period);
[[nodiscard]] std::string_view to_string(Enforcement enforcement);
[[nodiscard]] std::optional<Period> period_from(std::string_view text);
[[nodiscard]] std::optional<Enforcement> enforcement_from(std::string_view text);

/// Everything up to the separator, which is dropped; all of it if there is none.
[[nodiscard]] std::string_view take_until(std::string_view& text, char separator);

}  // namespace sluice::ctl
