// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/limit.hpp"

namespace sluice {

/// What of a limit is a list or a whole of its own, as JSON: one text for the labels that it is
/// about, one for what holds instead of it for a while. Both stores keep these texts.
///
///   {"history":["user"],"per":["user"],
///    "when":[{"is":["a","b"],"label":"model"},{"is_not":["x"],"label":"team"}]}
///   {"author":"ann","expires_at_ns":1,"reason":"launch","rule":{"period":"day","size":null},
///    "soft_limit":5}
///
/// A rule has `size` and one of `period`, `span_ns` and `holder_ttl_ns`, or `amount`, `per_ns`,
/// `burst` and, if it is not refilled greedily, `refill`; nothing holds instead of credit. An empty
/// list is left out, as are `soft_limit` and `expires_at_ns` where there is none. A database may
/// put members in another order and blanks between them.
///
/// Role       Pure functions.
/// Units      `_ns`: nanoseconds, of instants since 1970. Integers have up to 63 bits and a sign,
///            and are exact.
/// Errors     What is read gives nothing if it is not what is written. What is written and could
///            not be read again is thrown as `UnwritableLimit`.
/// Cost       A few allocations for each member. Neither is on the way of a decision.

/// A limit with labels or an override that `validate_limit` refuses. Nothing was written.
class UnwritableLimit : public std::invalid_argument {
public:
  using std::invalid_argument::invalid_argument;
};

/// As in `Limit`.
struct LimitLabels {
  std::vector<std::string> per;
  std::vector<Condition> when;
  std::vector<std::string> history_by{};
  friend bool operator==(const LimitLabels&, const LimitLabels&) = default;
};

/// Nothing if it is about no labels.
[[nodiscard]] std::optional<std::string> labels_text(const Limit& limit);
[[nodiscard]] std::optional<LimitLabels> parse_labels(std::string_view text);

/// Nothing if there is no override.
[[nodiscard]] std::optional<std::string> override_text(const Limit& limit);
/// Of a limit with this rule.
[[nodiscard]] std::optional<Override> parse_override(std::string_view text, const Rule& rule);

/// Of all kinds but credit.
[[nodiscard]] std::string rule_text(const Rule& rule);
[[nodiscard]] std::optional<Rule> parse_rule(std::string_view text);

}  // namespace sluice
