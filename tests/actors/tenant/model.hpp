// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/check.hpp"
#include "actors/tenant/gcra.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/time.hpp"

#include <cstdint>
#include <vector>

namespace sluice {

/// A model of a tenant in UTC, too simple to be wrong: it remembers whatever it admitted, and adds
/// all of it up again for each question. It knows minutes, hours and days, which last as long as
/// they say, and gauges.
class Model {
public:
  Model(std::vector<Limit> limits, Now start);

  /// Whether the check is allowed; if so and if it is no peek, takes it.
  bool decide(const std::vector<Charge>& charges, Mode mode, Now now);

  /// A rate: the units missing from its burst, the started one included.
  [[nodiscard]] Amount used(std::size_t limit, Now now) const;
  [[nodiscard]] Amount remaining(std::size_t limit, Now now) const;

private:
  struct Taken {
    Instant steady;
    WallTime window_time;
    Amount amount;
  };
  struct History {
    Limit limit;
    WallTime latest;  ///< The latest that the wall clock showed when a check met the limit.
    std::vector<Taken> taken;
  };

  [[nodiscard]] static bool fits(const History& history, Amount amount, Now now);
  [[nodiscard]] static Amount used_of_window(const History& history, WallTime now);
  /// What the bucket of a rate holds, in units times `per`.
  [[nodiscard]] static Parts level(const History& history, Instant now);

  Instant start_;
  std::vector<History> histories_;
};

}  // namespace sluice
