// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/probes.hpp"
#include "tests/sim/sharers.hpp"
#include "tests/sim/sim_database.hpp"

namespace sluice::sim {

/// Somebody who reads what is written about money, works out by himself what it should be, unit by
/// unit, and adds it up.
///
///   Each period is closed once, in its order, whatever is done again; and a line that is made
///   again is the same.
///   A line has the uses that the store has of its grant and period: none is lost, none is billed
///   twice.
///   A consumer owes what its units cost by the terms of the period, under whatever grants.
///   Owners, consumers and the platform are told the same sums.
///   Each line is paid once, if what is unpaid reaches the minimum, and is carried over if not.
///
/// Role       Hears of lines and payouts in the order in which they are committed, and compares
///            them with the sharers' books and the store.
/// Threading  Confined.
/// Ownership  Owns its copy of the lines. Borrows the books.
/// Units      Millionths; wall time.
/// Errors     Throws `Failure`.
class Accountants final : private MoneyEvents {
public:
  Accountants(SimDatabase& database, const Sharers& sharers, Probes& probes)
      : database_(database), sharers_(sharers), probes_(probes) {
    database.tell_of_money(*this);
  }
  Accountants(const Accountants&) = delete;
  Accountants& operator=(const Accountants&) = delete;

  /// Into what is closed nothing falls any more unless the clock steps back beyond the margin.
  void saw_wall(WallTime wall) {
    latest_ = std::max(latest_, wall);
    steps_far_back_ = steps_far_back_ || wall + statement_margin < latest_;
  }

  /// Everything is stored, and every period is closed that is over.
  void check_end() const;

private:
  struct Line {
    StatementLine line;
    Epoch epoch;  ///< Of who made it.
    bool is_paid = false;
  };
  using LineKey = std::pair<WallTime, SharingId>;
  /// All grants of one consumer under one policy.
  using Grants = std::vector<std::pair<SharingId, const Sharers::Grant*>>;
  struct Bill {
    std::uint64_t units = 0;
    bool stood = false;
    std::uint64_t amount = 0;
    std::uint64_t owners = 0;
  };

  void closed(Epoch epoch, const StatementClosing& closing) override;
  void paid(const Payout& payout, std::span<const UnpaidLine> lines) override;

  void check_again(const Line& known, const StatementLine& line, Epoch epoch) const;
  void note(const StatementLine& line) const;
  void check_sums() const;
  void check_consumers() const;
  void check_period(const Grants& grants, const SharingPolicy& terms, const Window& period) const;
  void check_metered(SharingId id, const Sharers::Grant& grant, const Window& period) const;
  void check_unpaid() const;
  /// Whether a store that lost nothing has all that a period is billed by.
  [[nodiscard]] bool is_exact() const { return !steps_far_back_ && !sharers_.gave_up(); }
  [[nodiscard]] const StatementLine* find(const Window& period, SharingId grant) const;
  /// The lines of a policy and currency that are unpaid, and end by then, the earliest first.
  [[nodiscard]] std::vector<const StatementLine*> unpaid(PolicyId policy,
                                                         const std::string& currency,
                                                         WallTime through) const;

  SimDatabase& database_;
  const Sharers& sharers_;
  Probes& probes_;
  std::map<LineKey, Line> lines_;
  std::map<BooksTask, WallTime> marks_;
  WallTime latest_{};
  bool steps_far_back_ = false;
};

}  // namespace sluice::sim
