// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// Counts what tenants asked, for a bounded number of them by name and for all others together.
///
/// Role       A tenant that is busier than the idlest one with a name takes its place; what that
///            one had goes to the others. So every count only grows, or ends.
/// Threading  Any thread; locks for the length of a search among the names.
/// Ownership  Owns its counts.
/// Units      Checks.
/// Errors     None.
/// Cost       Linear in the number of names; for each minute that a tenant closes, not for checks.
class TenantTally {
public:
  struct Count {
    std::optional<TenantId> tenant;  ///< Nothing: all others.
    std::uint64_t asked = 0;
    std::uint64_t refused = 0;
    std::uint64_t last_minute = 0;  ///< What it asked in the latest one that is known.
  };

  explicit TenantTally(std::size_t names_max) : names_max_(names_max) {}

  void add(const UsageRow& row);
  /// The others last.
  [[nodiscard]] std::vector<Count> read() const;

private:
  const std::size_t names_max_;
  mutable std::mutex mutex_;
  std::vector<Count> named_;
  Count others_;
};

}  // namespace sluice
