// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/time.hpp"
#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/rule_wish.hpp"
#include "ops/sluicectl/server_link.hpp"

namespace sluice::ctl {

/// What is to hold instead of a limit's rule for a while, as somebody wrote it.
struct OverrideWish : RuleWish {
  std::optional<std::string> soft;       ///< An amount, or a share of the size such as `80%`.
  std::optional<std::string> lasts_for;  ///< A duration from now on.
  std::optional<std::string> until;      ///< An instant. Without either, until it is removed.
  std::string author;
  std::string reason;
};

/// Works the wish out for this limit, whose kind, and whose period or `per`, it takes over. A fault
/// begins with the option of `limit override` that is wrong. What the server checks as well
/// (bounds, the soft limit) is left to it.
[[nodiscard]] Result<Override> override_from(const OverrideWish& wish, const Limit& limit,
                                             AmountUnit unit, WallTime now);

/// Takes out the overrides that are over, which the server does with the next change of the tenant.
/// The server is asked for its clock only if there is one with an end.
void drop_past_overrides(TenantDefinition& tenant, ServerLink& link);

}  // namespace sluice::ctl
