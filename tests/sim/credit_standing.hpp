// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/counter.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/limit.hpp"

namespace sluice::sim {

/// The credit of one limit as a tenant, a journal or a store has it.
struct KeptCredit {
  std::optional<Counter> counter;
  std::vector<Grant> grants;
};

/// How the credit of one limit stands by what the specification says of it: each event at its
/// instant, each grant by itself, and every unit laid on the grant that pays it as soon as it is
/// used.
///
/// Role       The simple model beside `CreditAccount`. Its limit counts by UTC, and grants recur by
///            the hour or the day.
/// Threading  A value.
/// Ownership  Owns all.
/// Units      Of the limit's meter; wall time.
/// Errors     `difference` says what is wrong.
class CreditStanding {
public:
  /// Of a limit that is new.
  explicit CreditStanding(const Limit& limit);
  /// Of one that is taken on trust. `closed` is what its history tells, if that is known.
  CreditStanding(const Limit& limit, const KeptCredit& kept, std::optional<std::uint64_t> closed);

  /// Lets time pass, if that lies ahead.
  void advance(WallTime to);

  // These speak of the moment up to which time has passed.

  [[nodiscard]] std::uint64_t balance() const;
  [[nodiscard]] std::uint64_t used() const noexcept { return used_; }
  [[nodiscard]] std::uint64_t owed() const noexcept { return owed_; }
  /// What was used in periods that are over, by all that is known.
  [[nodiscard]] std::optional<std::uint64_t> closed() const noexcept { return closed_; }
  /// What may be taken beside what is held.
  [[nodiscard]] std::uint64_t room(std::uint64_t held) const;
  void use(std::uint64_t amount);
  /// The digest of the grant that was given under this id.
  [[nodiscard]] std::optional<std::uint64_t> given(EntryId id) const;
  void give(EntryId id, const GrantTerms& terms);
  /// Returns whether it was voided before; otherwise after time has passed.
  bool void_grant(EntryId id, WallTime at);
  /// After time has passed.
  void reset(bool keeps_overage, WallTime at);

  /// Nothing of it was ever stored, so that it is not known where its time begins after a load.
  [[nodiscard]] bool is_new() const noexcept {
    return is_untouched() && last_event_ == WallTime::min();
  }

  /// Compares with what is kept, which may not have been brought up to where nothing was due since.
  /// Empty if it is the same; then this stands where that does.
  [[nodiscard]] std::string difference(const KeptCredit& kept);

  /// The same with all time ahead.
  [[nodiscard]] CreditStanding from_the_start() const {
    CreditStanding standing = *this;
    standing.clock_ = WallTime::min();
    return standing;
  }

  /// What came about by itself.
  struct Events {
    bool grant_ended = false;
    bool grant_recurred = false;
    bool grant_rolled_over = false;
    bool period_ended = false;
    bool overage_paid = false;
    friend bool operator==(const Events&, const Events&) = default;
  };
  [[nodiscard]] Events take_events() { return std::exchange(events_, {}); }
  friend bool operator==(const CreditStanding&, const CreditStanding&) = default;

private:
  struct Line {
    EntryId id;
    std::uint64_t digest = 0;
    GrantTerms terms;
    WallTime given_at{};
    WallTime voided_at = wall_time_never;
    std::uint64_t left = 0;
    std::uint64_t paid = 0;

    friend bool operator==(const Line&, const Line&) = default;

    [[nodiscard]] WallTime ends_at() const { return std::min(terms.expires_at, voided_at); }
    [[nodiscard]] bool is_active(WallTime at) const;
    [[nodiscard]] bool starts(WallTime at) const;
    [[nodiscard]] WallTime next_start(WallTime after) const;
    void roll_over();
  };

  [[nodiscard]] WallTime next_event() const;
  void happen(WallTime at);
  void advance_apart();
  void close_period(std::uint64_t forgiven);
  void pay_what_is_owed();
  [[nodiscard]] std::uint64_t burn(std::uint64_t amount);
  void lay_by_order();
  [[nodiscard]] bool is_reset(WallTime at) const;
  [[nodiscard]] bool is_untouched() const noexcept {
    return lines_.empty() && used_ == 0 && owed_ == 0;
  }
  [[nodiscard]] Line* find(EntryId id);
  [[nodiscard]] std::string difference_of(const Grant& grant, std::uint64_t laid) const;

  Duration period_;  ///< Zero: it never ends.
  std::uint64_t overage_max_;
  std::vector<Line> lines_;  ///< In burn order.
  std::uint64_t used_ = 0;
  std::uint64_t owed_ = 0;
  std::optional<std::uint64_t> closed_ = 0;
  WallTime clock_ = WallTime::min();
  WallTime last_event_ = WallTime::min();  ///< When something happened last.
  Events events_;
};

}  // namespace sluice::sim
