// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/tenant/check.hpp"
#include "tests/sim/model.hpp"
#include "tests/sim/probes.hpp"
#include "tests/sim/random.hpp"

namespace sluice::sim {

/// What clients wrote down about the requests that they named, and what they were told. They expect
/// the same answer to the same question, and a reservation to be there until it is settled or its
/// time is over.
///
/// Role       Draws requests with an id, new ones and such as were asked before, and judges the
///            answers. Each has one request under way at the most.
/// Threading  Confined.
/// Ownership  Owns its pages.
/// Units      World time.
/// Errors     Throws `Failure`.
class Books {
public:
  /// A request under way: which page it belongs to, and what it asks.
  struct Ask {
    std::size_t page;
    TenantId tenant;
    std::vector<Charge> charges;
    Mode mode;
    EntryId id;
    Duration ttl;
    // Of those that go to the lessees instead.
    std::optional<std::size_t> lease{};
    std::vector<OwnedLabel> labels{};
    Amount want{};
    std::uint32_t incarnation = 0;
    // Of those that go to the creditors instead.
    std::optional<std::size_t> credit_request{};
    std::optional<CreditChange> credit{};
    // Of those that go to the sharers instead.
    std::size_t use = 0;
    std::optional<SharedUse> shared{};
  };

  Books(Model& model, Probes& probes) : model_(model), probes_(probes) {}

  /// A check or a reservation with an id of its own.
  [[nodiscard]] Ask begin(TenantId tenant, Random& random, Duration now);
  /// Something more about an old page: the same once more, or a release of what a check took, or,
  /// of a reservation, an extension or a settlement. Nothing if there is none to be picked.
  [[nodiscard]] std::optional<Ask> go_on(Random& random);

  /// What a request took, as soon as it is decided.
  void took(const Ask& ask, std::vector<Taken> taken);
  /// What a check took is given back, as soon as that is decided.
  void gave_back(const Ask& ask);
  /// Its client got this answer; null: none, and there will be none.
  void told(const Ask& ask, const Decision* decision, Duration now);
  /// Promises of before bind nobody any more: what was acknowledged is given up.
  void forget() { first_page_ = pages_.size(); }
  /// After a restart, lifetimes go by the wall clock: one that is stepped makes them say nothing.
  void wall_steps() { wall_steps_ = true; }

private:
  struct Page {
    TenantId tenant;
    std::uint32_t incarnation;
    EntryId id;
    Mode mode;
    std::vector<Charge> charges;
    Duration ttl;
    Duration begun;
    bool under_way = true;
    std::optional<Outcome> told;
    std::optional<Mode> settled;
    std::optional<Mode> may_be_settled;  ///< By a request whose answer was lost.
    std::vector<Charge> settlement;
    std::vector<Taken> taken;  ///< By the first request that took something, or settlement.
    bool confirmed = false;    ///< It is acknowledged.
    std::optional<Amount> given_back;
  };

  void told_first(Page& page, const Decision& decision);
  void told_given_back(Page& page, const Decision& decision);
  void told_extended(const Page& page, const Decision& decision, Duration now) const;
  void told_settled(Page& page, Mode asked, const Decision& decision, Duration now);
  void told_gone(const Page& page, const Decision& decision, Duration now) const;
  void confirm(Page& page, const Decision& decision);

  Model& model_;
  Probes& probes_;
  std::vector<Page> pages_;
  std::size_t first_page_ = 0;  ///< Those before are not judged.
  std::uint64_t ids_ = 0;
  bool wall_steps_ = false;
};

}  // namespace sluice::sim
