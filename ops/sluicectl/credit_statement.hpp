// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/tenant.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::ctl {

/// How it stands with the credit of a tenant, at one instant.
struct CreditStatement {
  /// What was done just before.
  struct Change {
    EntryId grant{};  ///< None of a reset.
    bool repeated = false;
  };

  TenantDefinition tenant;
  std::vector<LimitUsage> limits{};  ///< Of credit.
  WallTime at{};
  std::optional<Change> change{};
};

enum class GrantState : std::uint8_t {
  pending,  ///< Not yet effective.
  active,
  used_up,  ///< It may be full again, if it recurs.
  expired,
  voided,
};

[[nodiscard]] GrantState state_of(const Grant& grant, WallTime now);
[[nodiscard]] std::string_view to_string(GrantState state);

/// One that was to be effective before it was given is so since then.
[[nodiscard]] WallTime effective_since(const Grant& grant);

/// What its grants have left, held or not.
[[nodiscard]] Amount balance_of(const LimitUsage& credit);

}  // namespace sluice::ctl
