// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "actors/tenant/time.hpp"

namespace sluice {

/// How many refusals each credential has recorded in the audit, so that nobody fills the disk by
/// being refused.
///
/// Role       A few for each credential and minute; the others are counted, and told with the next
///            one that is recorded.
/// Threading  Confined to its reactor.
/// Ownership  Of its counts, for a bounded number of credentials; of those beyond it nothing is
///            recorded in that minute.
/// Cost       A lookup.
class DenialBudget {
public:
  static constexpr std::uint32_t per_minute = 10;
  static constexpr std::size_t credentials_max = 1024;

  /// Whether this refusal is recorded: then how many before it were not.
  [[nodiscard]] std::optional<std::uint64_t> take(const std::string& credential, Instant now) {
    if (!spent_.contains(credential) && spent_.size() >= credentials_max) {
      std::erase_if(spent_, [&](const auto& entry) { return is_over(entry.second, now); });
      if (spent_.size() >= credentials_max) {
        return std::nullopt;
      }
    }
    Spent& spent = spent_.try_emplace(credential, Spent{now, 0, 0}).first->second;
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
  struct Spent {
    Instant since;
    std::uint32_t recorded;
    std::uint64_t suppressed;
  };
  [[nodiscard]] static bool is_over(const Spent& spent, Instant now) {
    return now - spent.since >= std::chrono::minutes{1};
  }
  std::map<std::string, Spent> spent_;
};

}  // namespace sluice
