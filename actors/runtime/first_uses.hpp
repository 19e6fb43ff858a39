// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "actors/runtime/activations.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Whose first use of which public policy.
struct FirstUse {
  TenantId consumer;
  PolicyId policy;
  bool peeks = false;  ///< Only asks whether it would be granted.
  friend constexpr auto operator<=>(const FirstUse&, const FirstUse&) = default;
};

/// Checks that wait for the grant that the first use of a public policy makes.
///
/// Role       Bookkeeping between the first such check and the writer's answer. What the writer
///            refused, or would grant who peeks, is remembered for a while, so that it is not asked
///            at each check.
/// Threading  Confined to its host.
/// Ownership  Owns the lists; the batches belong to their submitters.
/// Units      The steady clock.
/// Errors     None; refuses what is over a bound.
/// Cost       Some allocations for each first use.
class FirstUses {
public:
  static constexpr std::size_t waiting_max = 10'000;
  static constexpr std::size_t waiting_per_use_max = 1'000;
  static constexpr std::size_t remembered_max = 4'096;
  static constexpr Duration remembered_for = std::chrono::seconds{5};
  enum class Answer : bool { refused, grantable };

  /// What the writer answered a moment ago, if it did.
  [[nodiscard]] std::optional<Answer> remembered(const FirstUse& use, Instant now) const;
  /// Lets the check wait, and asks for the grant if nobody did. Whether there was room.
  [[nodiscard]] bool wait(const FirstUse& use, WaitingCheck check);
  /// Those that are to be asked for since the last call.
  [[nodiscard]] std::vector<FirstUse> take_new();
  /// The writer answered. What waited for it.
  [[nodiscard]] std::vector<WaitingCheck> answered(const FirstUse& use);
  /// The writer said so; beyond `remembered_max` all of before are forgotten.
  void remember(const FirstUse& use, Answer answer, Instant now);
  /// Gives up everything that waits.
  [[nodiscard]] std::vector<WaitingCheck> give_up();
  /// Nothing that was answered counts any more: a policy changed.
  void forget_answers() { answers_.clear(); }

  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

private:
  std::map<FirstUse, std::vector<WaitingCheck>> uses_;
  std::vector<FirstUse> new_;
  struct Remembered {
    Answer answer;
    Instant until;
  };
  std::map<FirstUse, Remembered> answers_;
  std::size_t waiting_ = 0;
};

}  // namespace sluice
