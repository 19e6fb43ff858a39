// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/conditions.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What a tenant holds of what others share, and what it used of it.
///
/// Role       Bookkeeping: its grants by policy, what conditions look at, the count of each grant,
///            and which counts the journal and the store have not seen. A grant that is gone keeps
///            its count until no reservation under it is open and its period is over: so far what
///            was used counts against limits, whatever grant the tenant gets next.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  Owns them; a pointer to one is good until `adopt` or `close_ended`.
/// Units      As the pricing of each policy counts them.
/// Errors     None.
/// Cost       Finding a grant is a search among those that it holds; each count that outlives its
///            grant is looked at. 200 bytes for each.
class Shares {
public:
  struct Held {
    SharingGrant grant{};
    SharedCount count{};
    Amount held{};                   ///< Units that open reservations may still come to.
    std::uint32_t reservations = 0;  ///< That are open.
    bool to_journal = false;
    bool to_save = false;

    /// Something was counted.
    [[nodiscard]] bool used() const noexcept { return count.open.hour != Hour{}; }
    /// What was used of the period that holds `at`, and what is held.
    [[nodiscard]] Amount units_at(WallTime at) const noexcept {
      return (at < count.period_ends ? count.units : Amount{}) + held;
    }
  };

  /// As it was stored; a later one of the same grant takes its place. It has no grant until one is
  /// adopted.
  void restore(const SharedCount& count);
  /// The tenant has these grants from now on, and this is so of it.
  void adopt(std::span<const SharingGrant> grants, ConsumerFacts facts);

  [[nodiscard]] const ConsumerFacts& facts() const noexcept { return facts_; }
  /// The grants that it has, by policy.
  [[nodiscard]] std::span<const Held> held() const noexcept { return grants_; }
  /// The grant for this policy; null if there is none.
  [[nodiscard]] Held* find(PolicyId policy) noexcept;
  /// What counts against limits of the policy in the period that holds `at`: of the grant, null if
  /// there is none, and of those before it, as all of them are billed.
  [[nodiscard]] Amount units_under(PolicyId policy, const Held* held, WallTime at) const noexcept;
  /// The count that a reservation goes on with, which is made if it is not there.
  [[nodiscard]] Held& find(const SharedHold& hold);
  /// No reservation is open.
  void clear_holds() noexcept;

  /// Who uses, when, and where hours that are over go to.
  struct Counting {
    TenantId consumer;
    WallTime at;
    bool keep_open;  ///< History has no place: the hour goes on, if only its period does.
    std::vector<SharedHourRow>& closed;
  };
  struct Counted {
    bool closed = false;      ///< An hour was.
    bool to_journal = false;  ///< Its entry goes to the journal since now.
  };
  /// A use of so many units. The count is under the policy's billing period from now on.
  Counted use(Held& held, BillingPeriod period, std::uint64_t uses, Amount units,
              const Counting& counting);
  Counted deny(Held& held, BillingPeriod period, const Counting& counting);

  /// Closes up to so many counts whose grants are gone, and whose periods are over by `now` if
  /// anything was used of them. Whether there were any.
  bool close_ended(TenantId consumer, WallTime now, std::size_t count_max,
                   std::vector<SharedHourRow>& closed);
  [[nodiscard]] bool has_ended() const noexcept { return !ended_.empty(); }

  [[nodiscard]] static Entry entry_of(const Held& held);
  /// The same into an entry that has nothing but what another count had.
  static void describe(const Held& held, Entry& entry);
  template <class Visit>
  void each(Visit&& visit) const {
    for (const auto* const some : {&grants_, &ended_}) {
      for (const Held& held : *some) {
        if (held.used()) {
          visit(held);
        }
      }
    }
  }
  /// Calls `visit` with the id of each entry that is no more, and that the store may still have.
  template <class Visit>
  void each_forgotten(Visit&& visit) const {
    for (const auto* const gone : {&gone_, &gone_last_}) {
      for (const EntryId id : *gone) {
        visit(id);
      }
    }
  }
  /// Calls `visit` with each count that changed since it was last taken for the journal.
  template <class Visit>
  void take_unjournalled(Visit&& visit) {
    take_marked(to_journal_, &Held::to_journal, visit);
  }
  /// Appends what changed since it was last taken for the store, and the ids of what is gone.
  void take_unsaved(std::vector<Entry>& entries, std::vector<EntryId>& forgotten);
  void mark_unsaved();

private:
  using Mark = bool Held::*;
  template <class Visit>
  void take_marked(std::vector<std::uint32_t>& marked, Mark mark, Visit&& visit) {
    for (const std::uint32_t place : marked) {
      grants_[place].*mark = false;
      visit(grants_[place]);
    }
    marked.clear();
    for (Held& held : ended_) {
      if (held.*mark) {
        held.*mark = false;
        visit(held);
      }
    }
  }
  [[nodiscard]] Held* find_ended(SharingId grant) noexcept;
  [[nodiscard]] Held taken_over(const SharingGrant& grant);
  /// Returns whether it was not marked before.
  bool mark(Held& held, Mark mark, std::vector<std::uint32_t>& marked);
  void mark_again();
  bool roll(Held& held, BillingPeriod period, const Counting& counting);

  std::vector<Held> grants_;  ///< By policy.
  std::vector<Held> ended_;
  ConsumerFacts facts_;
  std::vector<std::uint32_t> to_journal_;  ///< Places in `grants_`; the ended ones have marks only.
  std::vector<std::uint32_t> to_save_;
  std::vector<EntryId> gone_;       ///< Not yet told to the store.
  std::vector<EntryId> gone_last_;  ///< As they were last taken.
};

}  // namespace sluice
