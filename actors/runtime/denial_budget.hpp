// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// How many refusals each credential has recorded in the audit, so that nobody fills the disk by
/// being refused.
///
/// Role       A few for each credential and minute: of every tenant that there is, and of all that
///            there are not together, so that guesses do not hide what is tried on a tenant. The
///            others are counted, and told with the next one that is recorded.
/// Threading  Confined to its reactor.
/// Ownership  Of its counts, which are bounded; of whatever is beyond them nothing is recorded in
///            that minute.
/// Cost       A lookup.
class DenialBudget {
public:
  static constexpr std::uint32_t per_minute = 10;
  static constexpr std::size_t counts_max = 4096;

  /// Whether this credential was refused something of this tenant not long ago.
  [[nodiscard]] bool knows(const std::string& credential, TenantId tenant) const {
    return spent_.contains({credential, tenant});
  }
  /// Whether this refusal is recorded: then how many before it were not. The tenant is nil unless
  /// it is there.
  [[nodiscard]] std::optional<std::uint64_t> take(const std::string& credential, TenantId tenant,
                                                  Instant now) {
    const Key key{credential, tenant};
    if (!spent_.contains(key) && spent_.size() >= counts_max) {
      std::erase_if(spent_, [&](const auto& entry) { return is_over(entry.second, now); });
      if (spent_.size() >= counts_max) {
        return std::nullopt;
      }
    }
    Spent& spent = spent_.try_emplace(key, Spent{now, 0, 0}).first->second;
    if (is_over(spent, now)) {
      spent.since = now;
      spent.recorded = 0;
    }
    if (spent.recorded >= per_minute) {
      ++spent.suppressed;
      return std::nullopt;
    }
    ++spent.recorded;
    return std::exchange(spent.suppressed, 0);
  }

private:
  using Key = std::pair<std::string, TenantId>;
  struct Spent {
    Instant since;
    std::uint32_t recorded;
    std::uint64_t suppressed;
  };
  [[nodiscard]] static bool is_over(const Spent& spent, Instant now) {
    return now - spent.since >= std::chrono::minutes{1};
  }
  std::map<Key, Spent> spent_;
};

}  // namespace sluice
