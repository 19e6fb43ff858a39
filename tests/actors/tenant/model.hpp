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
/// they say, gauges, sliding windows and rates, and every enforcement and mode.
class Model {
public:
  Model(std::vector<Limit> limits, Now start);

  struct Answer {
    Outcome outcome = Outcome::allowed;
    Amount granted;
    Amount overage;
    std::uint8_t would_deny = 0;
  };
  /// Decides the check and takes what it has to take.
  Answer decide(std::vector<Charge> charges, Mode mode, Now now);

  /// A rate: the units missing from its burst, the started one included.
  [[nodiscard]] Amount used(std::size_t limit, Now now) const;
  [[nodiscard]] Amount remaining(std::size_t limit, Now now) const;

private:
  struct Taken {
    Now at;
    WallTime window_time;
    Amount amount;
    bool back = false;
  };
  struct History {
    Limit limit;
    WallTime latest;  ///< The latest that the wall clock showed when a check met the limit.
    std::vector<Taken> taken;
  };
  enum class Verdict { fits, early, full };

  [[nodiscard]] static Verdict verdict(const History& history, Amount amount, Now now);
  [[nodiscard]] static Amount used_of(const History& history, WallTime now);
  [[nodiscard]] static Amount used_of_sliding(const History& history, WallTime now);
  [[nodiscard]] static WallTime paced_until(const History& history, WallTime now);
  /// What the bucket of a rate holds, in units times `per`.
  [[nodiscard]] static Parts level(const History& history, Instant now);

  [[nodiscard]] bool all_fit(MeterId meter, Amount amount, Now now) const;
  Answer give_back(const std::vector<Charge>& charges, Now now);
  Amount take(History& history, Amount amount, Now now);

  std::vector<History> histories_;
};

}  // namespace sluice
