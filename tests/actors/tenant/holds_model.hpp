// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/check.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/gcra.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sluice {

/// A model of a tenant that reserves, too simple to be wrong: of each limit a list of what was
/// used, a list of what was asked under an id, and sums over both for every question. It knows UTC,
/// windows, sliding windows and rates that block or alert, and the modes `normal`,
/// `record`, `reserve`, `extend`, `commit` and `cancel`.
class HoldsModel {
public:
  HoldsModel(std::span<const Limit> limits, const Now& start) { adopt(limits, start); }

  struct Answer {
    Outcome outcome = Outcome::allowed;
    bool repeated = false;
    bool overrun = false;
  };
  Answer decide(const Check& check, const Now& now);
  /// A limit that was there before, by its id, may have another size or burst, but no other pace.
  void adopt(std::span<const Limit> limits, const Now& now);

  [[nodiscard]] std::size_t limits() const { return counts_.size(); }
  [[nodiscard]] Amount used(std::size_t limit, const Now& now) const;
  [[nodiscard]] Amount held(std::size_t limit) const;
  [[nodiscard]] Amount remaining(std::size_t limit, const Now& now) const;

private:
  struct Used {
    WallTime at;  ///< The latest that the wall clock had shown to the limit.
    Amount amount;
  };
  struct Count {
    Limit limit;
    WallTime latest;
    std::vector<Used> list;  ///< Of windows.
    Parts owed = 0;          ///< Of a rate, at the instant below.
    Instant owed_at;
  };
  /// What was asked under an id, and what came of it.
  struct Asked {
    EntryId id;
    Mode mode;
    Duration ttl;
    std::vector<Charge> charges;
    Answer first;
    EntryState state;
    Instant begun;
    Instant due;  ///< When it ends by itself, or is forgotten.
    std::vector<HeldCharge> parts;
  };

  Answer take(const Check& check, const Now& now);
  Answer take_once(const Check& check, const Now& now);
  Answer extend(Asked& asked, const Check& check, const Now& now);
  Answer settle(Asked& asked, const Check& check, const Now& now);
  bool end(Asked& asked, EntryState state, const Now& now);
  void let_time_end(const Now& now);
  [[nodiscard]] Asked* find(EntryId id);

  [[nodiscard]] bool fits(std::size_t limit, Amount amount, const Now& now) const;
  void use(Count& count, Amount amount, const Now& now);
  [[nodiscard]] static Parts owed(const Count& count, Instant now);
  [[nodiscard]] static Amount used_in(const Count& count, std::int64_t number, Duration length);

  std::vector<Count> counts_;
  std::vector<Asked> asked_;
};

}  // namespace sluice
