// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/plan.hpp"

// What all decisions of a tenant share: which limits a list of charges meets, and which of them
// tells most about what remains.
namespace sluice {

/// Calls `visit(slots, amount)` for every meter that is charged and has limits. One that is charged
/// more than once is met once, with the sum.
template <class Visit>
void each_meter_met(std::span<const Charge> charges, const Plan& plan, Visit&& visit) {
  for (std::size_t i = 0; i < charges.size(); ++i) {
    const MeterId meter = charges[i].meter;
    const auto same_meter = [meter](const Charge& other) { return other.meter == meter; };
    if (std::any_of(charges.begin(), charges.begin() + static_cast<std::ptrdiff_t>(i),
                    same_meter)) {
      continue;
    }
    Amount sum = charges[i].amount;
    for (std::size_t j = i + 1; j < charges.size(); ++j) {
      sum = same_meter(charges[j]) ? sum + charges[j].amount : sum;
    }
    const Plan::SlotRange slots = plan.slots_of(meter);
    if (slots.begin < slots.end) {
      visit(slots, sum);
    }
  }
}

/// The limit with the least remaining of the highest rank.
struct Tightest {
  std::uint32_t slot = 0;
  Rank rank = Rank::none;
  Amount remaining;

  [[nodiscard]] bool found() const { return rank != Rank::none; }
  void consider(std::uint32_t candidate, Rank candidate_rank, Amount candidate_remaining) {
    if (candidate_rank < rank || (candidate_rank == rank && candidate_remaining < remaining)) {
      slot = candidate;
      rank = candidate_rank;
      remaining = candidate_remaining;
    }
  }
};

/// As many as a check may have, without allocating, and without clearing the places of those that
/// it has not.
template <class Part>
class Few {
  static_assert(std::is_trivially_copyable_v<Part> && std::is_trivially_destructible_v<Part>);

public:
  Few() noexcept {}
  explicit Few(std::span<const Part> parts) noexcept {
    std::ranges::for_each(parts, [this](const Part& part) { add(part); });
  }
  void add(const Part& part) noexcept { std::construct_at(&parts_[size_++], part); }
  [[nodiscard]] std::span<Part> all() { return std::span{parts_}.first(size_); }
  [[nodiscard]] std::span<const Part> all() const { return std::span{parts_}.first(size_); }

private:
  union {
    std::array<Part, charges_per_check_max> parts_;
  };
  std::size_t size_ = 0;
};

/// Each meter once, with all that is asked of it.
[[nodiscard]] inline Few<HeldCharge> merged(std::span<const Charge> charges) {
  Few<HeldCharge> merged;
  for (const Charge& charge : charges) {
    const auto same = std::ranges::find(merged.all(), charge.meter, &HeldCharge::meter);
    if (same == merged.all().end()) {
      merged.add({charge.meter, charge.amount, Amount{}});
    } else {
      same->held = same->held + charge.amount;
    }
  }
  return merged;
}

inline constexpr const char* no_resource_here =
    "resource: is named by a check, a peek, best effort, a record or a reserve only";

inline void refuse(Decision& decision, const char* problem) {
  decision.outcome = Outcome::invalid;
  decision.problem = problem;
}

}  // namespace sluice
