// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "actors/tenant/sharing/books.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// Closes periods that have ended, and pays owners.
///
/// A period is closed once every host has said that what it decided before an hour after the
/// period's end is in the store, open hours and all. A use is counted in the hour that the clock
/// shows when it is counted, so after that none can fall into the period, unless the clock is
/// stepped back by more than that hour. What comes of a reservation that began in it is counted
/// when it ends, and is billed with what was counted then, however long ago its grant ended.
///
/// Each step may be repeated: lines are appended by their key, and what is in a payout is no more
/// unpaid. How far a task has come is written together with the last lines, so after a crash at
/// any point, or when nobody knows whether a transaction was done, the same step is done again from
/// its begin, and comes to the same.
///
/// Role       The part of the store's writer that is about money, without its mailbox: each call is
///            one part of a step, and at most one transaction for each owner in it.
/// Threading  Confined to the thread that writes: nobody else closes or pays.
/// Ownership  Borrows the store.
/// Units      Wall time; amounts in millionths.
/// Errors     Those of the store. After one the step begins again.
/// Cost       A period is closed in time proportional to the grants that stood or were used in it,
///            and their hours, and a look at each that ended. Meanwhile, `EarlierUses` of them.
class BooksDesk {
public:
  /// How much one call does, for which others wait.
  struct Pace {
    std::size_t grants_at_once = shared_grants_max;
    std::size_t owners_at_once = 16;
    std::size_t lines_per_payout = payout_lines_max;
  };
  BooksDesk(SharingBooks& store, Epoch epoch) : BooksDesk(store, epoch, Pace{}) {}
  BooksDesk(SharingBooks& store, Epoch epoch, Pace pace)
      : store_(store), epoch_(epoch), pace_(pace) {}

  /// Does a part of what is next, if everything that happened before `saved_before` is in the
  /// store. `none`: nothing is left to do.
  [[nodiscard]] Result<Rest> see_to(WallTime saved_before, WallTime now);

private:
  /// What is under way, and where it goes on.
  struct UnderWay {
    BooksStep step{};
    std::optional<SharingId> after_grant{};
    EarlierUses earlier{};
    std::optional<TenantId> after_owner{};
  };

  Result<Done> close_some(UnderWay& work, WallTime now);
  Result<Done> pay_some(UnderWay& work, WallTime now);
  /// Whether it has all lines that are due; otherwise there is another one to make.
  Result<bool> pay_one(const DuePayout& due, const BooksStep& step, WallTime now);
  Result<Done> write(const StatementClosing& closing);

  SharingBooks& store_;
  Epoch epoch_;
  Pace pace_;
  /// As the store has it, which nobody else changes; nothing while that is not known.
  std::optional<BooksProgress> progress_;
  std::optional<UnderWay> work_;
};

}  // namespace sluice
