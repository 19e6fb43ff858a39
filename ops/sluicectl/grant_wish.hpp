// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/grant.hpp"
#include "ops/sluicectl/amount_text.hpp"

namespace sluice::ctl {

/// A grant as somebody wrote it, before the unit of its meter is known.
struct GrantWish {
  std::string amount;
  unsigned priority = GrantTerms{}.priority;  ///< 0 to 255.
  std::optional<std::string> effective;       ///< An instant; without it, at once.
  std::optional<std::string> expires;         ///< An instant; without it, never.
  std::optional<std::string> every;           ///< `month`, `1 month`, `90 days`.
  std::optional<std::string> anchor;          ///< An instant; without it, `effective`.
  std::optional<std::string> rollover;        ///< `100..500`.
};

/// Works the wish out; a fault begins with the option of `credit give` that is wrong. What the
/// server checks as well (bounds, the order of instants) is left to it.
[[nodiscard]] Result<GrantTerms> grant_terms_from(const GrantWish& wish, AmountUnit unit);

}  // namespace sluice::ctl
