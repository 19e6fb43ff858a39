// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/grant.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::test {

/// What another system says of prepaid grants. Times are by the wall.
struct GrantFact {
  std::string name;
  GrantTerms terms{};
  std::optional<WallTime> voided_at{};
};

struct GrantsExpected {
  std::map<std::string, std::uint64_t> left{};
  std::optional<std::uint64_t> balance{};  ///< Of all grants.
  std::optional<std::uint64_t> owed{};
  std::optional<std::uint64_t> used{};
  std::optional<std::uint64_t> size{};  ///< All that was paid and is left.
};

struct GrantsCase {
  std::string name;
  std::vector<GrantFact> grants{};
  std::uint64_t used_before = 0;  ///< In this period, and before anything else.
  struct Use {
    WallTime at;
    std::uint64_t amount = 0;
  };
  std::vector<Use> uses{};
  std::optional<WallTime> reset_at{};
  bool keeps_overage = false;
  std::optional<WallTime> asked_at{};  ///< Also then.
  WallTime until{};
  GrantsExpected expected{};
};

[[nodiscard]] std::vector<GrantsCase> own_grants_cases();
/// Those beside the checkout that a tenant can be asked.
[[nodiscard]] std::vector<GrantsCase> shared_grants_cases();

}  // namespace sluice::test
